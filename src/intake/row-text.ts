import { CampError } from '../errors.ts'
import type { ImportCode } from '../lifecycle/refusal-codes.ts'
import { isTornText } from '../message/characters.ts'
import { damageIn, damageOf } from '../message/damage.ts'
import { isPlaceholder, leftoversIn } from '../message/leftovers.ts'
import { isBareValue, isNoValue, isPlainWords } from '../message/no-value.ts'
import { odditiesIn, withLineBreaks } from '../message/oddities.ts'
import { type CompiledText, compileText, fillTemplate } from '../message/template.ts'
import { isDoubtfullyLong, type TextRules, textProblem, valueProblem } from '../message/text-rules.ts'
import { fieldOf, plainName } from '../recipient/field-names.ts'
import { type Columns, columnOf, namedColumns } from './columns.ts'
import type { Lead, Refusal } from './lead.ts'
import type { WarningCount } from './warnings.ts'

export interface RowTextRules {
  columns: Columns
  /** The campaign's text; null with a text per row or a template. */
  text: CompiledText | null
  /** Template variable → column; null without template. */
  templateVars: Readonly<Record<string, string>> | null
  /** The template's text; null without one. */
  template: string | null
  /** Each lead stores its rendered text, and leads are ordered by it. */
  keepText: boolean
  /** The channel's. */
  texts: TextRules
}

/** The lead's own text (null: the campaign's or a template's), or the reason for refusing the lead. */
type RowText = { text: string | null; refusal?: undefined } | { text?: undefined; refusal: Refusal }

export interface RowTextReader {
  /** Renders a lead's text and checks it and its values against all rules. */
  readText: (lead: Lead) => RowText
  /** `problemOf` for a person's name, which is neither a number nor a boolean. */
  judgeName: (value: string, variable: boolean) => ReturnType<typeof problemOf>
}

export function rowTextReader(rules: RowTextRules, warnings: WarningCount): RowTextReader {
  const { columns, text, templateVars, texts } = rules
  const named = namedColumns(columns)
  const readers = new Map<string, (lead: Lead) => string>()
  const valueIn = (name: string, lead: Lead) => {
    const reader = readers.get(name) ?? valueReader(name, columns)
    readers.set(name, reader)
    return reader(lead)
  }
  const nameColumns = new Map<string, boolean>()
  const isName = (name: string) => {
    const known = nameColumns.get(name) ?? isNameColumn(name)
    nameColumns.set(name, known)
    return known
  }
  const needed = [...new Set([...(text?.names ?? []), ...Object.values(templateVars ?? {})])]

  const readText = (lead: Lead): RowText => {
    const own = ownText(lead.values, columns)
    if (own !== undefined) return readOwn(own, lead)
    if (!text && !templateVars)
      return refused('MISSING_VARIABLE', `its message ${noTextIn(lead.values, columns)}`, columns.fields.mensagem)
    const refusal = refusedValue(needed, lead, templateVars !== null)
    if (refusal) return { refusal }
    if (!rules.keepText && !hasLength(texts)) return { text: null }
    const filled = text ? text.fill(name => valueIn(name, lead)) : filledTemplate(lead)
    const problem = text ? textProblem(filled, texts) : undefined
    if (problem !== undefined) return refused('BAD_TEXT', `its text ${problem}`, undefined)
    if (isDoubtfullyLong(filled, texts)) warnings.addOnce('LONG_TEXT', lead.row.line)
    return { text: rules.keepText ? filled : null }
  }

  const filledTemplate = (lead: Lead): string => {
    const values = Object.entries(templateVars ?? {}).map(
      ([variable, name]) => [variable, valueIn(name, lead)] as const,
    )
    return fillTemplate(rules.template ?? '', Object.fromEntries(values))
  }

  /** The row's own text with its placeholders filled. */
  const readOwn = (own: string, lead: Lead): RowText => {
    const { mensagem } = columns.fields
    const { line } = lead.row
    if (isTornText(own)) return refused('BAD_ENCODING', `its message contains ${tornPart(own)}`, mensagem)
    const damage = damageOf(own) ?? damageIn(own)
    if (damage !== undefined) return refused('BROKEN_VALUE', `its message contains ${damage}`, mensagem)
    const written = withLineBreaks(own)
    if (ESCAPE.test(written))
      return refused('BAD_ROW', `its message contains an escape that was not decoded: ${excerpt(own)}`, mensagem)
    if (written !== own) warnings.addOnce('LITERAL_ESCAPE', line, excerpt(own))
    const compiled = compiledOwn(written)
    if (typeof compiled !== 'string' && compiled.literals.length - 1 > MAX_PLACEHOLDERS)
      return refused('BAD_TEXT', `its message has more than ${MAX_PLACEHOLDERS} placeholders`, mensagem)
    if (typeof compiled === 'string') return refused('BAD_TEXT', compiled, mensagem)
    const leftovers = compiled.literals.flatMap(literal => leftoversIn(literal, named))
    const certain = leftovers.find(one => one.column !== undefined)
    if (certain) {
      const detail = `its message contains ${certain.written}; a placeholder is written {{${certain.column}}}`
      return refused('BAD_TEXT', detail, mensagem)
    }
    if (leftovers[0]) warnings.addOnce('LEFTOVER', line, leftovers[0].written)
    const refusal = refusedValue(compiled.names, lead, false)
    if (refusal) return { refusal }
    const filled = compiled.fill(name => valueIn(name, lead))
    const problem = textProblem(filled, texts)
    if (problem !== undefined) return refused('BAD_TEXT', `its message ${problem}`, mensagem)
    if (isDoubtfullyLong(filled, texts)) warnings.addOnce('LONG_TEXT', line)
    for (const literal of compiled.literals) warnOf(literal, line)
    return { text: filled }
  }

  // Rows often repeat one text and differ in its values only.
  let latest: { written: string; compiled: CompiledText | string } | undefined
  const compiledOwn = (written: string): CompiledText | string => {
    if (latest?.written !== written) latest = { written, compiled: compiledOrProblem(written, named) }
    return latest.compiled
  }

  /** The first column whose value a text cannot carry. */
  const refusedValue = (names: readonly string[], lead: Lead, variable: boolean): Refusal | undefined => {
    for (const name of names) {
      const value = valueIn(name, lead)
      const problem = isName(name) ? judgeName(value, variable) : problemOf(value, texts, variable)
      if (problem)
        return { code: problem.code, detail: `column ${name} ${problem.what}`, column: columnOf(name, columns) }
      if (!isOrdinary(value)) warnOf(value, lead.row.line)
    }
    return undefined
  }

  // A row's name is checked on its own and as part of a text.
  let judged: { value: string; variable: boolean; problem: ReturnType<typeof problemOf> } | undefined
  const judgeName = (value: string, variable: boolean) => {
    if (judged?.value !== value || judged.variable !== variable)
      judged = { value, variable, problem: nameProblemOf(value, texts, variable) }
    return judged.problem
  }

  const warnOf = (text: string, line: number) => {
    for (const { oddity, example } of odditiesIn(text)) warnings.addOnce(oddity, line, example)
  }

  return { readText, judgeName }
}

