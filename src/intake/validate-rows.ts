import { isTornText } from '../message/characters.ts'
import { cleanValues } from '../message/value.ts'
import { parseDocument } from '../recipient/document.ts'
import type { Row } from '../tabular/csv.ts'
import { parseDay } from '../time/day.ts'
import type { Columns } from './columns.ts'
import { type Lead, refuse } from './lead.ts'
import { PhoneSet } from './phone-set.ts'
import { allPhonesReader, phoneReader, type RowPhone } from './row-phones.ts'
import { problemOf, type RowTextRules, rowTextReader } from './row-text.ts'
import { blockOf, REFUSED_BLOCK } from './sequence.ts'
import { WarningCount } from './warnings.ts'

export interface RowRules extends RowTextRules {
  /** Each phone of a row is a lead; otherwise the first valid phone is. */
  allPhones: boolean
  /** Adds a missing ninth digit to a mobile. */
  repairNinthDigit: boolean
  documentRequired: boolean
  /** Maximum age of a registration date in days; 0: no limit. */
  staleDays: number
  /** Today, counted as `parseDay` does. */
  today: number
}

export interface RowValidator {
  /** @returns leads in file order: one per row, or several with `allPhones` */
  validate: (rows: readonly Row[]) => Lead[]
  warnings: WarningCount
}

/**
 * Turns rows into leads. The first valid row of a phone wins. The first rule that a row breaks is its reason; the blocklist, which needs
 * the database, is checked after these rules.
 */
export function createRowValidator(rules: RowRules): RowValidator {
  const { columns, staleDays, texts } = rules
  const { fields } = columns
  const phones = new PhoneSet()
  const warnings = new WarningCount()
  const readPhone = phoneReader(columns, rules.repairNinthDigit)
  const readPhones = allPhonesReader(columns, rules.repairNinthDigit)
  const variablesOf = variablesWriter(columns)
  const { readText, judgeName } = rowTextReader(rules, warnings)

  const validate = (rows: readonly Row[]): Lead[] => {
    const leads: Lead[] = []
    for (const row of rows) {
      const lead = validateRow(row)
      if (rules.allPhones && !lead.refusal) leads.push(...eachPhone(lead))
      else leads.push(lead.refusal ? lead : onlyOnce(lead))
    }
    return leads
  }

  /** The lead of a row's first valid phone, checked by all rules except duplicates. */
  const validateRow = (row: Row): Lead => {
    const { cells, line } = row
    const values = cleanValues(cells)
    const cell = (index: number | undefined) => (index === undefined ? '' : (values[index] ?? ''))
    const nome = cell(fields.nome)
    const contract = cell(fields.idcob_contrato)
    const badName = nome !== '' && judgeName(nome, false)
    const badContract = contract !== '' && problemOf(contract, texts, false)
    const read = readPhone(cells)
    const lead: Lead = {
      row,
      values,
      phone: read.phone ?? read.written,
      phoneColumn: read.index,
      oneOfSeveral: false,
      nome: badName ? null : nome || null,
      cpf_cnpj: null,
      idcob_contrato: contract === '' || (badContract && badContract.code === 'MISSING_VARIABLE') ? null : contract,
      custom_message: null,
      variables: variablesOf(values),
      block: REFUSED_BLOCK,
      refusal: null,
    }
    if (row.doubt) return refuse(lead, 'BAD_ROW', row.doubt.detail, row.doubt.column)
    const surplus = surplusOf(cells, columns.width)
    if (surplus) {
      const detail = `${cells.length} cells for ${columns.width} columns, extra cells: ${surplus}`
      return refuse(lead, 'BAD_ROW', detail, columns.width)
    }
    // Also of a row that is refused: a person's document finds every row about them.
    const document = cell(fields.cpf_cnpj)
    const parsed = document === '' ? undefined : parseDocument(document)
    lead.cpf_cnpj = parsed?.document ?? null
    if (read.phone === undefined) return refuse(lead, 'INVALID_PHONE', read.problem, read.index)
    lead.block = blockOf(read.phone)
    if (read.repaired && !rules.allPhones) warnings.add('REPAIRED_PHONE', line)

    if (parsed?.problem !== undefined) {
      if (rules.documentRequired)
        return refuse(lead, 'INVALID_DOCUMENT', `"${document}": ${parsed.problem}`, fields.cpf_cnpj)
      warnings.add('BAD_DOCUMENT', line)
    } else if (parsed === undefined && rules.documentRequired)
      return refuse(lead, 'MISSING_DOCUMENT', 'the broker needs a CPF or CNPJ', fields.cpf_cnpj)

    if (staleDays > 0 && fields.data_cadastro !== undefined) {
      const date = cell(fields.data_cadastro)
      const stale = date === '' ? undefined : stalenessOf(date, rules)
      if (date === '') warnings.add('MISSING_DATE', line)
      else if (stale) return refuse(lead, 'STALE', stale, fields.data_cadastro)
    }
    if (badContract && badContract.code !== 'MISSING_VARIABLE') {
      const { code, what } = badContract
      return refuse(lead, code, `column ${columns.headers[fields.idcob_contrato!]} ${what}`, fields.idcob_contrato)
    }
    if (badName && badName.code === 'BAD_ENCODING')
      return refuse(lead, badName.code, `column ${columns.headers[fields.nome!]} ${badName.what}`, fields.nome)
    const judged = withText(lead)
    if (!judged.refusal) warnOfRow(judged, nome, badName)
    return judged
  }

  /** Refuses a lead whose text cannot be sent; stores the text where each lead has its own. */
  const withText = (lead: Lead): Lead => {
    const { text, refusal } = readText(lead)
    if (refusal) return refuse(lead, refusal.code, refusal.detail, refusal.column)
    lead.custom_message = text
    return lead
  }

  const warnOfRow = ({ row, variables }: Lead, nome: string, badName: unknown) => {
    if (badName) warnings.add('BAD_NAME', row.line, nome)
    if (variables !== null && isTornText(variables)) warnings.add('LOST_CHARACTERS', row.line)
  }

  const onlyOnce = (lead: Lead): Lead => {
    const earlier = phones.add(lead.phone, lead.row.line)
    return earlier === 0 ? lead : refuse(lead, 'DUPLICATE', `line ${earlier} has the same phone`, lead.phoneColumn)
  }

  /** A valid row's leads, one per phone. */
  const eachPhone = (model: Lead): Lead[] => {
    const read = readPhones(model.row.cells)
    const leads = read.map(one => {
      const lead = { ...model, ...phoneOf(one), oneOfSeveral: read.length > 1 }
      if (one.phone === undefined) return refuse(lead, 'INVALID_PHONE', one.problem, one.index)
      if (one.repaired) warnings.add('REPAIRED_PHONE', model.row.line)
      return onlyOnce(withText(lead))
    })
    const good = leads.filter(lead => !lead.refusal).length
    if (model.cpf_cnpj !== null && good > 1)
      for (let i = 1; i < good; i++) warnings.add('SAME_DOCUMENT', model.row.line)
    return leads
  }

  return { validate, warnings }
}

