import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import type { NamedColumn } from '../message/column-index.ts'
import { FIELDS, type Field, fieldOf, plainName, tiersOf } from '../recipient/field-names.ts'
import { type PhoneColumn, phoneFamilies, withAreaCodes } from '../recipient/phone-columns.ts'
import { namesOf, uniqueNames, widthOf } from '../tabular/header-names.ts'

/** The meaning of a file's columns. Positions count from 0. */
export interface Columns {
  /** As in the file; a column without a name is coluna_N. */
  headers: readonly string[]
  /** Number of columns; further cells of a row belong to none. */
  width: number
  /** `phone` is the first of `phones`. */
  fields: Readonly<Partial<Record<Field, number>>>
  /** The columns of phones, best first; at least one. */
  phones: readonly PhoneColumn[]
  /** All other columns, with their names in a lead; with several phone columns, those too. */
  variables: readonly { name: string; index: number }[]
}

/** --map: field → headers in order. Several headers are several phones; `ddd` names the area-code column, or "-". */
export type GivenColumns = Readonly<Record<string, readonly string[]>>

/**
 * @param texts whether `mensagem` is the row's own text; with a template it is an ordinary column
 * @param line of the header, for errors
 * @throws CampError DATA: no phone column, two candidates, a missing header of `given`; USAGE: unknown field
 */
export function mapColumns(
  file: string,
  row: readonly string[],
  given: GivenColumns,
  texts: boolean,
  line = 1,
): Columns {
  const place = t`${file}, line ${line}`
  const headers = namesOf(row)
  const { chosen, phones: givenPhones, areaCodes } = chosenColumns(file, headers, given)
  const taken = new Set([...Object.values(chosen), ...givenPhones, ...(areaCodes ?? [])])
  const found = givenPhones.length > 0 ? givenPhones : guessPhones(place, headers, taken)
  for (const index of found) taken.add(index)
  const fields: Partial<Record<Field, number>> = { phone: found[0]!, ...chosen }
  for (const field of Object.keys(FIELDS) as Field[]) {
    if (fields[field] !== undefined || (field === 'mensagem' && !texts)) continue
    const index = guess(place, headers, field, taken)
    if (index === undefined) continue
    fields[field] = index
    taken.add(index)
  }
  const phones = areaCodes
    ? found.map((index, i) => ({ index, areaCode: areaCodes[i] ?? areaCodes.at(-1) }))
    : withAreaCodes(headers, found)
  // A lead has no field for the registration date, and one for a single phone.
  const own = new Set(
    Object.entries(fields).flatMap(([field, index]) =>
      field === 'data_cadastro' || (field === 'phone' && phones.length > 1) ? [] : [index],
    ),
  )
  const variables = uniqueNames(headers).flatMap((name, index) => (own.has(index) ? [] : [{ name, index }]))
  return { headers, width: widthOf(row), fields, phones, variables }
}

/** The columns that a text may use, fields first. */
export function namedColumns({ headers, fields, phones, variables }: Columns): NamedColumn[] {
  const own = OWN.flatMap(name => {
    const index = fields[name]
    if (index === undefined) return []
    return name === 'phone' && phones.length > 1
      ? [{ header: name, name, isMeaning: true }]
      : [{ header: headers[index]!, name }]
  })
  return [...own, ...variables.map(({ name }) => ({ header: name, name }))]
}

/** Finds a column by its name in a lead. */
export function columnOf(name: string, { fields, variables }: Columns): number | undefined {
  const own = OWN.find(field => field === name)
  return own === undefined ? variables.find(variable => variable.name === name)?.index : fields[own]
}

const OWN = ['phone', 'nome', 'cpf_cnpj', 'idcob_contrato'] as const

/** The columns of --map; `areaCodes` is undefined unless given. */
interface Chosen {
  chosen: Partial<Record<Field, number>>
  phones: number[]
  areaCodes: number[] | undefined
}

