import { CampError } from '../errors.ts'
import { FIELDS, type Field, fieldOf, plainName, tiersOf } from '../lead/fields.ts'
import type { NamedColumn } from '../lead/render.ts'

/** Which column of a file is what. Positions count from 0. */
export interface Columns {
  /** As the file writes them; columns without a name are called coluna_N. */
  headers: readonly string[]
  /** How many cells a row may fill; what stands behind them belongs to no column. */
  width: number
  fields: Readonly<Partial<Record<Field, number>>>
  /** Every other column, with the name under which a lead keeps it. */
  variables: readonly { name: string; index: number }[]
}

/** The last columns of a rejects file: what camp wrote there is no data when the file comes back. */
export const REJECT_COLUMNS = ['linha', 'motivo', 'detalhe'] as const

/**
 * @param given --map: a field (or a word for it) → a header
 * @param texts whether the rows bring their own text (`mensagem`); not where a template is used: then it is an ordinary column
 * @param line on which the header stands, for errors
 * @throws CampError DATA: no phone column, two that could be it, a header of `given` that is not there; USAGE: no such field
 */
export function mapColumns(
  file: string,
  row: readonly string[],
  given: Readonly<Record<string, string>>,
  texts: boolean,
  line = 1,
): Columns {
  const headers = namesOf(row)
  const chosen = chosenFields(file, headers, given)
  const taken = new Set(Object.values(chosen))
  for (const field of Object.keys(FIELDS) as Field[]) {
    if (chosen[field] !== undefined || (field === 'mensagem' && !texts)) continue
    const index = guess(`${file}, line ${line}`, headers, field, taken)
    if (index === undefined) continue
    chosen[field] = index
    taken.add(index)
  }
  if (chosen.phone === undefined) throw missingPhone(`${file}, line ${line}`, headers)
  // The registration date has no column of its own in a lead.
  const own = new Set(Object.entries(chosen).flatMap(([field, index]) => (field === 'data_cadastro' ? [] : [index])))
  const variables = uniqueNames(headers).flatMap((name, index) => (own.has(index) ? [] : [{ name, index }]))
  return { headers, width: widthOf(row), fields: chosen, variables }
}

/** The columns that a text may name, fields first. */
export function namedColumns({ headers, fields, variables }: Columns): NamedColumn[] {
  const own = (['phone', 'nome', 'cpf_cnpj', 'idcob_contrato'] as const).flatMap(name => {
    const index = fields[name]
    return index === undefined ? [] : [{ header: headers[index]!, name }]
  })
  return [...own, ...variables.map(({ name }) => ({ header: name, name }))]
}

/** Without the columns behind the last name (Excel leaves them) and those of a rejects file. */
function namesOf(row: readonly string[]): string[] {
  const names = row.slice(0, widthOf(row)).map(name => name.trim())
  const tail = names.slice(-REJECT_COLUMNS.length)
  if (REJECT_COLUMNS.every((name, i) => tail[i] === name)) names.length -= REJECT_COLUMNS.length
  return names.map((name, i) => name || `coluna_${i + 1}`)
}

function widthOf(row: readonly string[]): number {
  return row.findLastIndex(name => name.trim() !== '') + 1
}

function chosenFields(
  file: string,
  headers: readonly string[],
  given: Readonly<Record<string, string>>,
): Partial<Record<Field, number>> {
  const chosen: Partial<Record<Field, number>> = {}
  for (const [word, header] of Object.entries(given)) {
    const field = fieldOf(word)
    if (!field) {
      throw new CampError('USAGE', `--map: there is no field "${word}"`, {
        hint: `Fields: ${Object.keys(FIELDS).join(', ')}. Write --map phone=TELEFONE,nome=CLIENTE.`,
      })
    }
    const exact = headers.indexOf(header)
    const index = exact >= 0 ? exact : headers.findIndex(name => plainName(name) === plainName(header))
    if (index < 0)
      throw new CampError('DATA', `${file} has no column "${header}" (--map ${word})`, { hint: found(headers) })
    chosen[field] = index
  }
  return chosen
}

function guess(
  place: string,
  headers: readonly string[],
  field: Field,
  taken: ReadonlySet<number>,
): number | undefined {
  for (const names of tiersOf(field)) {
    const fitting = headers.flatMap((header, i) => (!taken.has(i) && names.has(plainName(header)) ? [i] : []))
    if (fitting.length === 1) return fitting[0]
    if (fitting.length > 1) {
      const choices = fitting.map(i => headers[i]!)
      throw new CampError(
        'DATA',
        `${place}: ${choices.map(name => `"${name}"`).join(' and ')} could each be ${field}`,
        {
          hint: `Say which: --map ${choices.map(name => `${field}=${name}`).join(' or --map ')}`,
        },
      )
    }
  }
  return undefined
}

function missingPhone(place: string, headers: readonly string[]): CampError {
  const data = headers.some(header => /\d{8}/.test(header.replace(/\D/g, '')))
  return new CampError('DATA', `${place}: no column is the phone`, {
    hint: data
      ? `The first line seems to hold data; it must name the columns (telefone;nome;…). ${found(headers)}`
      : `${found(headers)} Say which it is: --map phone=COLUMN`,
  })
}

function found(headers: readonly string[]): string {
  return `Columns found: ${headers.join(', ')}.`
}

/** A lead keeps its columns by name: the second "obs" becomes "obs_2". */
function uniqueNames(headers: readonly string[]): string[] {
  const seen = new Set<string>()
  return headers.map(header => {
    let name = header
    for (let n = 2; seen.has(name); n++) name = `${header}_${n}`
    seen.add(name)
    return name
  })
}
