import type { BudgetCheck } from '../../../../campaign/approval/budget-check.ts'
import { settingsView } from '../../../../campaign/read/settings-view.ts'
import { type CampaignView, NO_COUNTS, NO_ERRORS } from '../../../../campaign/read/view.ts'
import { columnsOf } from '../../../../campaign-settings/schema.ts'
import type { ImportRequest, ImportResult } from '../../../../intake/request.ts'
import type { Segments } from '../../../../intake/segments.ts'
import { delimiterName } from '../../../../tabular/delimiter.ts'
import { otherSheetsOf } from '../../../../tabular/other-sheets.ts'

/** What an import says beyond the campaign itself. */
export interface ImportFacts {
  format: string
  /** "xlsx" for a workbook, whose cells have none. */
  encoding: string
  delimiter: string | null
  sheet: string | null
  /** A workbook's other sheets that are shown and have rows, unless --sheet named one. */
  other_sheets: readonly string[]
  /** Field → the header that was taken for it; of several phones the first. */
  mapping: Readonly<Record<string, string>>
  /** The columns of phones, best first, and those of their area codes. */
  phone_columns: readonly { column: string; area_code: string | null }[]
  /** Each phone of a row is a lead. */
  all_phones: boolean
  variables: readonly string[]
  /** The first leads in the file's order, as they were understood; the text is null for one that is refused. */
  first_leads: readonly FirstLead[]
  /** Reason → the lines of the first rows refused for it. */
  refused_lines: Readonly<Record<string, readonly number[]>>
  warnings: Readonly<Partial<Record<string, number>>>
  /** Warning → the lines of the first rows that it is about. */
  warning_lines: Readonly<Record<string, readonly number[]>>
  /** Warning → what the first of them looks like, where that says more than its line. */
  warning_examples: Readonly<Record<string, string>>
  /** What is remarkable in the text or the file as a whole, in sentences. */
  notes: readonly string[]
  /** What was put right in the text, in sentences. */
  repairs: readonly string[]
  plan: { batch_size: number; batches: number }
  /** Of the month that pays, as `budget show` prints it; null where the wallet has none for it. `fits`: it may be approved. */
  budget: Record<'budget' | 'used_budget' | 'committed' | 'available', string | null> & { month: string; fits: boolean }
  /** null where the broker does not bill each SMS of a message, or `segments_known` is false. */
  segments: Segments | null
  /** Whether it is known how the broker bills: it may be the credential that says so, and the wallet has none yet. */
  segments_known: boolean
  /** The wallet has no credential at the broker: until it has one, the campaign cannot be approved. */
  credential_missing: boolean
  rejects: { file: string; rows: number } | null
  /** A dry run's: the handle of a campaign of the same file. */
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

export function factsOf(request: ImportRequest, result: ImportResult, credentialMissing: boolean): ImportFacts {
  const { source, columns, batches } = result
  const { headers, fields: found, variables } = columns
  const places = Object.entries(result.warningPlaces)
  return {
    format: source.format,
    encoding: source.sheet === null ? source.encoding : source.format,
    delimiter: source.sheet === null ? delimiterName(source.delimiter) : null,
    sheet: source.sheet,
    other_sheets: otherSheetsOf(source),
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

/** What `campaignView` would say if the dry run had been real. */
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
