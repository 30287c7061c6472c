import { fieldOf, plainName } from './fields.ts'
import type { NamedColumn } from './render.ts'

/** A placeholder of another system's spelling, which would go out as it stands. */
export interface Leftover {
  /** As it is written. */
  written: string
  /** The column that it names: then it is certainly one. */
  column: string | undefined
}

/**
 * The placeholders in a text that camp does not fill: {nome}, ${nome}, [nome], <nome>, %nome%, #nome#, «nome», @nome@, and a
 * {{nome}} that a URL has encoded. Only words that name a column or something that a column usually is: [1] is a note, <3 a heart.
 * @param text what stands outside of its {{placeholders}}
 */
export function leftoversIn(text: string, columns: readonly NamedColumn[]): Leftover[] {
  if (!SIGN.test(text)) return []
  const found = new Map<string, Leftover>()
  for (const shape of SHAPES) {
    for (const match of text.matchAll(shape)) {
      const column = columnNamed(match[1]!, columns)
      if (column === undefined && !isUsual(match[1]!)) continue
      found.set(match[0], { written: match[0], column })
    }
  }
  const all = [...found.values()]
  return all.filter(one => !all.some(other => other !== one && other.written.includes(one.written)))
}

const SIGN = /[{[<%#«@$]/
const NAME = '\\s*([\\p{L}\\p{N}][\\p{L}\\p{N}_ .ºª/-]{0,40}?)\\s*'
const SHAPES = [
  ['\\$?\\{+%?', '%?\\}+'],
  ['\\[+', '\\]+'],
  ['<+', '>+'],
  ['%+', '%+'],
  ['#+', '#+'],
  ['@+', '@+'],
  ['«', '»'],
  ['(?:%7b){1,2}', '(?:%7d){1,2}'],
  // Only in front: $nome, %nome.
  ['(?<![\\p{L}\\p{N}$%])[$%]', '(?![\\p{L}\\p{N}_])'],
].map(([open, close]) => new RegExp(`${open}${NAME}${close}`, 'giu'))

function columnNamed(name: string, columns: readonly NamedColumn[]): string | undefined {
  const plain = plainName(name)
  return columns.find(column => plain !== '' && [column.name, column.header].some(own => plainName(own) === plain))
    ?.name
}

function isUsual(name: string): boolean {
  return (
    USUAL.has(plainName(name)) ||
    fieldOf(name) !== undefined ||
    /^(?:var(?:iavel)?|campo|param|field)?\d{1,2}$/.test(plainName(name))
  )
}

const USUAL: ReadonlySet<string> = new Set(
  `primeironome sobrenome valor valortotal valordivida valoratualizado saldo divida debito desconto vencimento datavencimento data
   parcela parcelas boleto link url linkboleto codigo codigobarras linhadigitavel pix chavepix protocolo empresa credor produto
   email endereco cidade value duedate amount balance company date code`.split(/\s+/),
)
