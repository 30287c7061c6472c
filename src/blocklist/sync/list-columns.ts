import { CampError } from '../../errors.ts'
import { t } from '../../language/text.ts'
import { type Field, fieldOf, plainName, tiersOf } from '../../recipient/field-names.ts'
import type { Row } from '../../tabular/csv.ts'
import { namesOf } from '../../tabular/header-names.ts'
import { judgeValue } from './read-entry.ts'
import type { ListColumns, OnlyKind } from './types.ts'

/**
 * Reads a list's header. Unlike in a mailing, all phone and document columns count (telefone1, telefone2, cpf, cnpj).
 * @param given --map: phone, document, value, reason or date → header; without a phone, document or value those are found by name
 * @throws CampError DATA: no such column and no value; USAGE: unknown field
 */
export function listColumns(
  file: string,
  first: Row,
  given: Readonly<Record<string, string>>,
  only: OnlyKind | null,
): ListColumns {
  const headers = namesOf(first.cells)
  const columns = Object.keys(given).length > 0 ? chosen(file, headers, given) : found(headers)
  if (columns.phones.length + columns.documents.length + columns.values.length > 0)
    return { ...columns, headers, named: true }
  const cells = first.cells.filter(cell => cell.trim() !== '')
  const namesAll = cells.length > 0 && cells.every(cell => judgeValue(cell, only).named.length > 0)
  // The first value may be invalid; a column's name has letters.
  if (namesAll || (cells.length === 1 && isNumber(cells[0]!)))
    return {
      headers: ['valor'],
      phones: [],
      documents: [],
      values: 'ALL',
      reason: undefined,
      date: undefined,
      named: false,
    }
  throw new CampError(
    'COLUMN_NOT_FOUND',
    t`${file}, line ${first.line}: it names no column of phones or documents, and contains none itself`,
    {
      hint: [
        t`Found: ${first.cells.slice(0, 10).map(shortened).join(', ')}. A list has one phone or document a line, or a first
      line that names its`,
        t`columns (telefone;cpf;motivo). Other names: --map phone=COLUMN,document=COLUMN,reason=COLUMN`,
      ],
    },
  )
}

function isNumber(cell: string): boolean {
  return /\d{3}/.test(cell) && !/[\p{L}<>{}]/u.test(cell)
}

type Found = Pick<ListColumns, 'phones' | 'documents' | 'reason' | 'date'> & { values: readonly number[] }

const REASONS = new Set(['motivo', 'reason', 'razao', 'causa'])
/** Of the registration in a list of people who want no calls; not of birth, nor of a debt. */
const DATES = new Set([
  'date',
  'data',
  'datacadastro',
  'datadecadastro',
  'datadocadastro',
  'dtcadastro',
  'datainscricao',
  'datadainscricao',
])
const VALUES = new Set(['valor', 'value', 'telefoneoucpf', 'telefoneoudocumento', 'phoneordocument'])

function found(headers: readonly string[]): Found {
  const names = headers.map(plainName)
  const at = (fits: (name: string) => boolean) => names.flatMap((name, i) => (fits(name) ? [i] : []))
  const phones = columnsOf('phone', at)
  const documents = columnsOf('cpf_cnpj', at)
  const [reason, date] = [REASONS, DATES].map(known => names.findIndex(name => known.has(name)))
  // "valor" beside a phone is an amount.
  const values = phones.length + documents.length > 0 ? [] : at(name => VALUES.has(name))
  const [reasonAt, dateAt] = [reason, date].map(index => (index! < 0 ? undefined : index))
  return { phones, documents, values, reason: reasonAt, date: dateAt }
}

/** All columns of the first group of names with a match; a trailing number is ignored. */
function columnsOf(field: Field, at: (fits: (name: string) => boolean) => number[]): number[] {
  for (const tier of tiersOf(field)) {
    const fitting = at(name => tier(name) || tier(withoutNumber(name)))
    if (fitting.length > 0) return fitting
  }
  return []
}

function withoutNumber(name: string): string {
  let end = name.length
  while (end > 0 && /\d/.test(name[end - 1]!)) end--
  return name.slice(0, end)
}

function chosen(file: string, headers: readonly string[], given: Readonly<Record<string, string>>): Found {
  const columns = {
    phones: [] as number[],
    documents: [] as number[],
    values: [] as number[],
    reason: undefined as number | undefined,
    date: undefined as number | undefined,
  }
  for (const [word, header] of Object.entries(given)) {
    const index = headers.findIndex(name => plainName(name) === plainName(header))
    if (index < 0) {
      throw new CampError('COLUMN_NOT_FOUND', t`${file} has no column "${header}" (--map ${word})`, {
        hint: t`Columns found: ${headers.join(', ')}.`,
      })
    }
    const [plain, field] = [plainName(word), fieldOf(word)]
    if (REASONS.has(plain)) columns.reason = index
    else if (DATES.has(plain)) columns.date = index
    else if (VALUES.has(plain)) columns.values.push(index)
    else if (field === 'phone') columns.phones.push(index)
    else if (field === 'cpf_cnpj') columns.documents.push(index)
    else {
      throw new CampError('FIELD_UNKNOWN', t`--map: a blocklist has no field "${word}"`, {
        hint: t`Fields: phone, document, value (either of them), reason, date. Write --map phone=TELEFONE,document=CPF.`,
      })
    }
  }
  const isWithoutRecipients = columns.phones.length + columns.documents.length + columns.values.length === 0
  const { phones, documents, values } = isWithoutRecipients ? found(headers) : columns
  return { ...columns, phones, documents, values }
}

function shortened(cell: string): string {
  return `"${cell.length > 30 ? `${cell.slice(0, 30)}…` : cell}"`
}
