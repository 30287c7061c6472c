import { formatDays, formatHours, formatThrottle } from '../../../campaign/settings.ts'
import { type CampaignView, NO_COUNTS, NO_ERRORS } from '../../../campaign/view.ts'
import { delimiterName } from '../../../intake/delimiter.ts'
import type { ImportRequest, ImportResult } from '../../../intake/request.ts'
import { fields } from '../../output.ts'
import { campaignText, number } from './text.ts'

/** What an import says beyond the campaign itself. */
export interface ImportFacts {
  format: string
  /** "xlsx" for a workbook, whose cells have none. */
  encoding: string
  delimiter: string | null
  sheet: string | null
  /** Field → the header that was taken for it. */
  mapping: Readonly<Record<string, string>>
  variables: readonly string[]
  warnings: Readonly<Partial<Record<string, number>>>
  plan: { batch_size: number; batches: number }
  rejects: { file: string; rows: number } | null
  /** A dry run's: the handle of a campaign of the same file. */
  imported_before: string | null
}

export function factsOf({ source, columns, warnings, batches, rejects, importedBefore }: ImportResult): ImportFacts {
  const { headers, fields: found, variables } = columns
  return {
    format: source.format,
    encoding: source.sheet === null ? source.encoding : source.format,
    delimiter: source.sheet === null ? delimiterName(source.delimiter) : null,
    sheet: source.sheet,
    mapping: Object.fromEntries(Object.entries(found).map(([field, index]) => [field, headers[index]!])),
    variables: variables.map(variable => variable.name),
    warnings,
    plan: { batch_size: batches.size, batches: batches.count },
    rejects,
    imported_before: importedBefore,
  }
}

/** What `campaignView` would say if the dry run had been real. */
export function plannedView(
  request: ImportRequest,
  result: ImportResult,
  { wallet, broker, createdBy }: { wallet: string; broker: string; createdBy: string },
): CampaignView {
  const total = result.rows + result.fish
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
    message: result.message,
    template: request.adapter.content === 'NONE' ? null : (request.template?.code ?? null),
    throttle: formatThrottle(request.throttle),
    hours: formatHours(request.hours),
    days: formatDays(request.days),
    allow_holidays: request.allowHolidays,
    no_cap: request.noCap,
    scheduled_at: request.scheduledAt?.toISOString() ?? null,
    source_file: result.source.file,
    created_by: createdBy,
    created_at: result.createdAt.toISOString(),
    approved_by: null,
    approved_at: null,
    started_at: null,
    finished_at: null,
    batches: { QUEUED: 0, SENDING: 0, DONE: 0, IN_DOUBT: 0 },
    waiting_until: null,
    closing: null,
    waiting_for_broker: null,
  }
}

const WARNINGS: Record<string, string> = {
  BAD_DOCUMENT: 'bad documents left out',
  MISSING_DATE: 'rows without a registration date, sent all the same',
  HIDDEN_ROW: 'rows that Excel hides (a filter?), imported all the same',
}

/** An import, or a dry run (whose campaign has no id), for people. */
export function importText(view: CampaignView, facts: ImportFacts, timezone: string): string {
  const campaign = campaignText(view.id === null ? { ...view, agendamento_id: '(dry run)' } : view, timezone)
  const mapping = Object.entries(facts.mapping).map(([field, header]) => `${field} = ${header}`)
  const warnings = Object.entries(facts.warnings).map(([code, n]) => `${number(n ?? 0)} ${WARNINGS[code] ?? code}`)
  const read = fields([
    ['read as', readAs(facts)],
    ['columns', mapping.join(', ')],
    ['variables', facts.variables.join(', ')],
    ['warnings', warnings.join('; ')],
    ['batches', `${number(facts.plan.batches)} of at most ${number(facts.plan.batch_size)}`],
    ['rejects', facts.rejects && `${number(facts.rejects.rows)} rows in ${facts.rejects.file}`],
  ])
  return `${campaign}\n\n${read}`
}

function readAs({ format, encoding, delimiter, sheet }: ImportFacts): string {
  if (sheet !== null) return `${format}, sheet "${sheet}"`
  return `${encoding}, separated by ${delimiter}${format === 'csv' ? '' : ', unpacked from gzip'}`
}
