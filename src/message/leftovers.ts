import { fieldOf, plainName } from '../recipient/field-names.ts'
import { indexOf, type NamedColumn } from './column-index.ts'

/** A placeholder in another system's syntax, which would be sent unchanged. */
export interface Leftover {
  /** As it is written. */
  written: string
  /** The column that it names: then it is certainly a placeholder. */
  column: string | undefined
}

/**
 * The placeholders in a text that camp does not fill: {nome}, ${nome}, [nome], <nome>, %nome%, #nome#, «nome», @nome@, and a
 * URL-encoded {{nome}}. Only words that name a column or a usual column name count: [1] is a note, <3 a heart.
 * @param text the text outside of its {{placeholders}}
 */
export function leftoversIn(text: string, columns: readonly NamedColumn[]): Leftover[] {
  if (!SIGN.test(text)) return []
  const found = new Map<string, Leftover>()
  for (const shape of [...SHAPES, ...TIGHT]) {
    for (const match of text.matchAll(shape)) {
      const column = columnNamed(match[1]!, columns)
      if (column === undefined && !isUsual(match[1]!)) continue
      found.set(match[0], { written: match[0], column })
      if (found.size === MOST) break
    }
  }
  const all = [...found.values()].slice(0, MOST)
  return all.filter(one => !all.some(other => other !== one && other.written.includes(one.written)))
}

/** More would add nothing, and each is compared with every other. */
const MOST = 100

/** Whether a value is only another system's placeholder of a usual column: {nome}, [nome], %nome%. */
export function isPlaceholder(value: string): boolean {
  return ENCLOSED.test(value) && leftoversIn(value, []).some(one => one.written === value)
}

const ENCLOSED = /^(?:\$?\{.*\}|\[.*\]|<.*>|%.*%|#.*#|@.*@|«.*»)$/su

/**
 * Words in another system's braces, brackets or percent signs, with any name: {x}, ${x}, [x], <x>, %x%, «x».
 * @param text the text outside of its {{placeholders}}
 */
export function spelledOtherwiseIn(text: string): string[] {
  const found = [...leftoversIn(text, []).map(one => one.written), ...(text.match(SPELLED_OTHERWISE) ?? [])]
  return [...new Set(found)].slice(0, MOST).filter(one => !found.some(other => other !== one && other.includes(one)))
}

const WORD = '[\\p{L}\\d_.-]{1,40}'
const SPELLED_OTHERWISE = new RegExp(
  [
    `\\$?(?<!\\{)\\{+\\s*${WORD}\\s*\\}+`,
    `(?<!\\[)\\[+${WORD}\\]+`,
    `(?<!<)<+(?!/|(?:br|b|i|p|u)>)${WORD}>+`,
    `(?<![\\p{L}\\d%])%+${WORD}%+`,
    `«${WORD}»`,
  ].join('|'),
  'giu',
)

const SIGN = /[{[<%#«@$]/
const WORDS = '([\\p{L}\\p{N}](?:[\\p{L}\\p{N}_ .ºª/-]{0,40}[\\p{L}\\p{N}_ºª])?)'
const NAME = `\\s*${WORDS}\\s*`
const SHAPES = [
  ['\\$?(?<!\\{)\\{+%?', '%?\\}+'],
  ['(?<!\\[)\\[+', '\\]+'],
  ['(?<!<)<+', '>+'],
  ['«', '»'],
  ['(?:%7b){1,2}', '(?:%7d){1,2}'],
].map(([open, close]) => new RegExp(`${open}${NAME}${close}`, 'giu'))
// Signs that also occur in texts must touch the word: "#pix #boleto" is hashtags, "90 % desconto" a percentage.
const TIGHT = [
  ...['%', '#', '@'].map(sign => [`(?<![\\p{L}\\p{N}${sign}])${sign}+`, `${sign}+(?![\\p{L}\\p{N}])`]),
  // Only in front: $nome, %nome.
  ['(?<![\\p{L}\\p{N}$%])[$%]', '(?![\\p{L}\\p{N}_])'],
].map(([open, close]) => new RegExp(`${open}${WORDS}${close}`, 'giu'))

function columnNamed(name: string, columns: readonly NamedColumn[]): string | undefined {
  const plain = plainName(name)
  return plain === '' ? undefined : indexOf(columns).byEither.get(plain)?.name
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
