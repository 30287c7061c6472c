import type { RefusalCode } from '../campaign/refusals.ts'
import { parseDay } from '../lead/dates.ts'
import { parseDocument } from '../lead/document.ts'
import type { CompiledText } from '../lead/render.ts'
import type { Columns } from './columns.ts'
import type { Row } from './csv.ts'
import { PhoneSet } from './phone-set.ts'
import { allPhonesReader, phoneReader, type RowPhone } from './row-phones.ts'
import { blockOf, REFUSED_BLOCK } from './sequence.ts'

export interface Refusal {
  code: RefusalCode
  detail: string
  /** The column at fault; undefined where none is. */
  column: number | undefined
}

/** A row as a lead: to be sent, or refused with a reason. */
export interface Lead {
  row: Row
  /** Canonical, or as it was written where it is no phone. */
  phone: string
  /** The column that it is from. */
  phoneColumn: number
  /** With --all-phones: its row has others, which are leads of their own. */
  oneOfSeveral: boolean
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
  /** Each phone of a row is a lead; else the first good one is. */
  allPhones: boolean
  /** A mobile without its ninth digit gets it. */
  repairNinthDigit: boolean
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

/** What was put right in rows that are sent all the same, and what an operator should know of them. */
export type Warnings = Partial<
  Record<'BAD_DOCUMENT' | 'MISSING_DATE' | 'REPAIRED_PHONE' | 'SAME_DOCUMENT' | SheetWarning, number>
>

/** What a workbook has that its rows do not tell. */
type SheetWarning = 'HIDDEN_ROW' | 'NO_RESULT' | 'MERGED_CELL' | 'OTHER_SHEET'

export interface Vetter {
  /** @returns the rows' leads in the file's order: one for each row, or with `allPhones` one or more */
  vet: (rows: readonly Row[]) => Lead[]
  warnings: Warnings
}

/**
 * Turns rows into leads: the first good row of a phone wins. The first rule that a row breaks is its reason; the blocklist, which
 * takes a look into the database, comes after these.
 */
export function createVetter(rules: Rules): Vetter {
  const { columns, staleDays, text } = rules
  const { fields } = columns
  const phones = new PhoneSet()
  const warnings: Warnings = {}
  const warn = (code: keyof Warnings, count = 1) => {
    warnings[code] = (warnings[code] ?? 0) + count
  }
  const readPhone = phoneReader(columns, rules.repairNinthDigit)
  const readPhones = allPhonesReader(columns, rules.repairNinthDigit)
  const variablesOf = variablesWriter(columns)
  const needed = [...new Set([...(text?.names ?? []), ...Object.values(rules.templateVars ?? {})])]
  const valueIn = new Map(needed.map(name => [name, valueReader(name, columns)]))

  const vet = (rows: readonly Row[]): Lead[] => {
    const leads: Lead[] = []
    for (const row of rows) {
      const lead = vetRow(row)
      if (rules.allPhones && !lead.refusal) leads.push(...eachPhone(lead))
      else leads.push(lead.refusal ? lead : onlyOnce(lead))
    }
    return leads
  }

  /** The lead of a row's first good phone, by all rules but that of duplicates. */
  const vetRow = (row: Row): Lead => {
    const { cells } = row
    const cell = (index: number | undefined) => (index === undefined ? '' : (cells[index] ?? '').trim())
    const read = readPhone(cells)
    const lead: Lead = {
      row,
      phone: read.phone ?? read.written,
      phoneColumn: read.index,
      oneOfSeveral: false,
      nome: cell(fields.nome) || null,
      cpf_cnpj: null,
      idcob_contrato: cell(fields.idcob_contrato) || null,
      custom_message: cell(fields.mensagem) === '' ? null : cells[fields.mensagem!]!,
      variables: variablesOf(cells),
      block: REFUSED_BLOCK,
      refusal: null,
    }
    const surplus = surplusOf(cells, columns.width)
    if (surplus) {
      const detail = `${cells.length} cells for ${columns.width} columns, and beyond them: ${surplus}`
      return refuse(lead, 'BAD_ROW', detail, columns.width)
    }
    if (read.phone === undefined) return refuse(lead, 'INVALID_PHONE', read.problem, read.index)
    lead.block = blockOf(read.phone)
    if (read.repaired && !rules.allPhones) warn('REPAIRED_PHONE')

    const document = cell(fields.cpf_cnpj)
    if (document !== '') {
      const parsed = parseDocument(document)
      if (parsed.document !== undefined) lead.cpf_cnpj = parsed.document
      else if (rules.documentRequired)
        return refuse(lead, 'INVALID_DOCUMENT', `"${document}": ${parsed.problem}`, fields.cpf_cnpj)
      else warn('BAD_DOCUMENT')
    } else if (rules.documentRequired)
      return refuse(lead, 'MISSING_DOCUMENT', 'the broker needs a CPF or CNPJ', fields.cpf_cnpj)

    if (staleDays > 0 && fields.data_cadastro !== undefined) {
      const date = cell(fields.data_cadastro)
      const stale = date === '' ? undefined : stalenessOf(date, rules)
      if (date === '') warn('MISSING_DATE')
      else if (stale) return refuse(lead, 'STALE', stale, fields.data_cadastro)
    }
    return withText(lead)
  }

  /** Refused where the message lacks something. Where each lead keeps its text, it gets it here. */
  const withText = (lead: Lead): Lead => {
    if (lead.custom_message !== null) return lead
    if (!text && !rules.templateVars) return refuse(lead, 'MISSING_VARIABLE', 'its message is empty', fields.mensagem)
    const empty = needed.find(name => valueIn.get(name)!(lead) === '')
    if (empty !== undefined)
      return refuse(lead, 'MISSING_VARIABLE', `column ${empty} is empty`, columnOf(empty, columns))
    if (text && rules.keepText) lead.custom_message = text.fill(name => valueIn.get(name)!(lead))
    return lead
  }

  const onlyOnce = (lead: Lead): Lead => {
    const earlier = phones.add(lead.phone, lead.row.line)
    return earlier === 0 ? lead : refuse(lead, 'DUPLICATE', `line ${earlier} has the same phone`, lead.phoneColumn)
  }

  /** A good row's leads, one for each phone that is written in it. */
  const eachPhone = (model: Lead): Lead[] => {
    const { cells } = model.row
    const ownText = fields.mensagem !== undefined && (cells[fields.mensagem] ?? '').trim() !== ''
    const read = readPhones(cells)
    const leads = read.map(one => {
      const lead = { ...model, ...phoneOf(one), oneOfSeveral: read.length > 1 }
      if (one.phone === undefined) return refuse(lead, 'INVALID_PHONE', one.problem, one.index)
      if (one.repaired) warn('REPAIRED_PHONE')
      if (!ownText) lead.custom_message = null
      return onlyOnce(withText(lead))
    })
    const good = leads.filter(lead => !lead.refusal).length
    if (model.cpf_cnpj !== null && good > 1) warn('SAME_DOCUMENT', good - 1)
    return leads
  }

  return { vet, warnings }
}

function phoneOf({ index, phone, written }: RowPhone): Pick<Lead, 'phone' | 'phoneColumn' | 'block'> {
  return { phone: phone ?? written, phoneColumn: index, block: phone === undefined ? REFUSED_BLOCK : blockOf(phone) }
}

/** A refused lead goes behind all that are sent. */
export function refuse(lead: Lead, code: RefusalCode, detail: string, column: number | undefined): Lead {
  lead.block = REFUSED_BLOCK
  lead.refusal = { code, detail, column }
  return lead
}

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
export function valueReader(name: string, columns: Columns): (lead: Lead) => string {
  if (isOwn(name)) return lead => lead[name] ?? ''
  const index = columnOf(name, columns)
  return index === undefined ? () => '' : ({ row }) => (row.cells[index] ?? '').trim()
}

function columnOf(name: string, { fields, variables }: Columns): number | undefined {
  return isOwn(name) ? fields[name] : variables.find(variable => variable.name === name)?.index
}

function isOwn(name: string): name is 'phone' | 'nome' | 'cpf_cnpj' | 'idcob_contrato' {
  return name === 'phone' || name === 'nome' || name === 'cpf_cnpj' || name === 'idcob_contrato'
}