function phoneOf({ index, phone, written }: RowPhone): Pick<Lead, 'phone' | 'phoneColumn' | 'block'> {
  return { phone: phone ?? written, phoneColumn: index, block: phone === undefined ? REFUSED_BLOCK : blockOf(phone) }
}

/** Cells beyond the last column, if any; empty ones, which Excel writes, are ignored. */
function surplusOf(cells: readonly string[], width: number): string | undefined {
  if (cells.length <= width) return undefined
  const surplus = cells.slice(width).filter(cell => cell.trim() !== '')
  return surplus.length > 0 ? surplus.join(' | ') : undefined
}

/**
 * An unreadable date counts as too old: the limit prevents contact on old data, and the row can be corrected. A row without a date is
 * sent with a warning.
 */
function stalenessOf(date: string, { staleDays, today }: RowRules): string | undefined {
  const day = parseDay(date)
  if (day === undefined) return `its registration date "${date}" cannot be read (dd/mm/yyyy or yyyy-mm-dd)`
  return today - day > staleDays ? `registered on ${date}, more than ${staleDays} days ago` : undefined
}

/** The other columns as JSON text, built by hand: a million objects for JSON.stringify took half of the import's time. */
function variablesWriter({ variables }: Columns): (values: readonly string[]) => string | null {
  if (variables.length === 0) return () => null
  const keys = variables.map(({ name, index }, i) => ({ index, key: `${i === 0 ? '{' : ','}${JSON.stringify(name)}:` }))
  return values => {
    let json = ''
    for (const { key, index } of keys) {
      const value = values[index] ?? ''
      json += AS_IT_IS.test(value) ? `${key}"${value}"` : key + JSON.stringify(value)
    }
    return `${json}}`
  }
}

/** Values that JSON does not escape: most of them. */
const AS_IT_IS = /^[\x20\x21\x23-\x5b\x5d-\x7e\xa0-\xff]*$/
