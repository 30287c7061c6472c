import type { BudgetCheck } from '../../../../campaign/approval/budget-check.ts'
import { NO_REPLIES } from '../../../../campaign/read/replies.ts'
import { settingsView } from '../../../../campaign/read/settings-view.ts'
import { type CampaignView, NO_COUNTS, NO_ERRORS } from '../../../../campaign/read/view.ts'
import { columnsOf } from '../../../../campaign-settings/schema.ts'
import type { ImportRequest, ImportResult } from '../../../../intake/request.ts'
import type { Segments } from '../../../../intake/segments.ts'
import { delimiterName } from '../../../../tabular/delimiter.ts'
import { otherSheetsOf } from '../../../../tabular/other-sheets.ts'
import type { ReadRequest } from './request.ts'

/** What an import prints in addition to the campaign. */
export interface ImportFacts {
  format: string
  /** "xlsx" for a workbook, whose cells have no encoding. */
  encoding: string
  delimiter: string | null
  sheet: string | null
  /** The other visible sheets of a workbook that have rows; empty if --sheet named one. */
  other_sheets: readonly string[]
  /** The line of the file, or the row of the sheet, with the names of the columns. */
  header_line: number
  /** Rows above it, which are left out. */
  rows_above: number
  /** Field → the header of its column; of several phones the first. */
  mapping: Readonly<Record<string, string>>
  /** The columns of phones, best first, each with the column of its area code. */
  phone_columns: readonly { column: string; area_code: string | null }[]
  /** Whether each phone of a row is a lead. */
  all_phones: boolean
  variables: readonly string[]
  /** The first leads in the order of the file, as parsed; the text is null for a refused lead. */
  first_leads: readonly FirstLead[]
  /** Reason → the lines of the first rows refused for it. */
  refused_lines: Readonly<Record<string, readonly number[]>>
  warnings: Readonly<Partial<Record<string, number>>>
  /** Warning → the lines of its first rows. */
  warning_lines: Readonly<Record<string, readonly number[]>>
  /** Warning → the text of the first case, where it says more than its line. */
  warning_examples: Readonly<Record<string, string>>
  /** Sentences about oddities in the text or in the file as a whole. */
  notes: readonly string[]
  /** Sentences about what was corrected in the text. */
  repairs: readonly string[]
  plan: { batch_size: number; batches: number }
  /** Of the month that pays, as `budget show` prints it; null if the wallet has no budget for it. `fits`: it may be approved. */
  budget: Record<'budget' | 'used_budget' | 'committed' | 'available', string | null> & { month: string; fits: boolean }
  /** null if the broker does not bill each SMS of a message, or if `segments_known` is false. */
  segments: Segments | null
  /** Whether it is known how the broker bills: that can depend on the credential, and the wallet may have none yet. */
  segments_known: boolean
  /** The wallet has no credential at the broker. The campaign cannot be approved without one. */
  credential_missing: boolean
  /** What decided the broker: the command line, the wallet's default, or the wallet's only credential. */
  broker_from: ReadRequest['brokerFrom']
  /** What decided the text: the command line or the wallet's default; null: the file, or nothing. */
  text_from: ReadRequest['textFrom']
  rejects: { file: string; rows: number } | null
  /** In a dry run: the handle of an earlier campaign of the same file. */
  imported_before: string | null
}

interface FirstLead {
  line: number
  phone: string
  nome: string | null
  cpf_cnpj: string | null
  idcob_contrato: string | null
  text: string | null
  error_code: string | null
  error_message: string | null
}

export function factsOf(
  { request, brokerFrom, textFrom }: ReadRequest,
  result: ImportResult,
  credentialMissing: boolean,
): ImportFacts {
  const { source, columns, batches } = result
  const { headers, fields: found, variables } = columns
  const places = Object.entries(result.warningPlaces)
  return {
    format: source.format,
    encoding: source.sheet === null ? source.encoding : source.format,
    delimiter: source.sheet === null ? delimiterName(source.delimiter) : null,
    sheet: source.sheet,
    other_sheets: otherSheetsOf(source),
    header_line: result.headerLine,
    rows_above: result.rowsAbove,
    mapping: Object.fromEntries(Object.entries(found).map(([field, index]) => [field, headers[index]!])),
    phone_columns: columns.phones.map(({ index, areaCode }) => ({
      column: headers[index]!,
      area_code: areaCode === undefined ? null : headers[areaCode]!,
    })),
    all_phones: request.allPhones,
    variables: variables.map(variable => variable.name),
    first_leads: result.first.map(firstLead),
    refused_lines: result.refusedLines as ImportFacts['refused_lines'],
    warnings: result.warnings,
    warning_lines: Object.fromEntries(places.map(([code, { lines }]) => [code, lines])),
    warning_examples: Object.fromEntries(
      places.flatMap(([code, { example }]) => (example === null ? [] : [[code, example]])),
    ),
    notes: result.notes,
    repairs: result.repairs,
    plan: { batch_size: batches.size, batches: batches.count },
    budget: budgetFacts(result.budget),
    segments: result.segments,
    segments_known: request.billsSegments !== null,
    credential_missing: credentialMissing,
    broker_from: brokerFrom,
    text_from: textFrom,
    rejects: result.rejects,
    imported_before: result.importedBefore,
  }
}

function budgetFacts({ month, position, fits }: BudgetCheck): ImportFacts['budget'] {
  const { budget = null, used = null, committed = null, available = null } = position ?? {}
  return { month, budget, used_budget: used, committed, available, fits }
}

function firstLead({ lead, text }: ImportResult['first'][number]): FirstLead {
  const { row, phone, nome, cpf_cnpj, idcob_contrato, refusal } = lead
  const reason = { error_code: refusal?.code ?? null, error_message: refusal?.detail ?? null }
  return { line: row.line, phone, nome, cpf_cnpj, idcob_contrato, text, ...reason }
}

/** What `campaignView` would return if the dry run had been an import. */
export function plannedView(
  request: ImportRequest,
  result: ImportResult,
  { wallet, broker, createdBy }: { wallet: string; broker: string; createdBy: string },
): CampaignView {
  const total = result.leads + result.fish
  const template = request.adapter.content === 'NONE' ? null : (request.template?.code ?? null)
  const columns = { ...columnsOf(request), base_message: result.message, template }
  return {
    id: null,
    agendamento_id: null,
    name: result.name,
    status: 'PENDING_APPROVAL',
    wallet,
    broker,
    rows: result.rows,
    fish: result.fish,
    counts: { ...NO_COUNTS, total, PENDING: result.pending, ERROR: total - result.pending },
    errors: { ...NO_ERRORS, ...result.errors },
    replies: NO_REPLIES,
    cost: { ...result.cost, used: '0.0000' },
    failure_reason: null,
    failure_code: null,
    stopped: null,
    ...settingsView(columns),
    source_file: result.source.file,
    created_by: createdBy,
    created_at: result.createdAt.toISOString(),
    approved_by: null,
    approved_at: null,
    started_at: null,
    finished_at: null,
    batches: { QUEUED: 0, SENDING: 0, DONE: 0, IN_DOUBT: 0 },
    waiting_until: null,
    waiting_for_hours: false,
    closing: null,
    waiting_for_broker: null,
  }
}
