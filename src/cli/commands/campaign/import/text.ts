import type { Forecast, Present } from '../../../../campaign/read/forecast.ts'
import type { CampaignView } from '../../../../campaign/read/view.ts'
import type { Segments } from '../../../../intake/segments.ts'
import { type Block, fields, type Human } from '../../../blocks.ts'
import { table } from '../../../table.ts'
import { campaignText, number, refusalsText } from '../text.ts'
import type { ImportFacts } from './view.ts'

/** The text of an import, or of a dry run (whose campaign has no id). */
export function importText(view: CampaignView, facts: ImportFacts, outlook: Forecast & Present): Human {
  const shown = view.id === null ? { ...view, agendamento_id: '(dry run)' } : view
  const campaign = campaignText(shown, outlook.timezone, outlook)
  const read = fields([
    ['defaults', defaultsText(view, facts)],
    ['read as', readAs(facts)],
    ['header', facts.rows_above > 0 ? headerText(facts) : undefined],
    ['columns', columnsText(facts)],
    ['variables', facts.variables.join(', ')],
    ['refused at', refusedText(view, facts)],
    ['repaired', facts.repairs.join('; ')],
    ['warnings', warningsText(facts)],
    ['batches', `${number(facts.plan.batches)} of at most ${number(facts.plan.batch_size)}`],
    ['budget', budgetText(facts)],
    ['SMS', facts.segments && segmentsText(facts.segments)],
    [
      'rejects',
      facts.rejects &&
        `${number(facts.rejects.rows)} ${facts.rejects.rows === 1 ? 'row' : 'rows'} in ${facts.rejects.file}`,
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
      `only the sheet "${facts.sheet}" is imported; also with rows: ${facts.other_sheets.join(', ')} (choose one with --sheet NAME)`,
    (warnings.NO_RESULT ?? 0) > 0 &&
      `${number(warnings.NO_RESULT!)} formulas have no result, and their cells count as empty: open the file in Excel and save it`,
    (warnings.MERGED_CELL ?? 0) > 0 &&
      `${number(warnings.MERGED_CELL!)} merged cells span several rows: only the first of these rows has the value`,
    view.counts.PENDING === 0 && 'no row can be sent',
    !budget.fits && `it cannot be approved at present; budget: ${budgetText(facts)}`,
    ...notes,
    ...TEXT_WARNINGS.filter(code => warnings[code] !== undefined).map(code => textWarning(code, facts)),
    further > 0 &&
      `the broker bills each SMS, and the messages take ${number(further)} more than one each: the cost above is ` +
        `${view.cost.unit} a message, regardless of its length`,
    !facts.segments_known &&
      'how many SMS this broker will bill depends on the credential, and the wallet has none yet',
    ...refusalsText(view, outlook),
  ].filter(warning => warning !== false)
}

/** What the command line did not name, and why it was used. */
function defaultsText({ broker, template }: CampaignView, { broker_from, text_from }: ImportFacts): string {
  return [
    broker_from === 'default' && `broker ${broker} (the wallet's default)`,
    broker_from === 'only_credential' && `broker ${broker} (the wallet's only credential)`,
    text_from === 'default' && `${template === null ? 'message' : `template ${template}`} (the wallet's default)`,
  ]
    .filter(text => text !== false)
    .join(', ')
}

/** Warnings about what a recipient would read on the phone. */
const TEXT_WARNINGS = ['ODD_CHARACTERS', 'LOST_CHARACTERS', 'LEFTOVER', 'HTML', 'LITERAL_ESCAPE', 'LONG_TEXT'] as const

function textWarning(code: (typeof TEXT_WARNINGS)[number], facts: ImportFacts): string {
  const lines = facts.warning_lines[code] ?? []
  const more = lines.length < facts.warnings[code]! ? ', …' : ''
  const example = facts.warning_examples[code]
  const shown = example === undefined ? '' : `, such as "${oneLine(example)}"`
  return `${counted(code, facts.warnings[code]!)}${shown} (line${lines.length === 1 ? '' : 's'} ${lines.join(', ')}${more})`
}

function readAs({ format, encoding, delimiter, sheet }: ImportFacts): string {
  if (sheet !== null) return `${format}, sheet "${sheet}"`
  return `${encoding}, separated by ${delimiter}${format === 'csv' ? '' : ', unpacked from gzip'}`
}

function headerText({ header_line, rows_above }: ImportFacts): string {
  return `row ${header_line}; ${rows_above === 1 ? '1 row above is' : `${rows_above} rows above are`} left out`
}

function columnsText({ mapping, phone_columns, all_phones }: ImportFacts): string {
  const phones = phone_columns.map(({ column, area_code }) =>
    area_code === null ? column : `${area_code} + ${column}`,
  )
  const phone = all_phones && phones.length > 1 ? `${phones.join(' and ')}, a lead each` : phones.join(', else ')
  const others = Object.entries(mapping).filter(([field]) => field !== 'phone')
  return [`phone = ${phone}`, ...others.map(([field, header]) => `${field} = ${header}`)].join(', ')
}

/** The first lines of each reason; the text of the campaign has the totals. */
function refusedText({ errors }: CampaignView, { refused_lines }: ImportFacts): string {
  return Object.entries(refused_lines)
    .map(([code, lines]) => {
      const more = lines.length < errors[code]! ? ', …' : ''
      return `${code} line${errors[code] === 1 ? '' : 's'} ${lines.join(', ')}${more}`
    })
    .join('; ')
}

/** Of one, and of several. */
const WARNINGS: Readonly<Record<string, readonly [one: string, several: string]>> = {
  BAD_DOCUMENT: ['invalid document omitted', 'invalid documents omitted'],
  MISSING_DATE: ['row without a registration date, sent anyway', 'rows without a registration date, sent anyway'],
  MERGED_CELL: ['merged cell over several rows', 'merged cells over several rows'],
  NO_RESULT: ['formula without a result, read as empty', 'formulas without a result, read as empty'],
  OTHER_SHEET: ['other sheet with rows, not imported', 'other sheets with rows, not imported'],
  HIDDEN_ROW: ['row that Excel hides (a filter?), imported', 'rows that Excel hides (a filter?), imported'],
  REPAIRED_PHONE: ['mobile number completed with a ninth digit', 'mobile numbers completed with a ninth digit'],
  SAME_DOCUMENT: ['further phone of a document', 'further phones of a document'],
  BAD_NAME: ['value that is not a name omitted', 'values that are not names omitted'],
  LOST_CHARACTERS: [
    'row with a broken character in a column that no text uses',
    'rows with a broken character in a column that no text uses',
  ],
  ODD_CHARACTERS: ['text with characters that look wrongly decoded', 'texts with characters that look wrongly decoded'],
  LEFTOVER: ['text with a placeholder that no column fills', 'texts with a placeholder that no column fills'],
  HTML: ['text with HTML, which is sent unchanged', 'texts with HTML, which is sent unchanged'],
  LITERAL_ESCAPE: [
    'text with a backslash and a letter (\\n is a line break in a row’s own text)',
    'texts with a backslash and a letter (\\n is a line break in a row’s own text)',
  ],
  LONG_TEXT: [
    'text longer than the channel is certain to accept',
    'texts longer than the channel is certain to accept',
  ],
}

/** "1 invalid document omitted". */
function counted(code: string, n: number): string {
  return `${number(n)} ${WARNINGS[code]?.[n === 1 ? 0 : 1] ?? code}`
}

function warningsText({ warnings }: ImportFacts): string {
  return Object.entries(warnings)
    .map(([code, n]) => counted(code, n ?? 0))
    .join('; ')
}

function budgetText({ budget }: ImportFacts): string {
  const { month, available, used_budget, committed, fits } = budget
  if (available === null) return `the wallet has none for ${month}`
  const figures = `of ${budget.budget} in ${month}, ${used_budget} used and ${committed} committed: ${available} available`
  return `${figures}, ${fits ? 'it fits' : 'too little'}`
}

function segmentsText({ total, messages, unicode, unicode_characters }: Segments): string {
  const kinds = Object.entries(messages).map(([parts, n]) => `${number(n)} of ${parts}`)
  const why = unicode > 0 ? `; ${number(unicode)} are not GSM-7 (${unicode_characters.join(' ')})` : ''
  return `${number(total)} for ${number(sum(Object.values(messages)))} messages: ${kinds.join(', ')}${why}`
}

function firstText({ first_leads }: ImportFacts): Block {
  return table(first_leads, [
    { title: 'LINE', value: lead => String(lead.line), align: 'right' },
    { title: 'PHONE', value: lead => lead.phone },
    { title: 'NAME', value: lead => oneLine((lead.nome ?? '').slice(0, 30)) },
    { title: 'DOCUMENT', value: lead => lead.cpf_cnpj ?? '' },
    { title: 'CONTRACT', value: lead => lead.idcob_contrato ?? '' },
    {
      title: 'TEXT, OR WHY NOT',
      value: lead =>
        lead.error_code === null ? oneLine(lead.text ?? '') : `${lead.error_code}: ${lead.error_message}`,
    },
  ])
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, blank => (/[\r\n]/.test(blank) ? ' ⏎ ' : blank))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0)
}