function chosenColumns(file: string, headers: readonly string[], given: GivenColumns): Chosen {
  const chosen: Partial<Record<Field, number>> = {}
  const phones: number[] = []
  let areaCodes: number[] | undefined
  for (const [word, names] of Object.entries(given)) {
    if (AREA_CODE_WORDS.has(plainName(word))) {
      areaCodes = names.join() === NO_COLUMN ? [] : names.map(name => indexOf(file, headers, word, name))
      continue
    }
    const field = fieldOf(word)
    if (!field) {
      throw new CampError('FIELD_UNKNOWN', t`--map: the field "${word}" does not exist`, {
        hint: t`Fields: ${Object.keys(FIELDS).join(', ')}, ddd. Write --map phone=TELEFONE,nome=CLIENTE.`,
      })
    }
    const found = names.map(name => indexOf(file, headers, word, name))
    if (field === 'phone') phones.push(...found)
    else if (found.length > 1 || chosen[field] !== undefined) {
      throw new CampError('FIELD_TWICE', t`--map names ${field} twice`, {
        hint: t`Only the phone may have several columns.`,
      })
    } else chosen[field] = found[0]!
  }
  return { chosen, phones: [...new Set(phones)], areaCodes }
}

const AREA_CODE_WORDS: ReadonlySet<string> = new Set(['ddd', 'areacode'])
const NO_COLUMN = '-'

/** Matches exactly, then by the name in a lead ("nome_2" is the second "nome"), then approximately. */
function indexOf(file: string, headers: readonly string[], word: string, name: string): number {
  const ways = [headers, uniqueNames(headers)].map(names => names.indexOf(name))
  const index = ways.find(i => i >= 0) ?? headers.findIndex(header => plainName(header) === plainName(name))
  if (index >= 0) return index
  throw new CampError('COLUMN_NOT_FOUND', t`${file} has no column "${name}" (--map ${word})`, { hint: found(headers) })
}

function guessPhones(place: string, headers: readonly string[], taken: ReadonlySet<number>): number[] {
  const [family, ...others] = phoneFamilies(headers, taken)
  if (family === undefined) throw missingPhone(place, headers)
  if (others.length === 0) return family
  const all = [family, ...others]
  const every = flags('phone', headers, all.flat())
  const together =
    all.length === 2
      ? t`both, the first valid one of each row: ${every}`
      : t`all, the first valid one of each row: ${every}`
  throw ambiguous(
    place,
    headers,
    'phone',
    all.map(([index]) => index!),
    t`${all.map(indexes => flags('phone', headers, indexes)).join(or())}; or ${together}`,
  )
}

function guess(
  place: string,
  headers: readonly string[],
  field: Field,
  taken: ReadonlySet<number>,
): number | undefined {
  for (const tier of tiersOf(field)) {
    const fitting = headers.flatMap((header, i) => (!taken.has(i) && tier(plainName(header)) ? [i] : []))
    if (fitting.length === 1) return fitting[0]
    if (fitting.length > 1) {
      const choices = fitting.map(index => flags(field, headers, [index])).join(or())
      throw ambiguous(place, headers, field, fitting, choices)
    }
  }
  return undefined
}

function ambiguous(place: string, headers: readonly string[], field: Field, indexes: readonly number[], how: string) {
  const names = uniqueNames(headers)
  const choices = indexes.map(index => `"${names[index]}"`).join(t` and `)
  return new CampError('COLUMN_AMBIGUOUS', t`${place}: ${choices} each match the field ${field}`, {
    hint: t`Choose one: ${how}`,
  })
}

function flags(field: Field, headers: readonly string[], indexes: readonly number[]): string {
  const names = uniqueNames(headers)
  const pair = (name: string) => (/^[\w.-]+$/.test(name) ? `${field}=${name}` : `"${field}=${name}"`)
  return indexes.map(index => `--map ${pair(names[index]!)}`).join(' ')
}

function missingPhone(place: string, headers: readonly string[]): CampError {
  const data = headers.some(header => /\d{8}/.test(header.replace(/\D/g, '')))
  return new CampError('PHONE_COLUMN_MISSING', t`${place}: no column with phones was found`, {
    hint: data
      ? t`The first line seems to contain data, but it must name the columns (telefone;nome;…). ${found(headers)}`
      : [
          t`${found(headers)} Name the column of the phones: --map phone=COLUMN`,
          t`If the names of the columns are further below: --header-row N`,
        ],
  })
}

function or(): string {
  return t` or `
}

function found(headers: readonly string[]): string {
  return t`Columns found: ${headers.join(', ')}.`
}
