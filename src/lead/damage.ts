import { zeroDateIn } from './zero-date.ts'

/**
 * What a program has left of a value that was one, in words that continue "column valor holds …": an error of a spreadsheet, a
 * number without its last digits, an object that was never written out, a NULL beside a word.
 * @param value as `cleanValue` returns it
 * @returns undefined where it is whole
 */
export function damageOf(value: string): string | undefined {
  if (!SUSPECT.test(value)) return undefined
  if (HASHES.test(value)) return `${value}, which Excel writes where a column is too narrow`
  if (SCIENTIFIC.test(value)) return `${value}, a number whose last digits are lost`
  // All in capitals, NULL may be a surname.
  const left = isErrorValue(value)
    ? value
    : damageIn(value === value.toUpperCase() ? value.replace(/\bNULL\b/g, '') : value)
  return left === undefined ? undefined : `${left}, which a program has left instead of the value`
}

/**
 * The same anywhere in a longer text, by its surest forms only: a hashtag is no error, "1E2" no number.
 * @returns the words at fault
 */
export function damageIn(text: string): string | undefined {
  return (SUSPECT.test(text) ? (WITHIN.exec(text) ?? NULL_WORD.exec(text))?.[0] : undefined) ?? zeroDateIn(text)
}

/** Nearly every value is whole, and this says so at once. */
const SUSPECT = /[#[:]|\d\s*e|\.\.\.|…|loading|carregando|invalid|null|undefined|\bnan\b/i

const HASHES = /^[-+]?#{2,}$/

// Excel writes a sign (1,2E+14), Java a decimal (1.2E14); "12E4" is as well a code that a person chose.
const SCIENTIFIC = /^(?:R\$\s*)?[-+]?(?:\d+(?:[.,]\d+)?\s*e\s*[-+]\s*\d{1,3}|\d+[.,]\d+\s*e\s*\d{1,3})$/i

function isErrorValue(value: string): boolean {
  return ERROR.test(value) || OTHER_ERROR.test(value) || NOT_WRITTEN.test(value)
}

// Excel and LibreOffice in Portuguese, English and Spanish, also where the accent or the turned mark was lost on the way.
const NAMES =
  'valor|value|ref|nome|name|nombre|n.?m|num|nulo|null|nul|despejar|spill|desbordamiento|derrame|c.?lc|calc|campo|field|bloqueado|blocked|conectar|connect|desconhecido|unknown|ocupado|busy|externo|external|python|error|erro'
const ERROR = new RegExp(
  `^#(?:[¡¿?]?(?:${NAMES}|div\\s?/\\s?0)[!?¡¿]?|n/(?:a|d|disp)[!?]?|(?:getting|obtendo|obteniendo|estou_recebendo|recebendo)_da(?:ta|dos|tos)\\S*)$`,
  'iu',
)
// Of a language or version that is not listed: capitals and a mark at the end are no hashtag.
const OTHER_ERROR = /^#[¡¿]?[\p{Lu}_]{3,16}(?:\/\d)?[!?]$/u
const NOT_WRITTEN = /^(?:err(?:o)?:\s?\d{3}|\[object \w+\]|invalid date|(?:loading|carregando)(?:\.\.\.|…))$/i

const WITHIN = new RegExp(
  [
    `(?<![\\p{L}\\p{N}])#(?:[¡¿?]?(?:valor|value|ref|nome|name|nombre|n[uú]m|nulo|null|despejar|spill|calc|div/0)[!?]|n/[ad](?![\\p{L}\\p{N}]))`,
    '(?<![\\p{L}\\p{N}])#{4,}(?![\\p{L}\\p{N}#])',
    '(?<![\\p{L}\\p{N}.,])\\d+(?:[.,]\\d+)?e[-+]\\d{1,3}(?![\\p{L}\\p{N}])',
    '(?<![\\p{L}\\p{N}])err:\\d{3}(?!\\d)',
    '\\[object \\w+\\]',
  ].join('|'),
  'iu',
)

/** In the case in which programs write them. */
const NULL_WORD = /(?<![\p{L}\p{N}_/.-])(?:null|NULL|undefined|NaN)(?![\p{L}\p{N}_/-])/u
