import type { RefusalCode } from '../campaign/refusals.ts'
import { parseDay } from '../lead/dates.ts'
import { parsePhone } from '../lead/phone.ts'
import type { CompiledText } from '../lead/render.ts'
import type { Columns } from './columns.ts'
import type { Row } from './csv.ts'
import { parseDocument } from './document.ts'
import { PhoneSet } from './phone-set.ts'
import { blockOf, REFUSED_BLOCK } from './sequence.ts'

export interface Refusal {
  code: RefusalCode
  detail: string
}

/** A row as a lead: to be sent, or refused with a reason. */
export interface Lead {
  row: Row
  /** Canonical, or as it was written where it is no phone. */
  phone: string
  nome: string | null
  cpf_cnpj: string | null
  idcob_contrato: string | null
  custom_message: string | null
  /** A JSON object's text. */
  variables: string | null
  /** Where it stands in the dispatch order (sequence.ts). */
  block: number
  refusal: Refusal | null
}

export interface Rules {
  columns: Columns
  documentRequired: boolean
  /** Days after which a registration date is too old; 0: no matter. */
  staleDays: number
  /** Today, counted as `parseDay` does. */
  today: number
  /** The campaign's text; null: each row brings its own, or a template is used. */
  text: CompiledText | null
  /** Template variable → column; null without a template. */
  templateVars: Readonly<Record<string, string>> | null
  /** Each lead keeps its own rendered text, by which leads are put in order. */
  keepText: boolean
}

/** What was put right in rows that are sent all the same. */
export type Warnings = Partial<Record<'BAD_DOCUMENT' | 'MISSING_DATE' | 'HIDDEN_ROW', number>>

export interface Vetter {
  vet: (row: Row) => Lead
  warnings: Warnings
}

/**
 * Turns rows into leads, in the file's order: the first good row of a phone wins. The first rule that a row breaks is its
 * reason; the blocklist, which takes a look into the database, comes after these.
 */
export function createVetter(rules: Rules): Vetter {
  const { columns, staleDays, text } = rules
  const { fields } = columns
  const phones = new PhoneSet()
  const warnings: Warnings = {}
  const variablesOf = variablesWriter(columns)
  const needed = [...new Set([...(text?.names ?? []), ...Object.values(rules.templateVars ?? {})])]
  const valueIn = new Map(needed.map(name => [name, valueReader(name, columns)]))

  const vet = (row: Row): Lead => {
    const { cells } = row
    const cell = (index: number | undefined) => (index === undefined ? '' : (cells[index] ?? '').trim())
    const written = cell(fields.phone)
    const lead: Lead = {
      row,
      phone: written.slice(0, LONGEST_WRITTEN),
      nome: cell(fields.nome) || null,
      cpf_cnpj: null,
      idcob_contrato: cell(fields.idcob_contrato) || null,
      custom_message: cell(fields.mensagem) === '' ? null : cells[fields.mensagem!]!,
      variables: variablesOf(cells),
      block: REFUSED_BLOCK,
      refusal: null,
    }
    const surplus = surplusOf(cells, columns.width)
    if (surplus)
      return refuse(lead, 'BAD_ROW', `${cells.length} cells for ${columns.width} columns, and beyond them: ${surplus}`)

    const { phone, problem } = parsePhone(written)
    if (phone === undefined) return refuse(lead, 'INVALID_PHONE', `"${lead.phone}": ${problem}`)
    lead.phone = phone
    lead.block = blockOf(phone)

    const document = cell(fields.cpf_cnpj)
    if (document !== '') {
      const parsed = parseDocument(document)
      if (parsed.document !== undefined) lead.cpf_cnpj = parsed.document
      else if (rules.documentRequired) return refuse(lead, 'INVALID_DOCUMENT', `"${document}": ${parsed.problem}`)
      else warnings.BAD_DOCUMENT = (warnings.BAD_DOCUMENT ?? 0) + 1
    } else if (rules.documentRequired) return refuse(lead, 'MISSING_DOCUMENT', 'the broker needs a CPF or CNPJ')

    if (staleDays > 0 && fields.data_cadastro !== undefined) {
      const date = cell(fields.data_cadastro)
      const stale = date === '' ? undefined : stalenessOf(date, rules)
      if (date === '') warnings.MISSING_DATE = (warnings.MISSING_DATE ?? 0) + 1
      else if (stale) return refuse(lead, 'STALE', stale)
    }

    const missing = missingOf(lead)
    if (missing) return refuse(lead, 'MISSING_VARIABLE', missing)
    if (!phones.add(phone)) return refuse(lead, 'DUPLICATE', 'an earlier row has the same phone')
    return lead
  }

  /** What the message still lacks. Where each lead keeps its text, it gets it here. */
  const missingOf = (lead: Lead): string | undefined => {
    if (lead.custom_message !== null) return undefined
    if (!text && !rules.templateVars) return 'its message is empty'
    const empty = needed.find(name => valueIn.get(name)!(lead) === '')
    if (empty !== undefined) return `column ${empty} is empty`
    if (text && rules.keepText) lead.custom_message = text.fill(name => valueIn.get(name)!(lead))
    return undefined
  }

  return { vet, warnings }
}

/** A refused lead goes behind all that are sent. */
export function refuse(lead: Lead, code: RefusalCode, detail: string): Lead {
  lead.block = REFUSED_BLOCK
  lead.refusal = { code, detail }
  return lead
}

// The database keeps what was written for the report, and an index of it; a cell may be a megabyte.
const LONGEST_WRITTEN = 100

/** What stands beyond the columns, if anything does; empty cells are Excel's, and mean nothing. */
function surplusOf(cells: readonly string[], width: number): string | undefined {
  if (cells.length <= width) return undefined
  const surplus = cells.slice(width).filter(cell => cell.trim() !== '')
  return surplus.length > 0 ? surplus.join(' | ') : undefined
}

/**
 * A date that cannot be read counts as too old: the limit is there so that nobody is contacted on old data, and the row can be
 * corrected. A row without a date is sent, with a warning: nothing says that it is old.
 */
function stalenessOf(date: string, { staleDays, today }: Rules): string | undefined {
  const day = parseDay(date)
  if (day === undefined) return `its registration date "${date}" cannot be read (dd/mm/yyyy or yyyy-mm-dd)`
  return today - day > staleDays ? `registered on ${date}, more than ${staleDays} days ago` : undefined
}

/** The other columns as a JSON object, written by hand: a million objects only to be made text are half the import's time. */
function variablesWriter({ variables }: Columns): (cells: readonly string[]) => string | null {
  if (variables.length === 0) return () => null
  const keys = variables.map(({ name, index }, i) => ({ index, key: `${i === 0 ? '{' : ','}${JSON.stringify(name)}:` }))
  return cells => {
    let json = ''
    for (const { key, index } of keys) json += key + JSON.stringify((cells[index] ?? '').trim())
    return `${json}}`
  }
}

/** How to read a column, by the name under which a lead keeps it, from a lead that is being vetted. */
function valueReader(name: string, columns: Columns): (lead: Lead) => string {
  if (name === 'phone' || name === 'nome' || name === 'cpf_cnpj' || name === 'idcob_contrato')
    return lead => lead[name] ?? ''
  const index = columns.variables.find(variable => variable.name === name)?.index
  return index === undefined ? () => '' : ({ row }) => (row.cells[index] ?? '').trim()
}
