import { amountText } from '../../../../budget/money.ts'
import type { Forecast, Present } from '../../../../campaign/read/forecast.ts'
import type { CampaignView } from '../../../../campaign/read/view.ts'
import type { Segments } from '../../../../intake/segments.ts'
import { storedOrNull, storedText } from '../../../../language/stored/stored-text.ts'
import { t } from '../../../../language/text.ts'
import { type Block, fields, type Human } from '../../../blocks.ts'
import { table } from '../../../table.ts'
import { campaignText, number, refusalsText } from '../text.ts'
import type { ImportFacts } from './view.ts'

/** The text of an import, or of a dry run (whose campaign has no id). */
export function importText(view: CampaignView, facts: ImportFacts, outlook: Forecast & Present): Human {
  const shown = view.id === null ? { ...view, agendamento_id: t`(dry run)` } : view
  const campaign = campaignText(shown, outlook.timezone, outlook)
  const read = fields([
    [t`defaults`, defaultsText(view, facts)],
    [t`read as`, readAs(facts)],
    [t`header`, facts.rows_above > 0 ? headerText(facts) : undefined],
    [t`columns`, columnsText(facts)],
    [t`variables`, facts.variables.join(', ')],
    [t`refused at`, refusedText(view, facts)],
    [t`repaired`, facts.repairs.join('; ')],
    [t`warnings`, warningsText(facts)],
    [t`batches`, t`${number(facts.plan.batches)} of at most ${number(facts.plan.batch_size)}`],
    [t`budget`, budgetText(facts)],
    [t`SMS`, facts.segments && segmentsText(facts.segments)],
    [
      t`rejects`,
      facts.rejects &&
        (facts.rejects.rows === 1
          ? t`1 row in ${facts.rejects.file}`
          : t`${number(facts.rejects.rows)} rows in ${facts.rejects.file}`),
    ],
  ])
  return view.id === null ? [campaign, '', read, '', firstText(facts)] : [campaign, '', read]
}

/** Warnings to read before the campaign is approved. */
export function warningsOf(view: CampaignView, facts: ImportFacts, outlook: Forecast & Present): string[] {
  const { segments, budget, warnings, notes } = facts
  const further = segments === null ? 0 : segments.total - sum(Object.values(segments.messages))
  return [
    facts.other_sheets.length > 0 &&
      t`only the sheet "${facts.sheet ?? ''}" is imported; also with rows: ${facts.other_sheets.join(', ')} (choose one
        with --sheet NAME)`,
    (warnings.NO_RESULT ?? 0) > 0 &&
      t`${number(warnings.NO_RESULT!)} formulas have no result, and their cells count as empty: open the file in Excel
        and save it`,
    (warnings.MERGED_CELL ?? 0) > 0 &&
      t`${number(warnings.MERGED_CELL!)} merged cells span several rows: only the first of these rows has the value`,
    view.counts.PENDING === 0 && t`no row can be sent`,
    !budget.fits && t`it cannot be approved at present; budget: ${budgetText(facts)}`,
    ...notes.map(storedText),
    ...TEXT_WARNINGS.filter(code => warnings[code] !== undefined).map(code => textWarning(code, facts)),
    further > 0 &&
      t`the broker bills each SMS, and the messages take ${number(further)} more than one each: the cost above is
        ${amountText(view.cost.unit)} a message, regardless of its length`,
    !facts.segments_known &&
      t`how many SMS this broker will bill depends on the credential, and the wallet has none yet`,
    ...refusalsText(view, outlook),
  ].filter(warning => warning !== false)
}

/** What the command line did not name, and why it was used. */
function defaultsText({ broker, template }: CampaignView, { broker_from, text_from }: ImportFacts): string {
  return [
    broker_from === 'default' && t`broker ${broker} (the wallet's default)`,
    broker_from === 'only_credential' && t`broker ${broker} (the wallet's only credential)`,
    text_from === 'default' &&
      (template === null ? t`message (the wallet's default)` : t`template ${template} (the wallet's default)`),
  ]
    .filter(text => text !== false)
    .join(', ')
}

/** Warnings about what a recipient would read on the phone. */
const TEXT_WARNINGS = ['ODD_CHARACTERS', 'LOST_CHARACTERS', 'LEFTOVER', 'HTML', 'LITERAL_ESCAPE', 'LONG_TEXT'] as const

function textWarning(code: (typeof TEXT_WARNINGS)[number], facts: ImportFacts): string {
  const lines = facts.warning_lines[code] ?? []
  const found = counted(code, facts.warnings[code]!)
  const example = facts.warning_examples[code]
  const shown = example === undefined ? found : t`${found}, such as "${oneLine(example)}"`
  return `${shown} (${linesText(lines, lines.length === 1, lines.length < facts.warnings[code]!)})`
}

function readAs({ format, encoding, delimiter, sheet }: ImportFacts): string {
  if (sheet !== null) return t`${format}, sheet "${sheet}"`
  const read = t`${encoding}, separated by ${delimiter ?? ''}`
  return format === 'csv' ? read : t`${read}, unpacked from gzip`
}

function headerText({ header_line, rows_above }: ImportFacts): string {
  return rows_above === 1
    ? t`row ${header_line}; 1 row above is left out`
    : t`row ${header_line}; ${rows_above} rows above are left out`
}