/** The problem with a value in a text or request, as words that continue "column valor …". */
export function problemOf(
  value: string,
  texts: TextRules,
  variable: boolean,
): { code: ImportCode; what: string } | undefined {
  if (value === '') return { code: 'MISSING_VARIABLE', what: 'is empty' }
  if (isOrdinary(value)) return undefined
  if (isNoValue(value)) return { code: 'MISSING_VARIABLE', what: `contains "${value}", which means no value` }
  if (value.length > LONGEST_VALUE)
    return {
      code: 'BAD_TEXT',
      what: `has ${value.length} characters, and a cell of Excel has at most ${LONGEST_VALUE}`,
    }
  if (isTornText(value)) return { code: 'BAD_ENCODING', what: `contains ${tornPart(value)}` }
  const damage = damageOf(value)
  if (damage !== undefined) return { code: 'BROKEN_VALUE', what: `contains ${damage}` }
  if (BRACES.test(value) || isPlaceholder(value))
    return { code: 'BAD_TEXT', what: `contains a placeholder: ${excerpt(value)}` }
  if (ESCAPE.test(value)) return { code: 'BAD_ROW', what: `contains an escape that was not decoded: ${excerpt(value)}` }
  const problem = valueProblem(value, texts, variable)
  return problem === undefined ? undefined : { code: 'BAD_TEXT', what: `contains ${problem}` }
}

/** Whether no rule of `problemOf` or the oddities can apply: true for most values of a file. */
function isOrdinary(value: string): boolean {
  return CODED.test(value) || isPlainWords(value)
}

/** A contract number or an amount. */
const CODED = /^(?:[A-Za-z]{1,4}-?\d{1,15}|\d{1,9},\d{2})$/

function nameProblemOf(value: string, texts: TextRules, variable: boolean): ReturnType<typeof problemOf> {
  if (isPlainWords(value)) return undefined
  return isBareValue(value)
    ? { code: 'MISSING_VARIABLE', what: `contains "${value}", which is not a name` }
    : problemOf(value, texts, variable)
}

/** The name column, and others whose header says name ("primeiro nome"). "cliente" may hold numbers. */
function isNameColumn(name: string): boolean {
  return name === 'nome' || (fieldOf(name) === 'nome' && /nome|name/.test(plainName(name)))
}

// Together they bound a text's length: a row may hold a megabyte, and a text may repeat one value.
const LONGEST_VALUE = 32_767
const MAX_PLACEHOLDERS = 100

const BRACES = /\{\{|\}\}/
/** MySQL's escapes: a quote or apostrophe in a cell, a line break or delimiter at its end. */
const ESCAPE = /\\["']|\\$/

/** @returns a reader of a column, by its name in a lead, for a lead under validation */
export function valueReader(name: string, columns: Columns): (lead: Lead) => string {
  if (name === 'phone' || name === 'cpf_cnpj') return lead => lead[name] ?? ''
  const index = columnOf(name, columns)
  return index === undefined ? () => '' : ({ values }) => values[index] ?? ''
}

/** undefined: the row has no text of its own and gets the campaign's. */
function ownText(values: readonly string[], { fields }: Columns): string | undefined {
  if (fields.mensagem === undefined) return undefined
  const text = values[fields.mensagem] ?? ''
  return isNoValue(text) || isBareValue(text) ? undefined : text
}

/** Why a row's text is missing, as words that continue "its message …". */
function noTextIn(values: readonly string[], { fields }: Columns): string {
  const text = values[fields.mensagem ?? -1] ?? ''
  return text === '' ? 'is empty' : `contains "${text}", which is not a text`
}

function compiledOrProblem(written: string, named: ReturnType<typeof namedColumns>): CompiledText | string {
  try {
    return compileText(written, named)
  } catch (error) {
    if (error instanceof CampError) return `its message: ${error.message}`
    throw error
  }
}

function hasLength({ longest, longestSure }: TextRules): boolean {
  return (longest ?? longestSure) !== undefined
}

function tornPart(text: string): string {
  const at = text.indexOf('\ufffd')
  return `a byte that is not a character: "${text.slice(Math.max(0, at - 20), at + 10)}"`
}

function excerpt(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

function refused(code: ImportCode, detail: string, column: number | undefined): RowText {
  return { refusal: { code, detail, column } }
}
