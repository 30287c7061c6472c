import { storedText } from '../../../language/stored/stored-text.ts'
import { fromCatalogue, t } from '../../../language/text.ts'

/**
 * The detail of an audit event as words: `file: m.csv; rows: 6; unit cost: 0.0450`. Left out are what is null, empty or false, ids and
 * hashes of other rows (--json has them), and the month of a budget, which the event's subject names.
 */
export function detailText(detail: Readonly<Record<string, unknown>> | null): string {
  if (detail === null) return ''
  const { from, to, ...others } = detail
  const change = to === undefined ? [] : [changeText({ from, to })]
  const rest = to === undefined ? detail : others
  return [...change, ...partsOf(rest)].join('; ')
}

const LEFT_OUT = /^(?:year|month|sha256|agendamento_id|idgis_ambiente|.*_id)$/

function partsOf(detail: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(detail).flatMap(([key, value]) => {
    if (LEFT_OUT.test(key) || isNothing(value)) return []
    return value === true ? labelOf(key) : `${labelOf(key)}: ${valueText(value)}`
  })
}

function isNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === '') return true
  return typeof value === 'object' && Object.values(value).every(isNothing)
}

function valueText(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–'
  if (typeof value === 'boolean') return value ? t`yes` : t`no`
  if (Array.isArray(value)) return value.map(valueText).join(', ')
  if (typeof value !== 'object') return storedText(String(value))
  return 'to' in value ? changeText(value) : partsOf({ ...value }).join(', ')
}

function changeText({ from, to }: { from?: unknown; to?: unknown }): string {
  return `${valueText(from)} → ${valueText(to)}`
}

/** A key of the detail, which is a word of the data, in the language of the run. */
function labelOf(key: string): string {
  // A code stays as it is.
  const words = /[a-z]/.test(key) ? key.replaceAll('_', ' ') : key
  return LABELS[key]?.() ?? fromCatalogue(words) ?? words
}

const LABELS: Partial<Record<string, () => string>> = {
  rows: () => t`rows`,
  pending: () => t`to send`,
  notes: () => t`remarks`,
  unit_cost: () => t`cost of one`,
  cost_per_message: () => t`cost of one`,
  rate_limit: () => t`rate`,
  max_batch: () => t`max batch`,
  no_cap: () => t`without the frequency cap`,
  self_approval: () => t`own import`,
  amount: () => t`amount`,
  messages: () => t`messages`,
  entry: () => t`entry`,
  keys: () => t`keys`,
  phones: () => t`phones`,
  documents: () => t`documents`,
  email: () => t`e-mail`,
  standing: () => t`standing approval`,
  approved_by: () => t`approved by`,
  was: () => t`before`,
  stopped: () => t`stopped`,
  verdict: () => t`decision`,
  billing: () => t`billing`,
  value: () => t`value`,
  content: () => t`text`,
}