function columnsText({ mapping, phone_columns, all_phones }: ImportFacts): string {
  const phones = phone_columns.map(({ column, area_code }) =>
    area_code === null ? column : `${area_code} + ${column}`,
  )
  const phone = all_phones && phones.length > 1 ? t`${phones.join(t` and `)}, a lead each` : phones.join(t`, else `)
  const others = Object.entries(mapping).filter(([field]) => field !== 'phone')
  return [`phone = ${phone}`, ...others.map(([field, header]) => `${field} = ${header}`)].join(', ')
}

/** The first lines of each reason; the text of the campaign has the totals. */
function refusedText({ errors }: CampaignView, { refused_lines }: ImportFacts): string {
  return Object.entries(refused_lines)
    .map(([code, lines]) => {
      return `${code} ${linesText(lines, errors[code] === 1, lines.length < errors[code]!)}`
    })
    .join('; ')
}

function linesText(lines: readonly number[], isOne: boolean, areMore: boolean): string {
  const named = lines.join(', ') + (areMore ? ', …' : '')
  return isOne ? t`line ${named}` : t`lines ${named}`
}

/** Of one, and of several. */
type Counted = (n: string) => string

const WARNINGS: Readonly<Record<string, readonly [one: Counted, several: Counted]>> = {
  BAD_DOCUMENT: [n => t`${n} invalid document omitted`, n => t`${n} invalid documents omitted`],
  MISSING_DATE: [
    n => t`${n} row without a registration date, sent anyway`,
    n => t`${n} rows without a registration date, sent anyway`,
  ],
  MERGED_CELL: [n => t`${n} merged cell over several rows`, n => t`${n} merged cells over several rows`],
  NO_RESULT: [
    n => t`${n} formula without a result, read as empty`,
    n => t`${n} formulas without a result, read as empty`,
  ],
  OTHER_SHEET: [n => t`${n} other sheet with rows, not imported`, n => t`${n} other sheets with rows, not imported`],
  HIDDEN_ROW: [
    n => t`${n} row that Excel hides (a filter?), imported`,
    n => t`${n} rows that Excel hides (a filter?), imported`,
  ],
  REPAIRED_PHONE: [
    n => t`${n} mobile number completed with a ninth digit`,
    n => t`${n} mobile numbers completed with a ninth digit`,
  ],
  SAME_DOCUMENT: [n => t`${n} further phone of a document`, n => t`${n} further phones of a document`],
  BAD_NAME: [n => t`${n} value that is not a name omitted`, n => t`${n} values that are not names omitted`],
  LOST_CHARACTERS: [
    n => t`${n} row with a broken character in a column that no text uses`,
    n => t`${n} rows with a broken character in a column that no text uses`,
  ],
  ODD_CHARACTERS: [
    n => t`${n} text with characters that look wrongly decoded`,
    n => t`${n} texts with characters that look wrongly decoded`,
  ],
  LEFTOVER: [
    n => t`${n} text with a placeholder that no column fills`,
    n => t`${n} texts with a placeholder that no column fills`,
  ],
  HTML: [n => t`${n} text with HTML, which is sent unchanged`, n => t`${n} texts with HTML, which is sent unchanged`],
  LITERAL_ESCAPE: [
    n => t`${n} text with a backslash and a letter (\\n is a line break in a row’s own text)`,
    n => t`${n} texts with a backslash and a letter (\\n is a line break in a row’s own text)`,
  ],
  LONG_TEXT: [
    n => t`${n} text longer than the channel is certain to accept`,
    n => t`${n} texts longer than the channel is certain to accept`,
  ],
}

/** "1 invalid document omitted". */
function counted(code: string, n: number): string {
  return WARNINGS[code]?.[n === 1 ? 0 : 1](number(n)) ?? `${number(n)} ${code}`
}

function warningsText({ warnings }: ImportFacts): string {
  return Object.entries(warnings)
    .map(([code, n]) => counted(code, n ?? 0))
    .join('; ')
}

function budgetText({ budget }: ImportFacts): string {
  const { month, available, used_budget, committed, fits } = budget
  if (available === null) return t`the wallet has none for ${month}`
  const [limit, used, held, left] = [budget.budget, used_budget, committed, available].map(amount =>
    amountText(amount ?? ''),
  ) as [string, string, string, string]
  const figures = t`of ${limit} in ${month}, ${used} used and ${held} committed: ${left} available`
  return fits ? t`${figures}, it fits` : t`${figures}, too little`
}

function segmentsText({ total, messages, unicode, unicode_characters }: Segments): string {
  const kinds = Object.entries(messages).map(([parts, n]) => t`${number(n)} of ${parts}`)
  const counted = t`${number(total)} for ${number(sum(Object.values(messages)))} messages: ${kinds.join(', ')}`
  return unicode === 0 ? counted : t`${counted}; ${number(unicode)} are not GSM-7 (${unicode_characters.join(' ')})`
}

function firstText({ first_leads }: ImportFacts): Block {
  return table(first_leads, [
    { title: t`LINE`, value: lead => String(lead.line), align: 'right' },
    { title: t`PHONE`, value: lead => lead.phone },
    { title: t`NAME`, value: lead => oneLine((lead.nome ?? '').slice(0, 30)) },
    { title: t`DOCUMENT`, value: lead => lead.cpf_cnpj ?? '' },
    { title: t`CONTRACT`, value: lead => lead.idcob_contrato ?? '' },
    {
      title: t`TEXT, OR WHY NOT`,
      value: lead =>
        lead.error_code === null ? oneLine(lead.text ?? '') : `${lead.error_code}: ${storedOrNull(lead.error_message)}`,
    },
  ])
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, blank => (/[\r\n]/.test(blank) ? ' ⏎ ' : blank))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0)
}
