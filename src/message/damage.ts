import { zeroDateIn } from './zero-date.ts'

/**
 * What a program has left of a value that was one, in words that continue "column valor holds …": an error of a spreadsheet, a
 * number without its last digits, a formula or an object that was never written out, a NULL beside a word.
 * @param value as `cleanValue` returns it
 * @returns undefined where it is whole
 */
export function damageOf(value: string): string | undefined {
  if (!SUSPECT.test(value)) return undefined
  if (HASHES.test(value)) return `${value}, which Excel writes where a column is too narrow`
  if (SCIENTIFIC.test(value)) return `${value}, a number whose last digits are lost`
  if (FORMULA.test(value)) return `${value}, a formula instead of its result`
  // All in capitals, NULL may be a surname.
  const left = LEFT.test(value)
    ? value
    : damageIn(value === value.toUpperCase() ? value.replace(/\bNULL\b/g, '') : value)
  return left === undefined ? undefined : `${left}, which a program has left instead of the value`
}

/**
 * The same anywhere in a longer text, by its surest forms only: a hashtag is no error, "1E2" no number.
 * @returns the words at fault
 */
export function damageIn(text: string): string | undefined {
  return damagedWord(text) ?? zeroDateIn(text)
}

function damagedWord(text: string): string | undefined {
  if (!SUSPECT.test(text)) return undefined
  const bare = text.includes('####') ? withoutRules(text) : text
  for (const pattern of WITHIN) {
    const found = pattern.exec(bare)
    if (found) return found[0]
  }
  return undefined
}

/** Nearly every value is whole, and this says so at once. */
const SUSPECT = /[#[:=@]|\d\s*e|\.\.\.|…|loading|carregando|invalid|null|undefined|\bnan\b|err|system\./i

const HASHES = /^[-+]?#{2,}$/

// Excel writes a sign (1,2E+14, 1E-05), Java a decimal (1.2E14). 12E4 and 2023E-01 are as well codes that a person chose.
const SCIENTIFIC =
  /^(?:R\$\s*)?[-+]?(?:\d+(?:[.,]\d+)?\s*e\s*\+\s*\d{1,3}|\d+[.,]\d+\s*e\s*(?:-\s*)?\d{1,3}|[1-9]e-0[1-9])$/i

/** As Excel writes one in a cell that is formatted as text: a function, a cell, a text, or another sheet's. */
const FORMULA =
  /^=\s*(?:[-+@(]+\s*)?(?:[\p{L}_][\p{L}\d_.]*\(|\$?[A-Z]{1,3}\$?\d{1,7}(?!\d)|"|(?:'[\p{L}\d_ ]+|[\p{L}\d_][\p{L}\d_ ]*)'?!\$?[A-Z])/iu

/** The names of errors in Excel, LibreOffice and Google Sheets, also where an accent or a turned mark was lost on the way. */
const NAMES = [
  'valor|ref|nome|n.?m|nulo|despejar|c.?lc|campo|bloqueado|conectar|desconhecido|ocupado|externo|erro', // Portuguese
  'value|name|num|null|spill|calc|field|blocked|connect|unknown|busy|external|python|error', // English
  'nombre|nul|desbordamiento|derrame', // Spanish
  'wert|bezug|zahl|.?berlauf', // German
  'valeur|nom|propagation', // French
  'valore|rif|nullo|espansione', // Italian
  'waarde|verw|naam|getal|leeg', // Dutch
].join('|')
const LOADING = '(?:getting|obtendo|obteniendo|estou_recebendo|recebendo)_da(?:ta|dos|tos)'

/** A value that is nothing else. */
const LEFT = new RegExp(
  [
    `#\\s?(?:[¡¿?]?(?:${NAMES}|div\\s?/\\s?0)[!?¡¿]?|n\\s?/?\\s?[adv]|n/disp|${LOADING}\\S*)[!?]?`, // spreadsheets
    'err(?:o)?:\\s?\\d{3}', // LibreOffice
    'err(?:or|o) 20\\d\\d', // VBA: Error 2042 is #N/A
    '[-+]?1[.,]#(?:qnan|snan|nan|ind|inf)\\d*', // C on Windows
    'invalid date', // JavaScript
    '(?:loading|carregando)(?:\\.\\.\\.|…)', // Google Sheets
    'system\\.[a-z]\\w*(?:\\.\\w+)*(?:\\[\\])?', // .NET
  ]
    .map(pattern => `^${pattern}$`)
    .join('|'),
  'iu',
)

const WITHIN = [
  // Spreadsheets, in capitals as they write them: #promo! is a hashtag.
  new RegExp(`#[¡¿?]?(?:${NAMES.toUpperCase()}|DIV/0)[!?]`, 'u'),
  /(?<![\p{L}\p{N}])#[¡¿?]?(?:valor|value|ref|nome|name|nombre|n[uú]m|nulo|null|div\/0)[!?]/iu,
  /#\s?n\/[ad](?![\p{L}\p{N}])/iu,
  /(?<![\p{L}\p{N}#])#{4,}(?![\p{L}\p{N}#])/u,
  // Excel's numbers, with its two digits at least behind the sign.
  /(?<![\p{N}.,])\d+(?:[.,]\d+)?e\+\d{2,3}(?![\p{L}\p{N}])/iu,
  /(?<![\p{N}.,])\d+[.,]\d+e-\d{1,3}(?![\p{L}\p{N}])/iu,
  // LibreOffice.
  /(?<![\p{L}\p{N}])err:\d{3}(?!\d)/iu,
  // JavaScript, Java.
  /\[object \w+\]|(?<![\w.])java\.[\w.]+@[\da-f]{4,8}\b/iu,
  // Of SQL and programs, in the case in which they write it; not in an address ("?ref=null", null@x.com).
  /(?<![\p{L}\p{N}_/.=@-])(?:null|NULL|undefined|NaN)(?![\p{L}\p{N}_/@=-]|\.[\p{L}\p{N}])/u,
]

/** A text without the hashes that a person has drawn around a line, or as one: #### AVISO ####. */
function withoutRules(text: string): string {
  const lines = text.split('\n')
  return lines.map(line => (isRule(line, lines.length > 1) ? '' : line)).join('\n')
}

/** @param among there are other lines: hashes that stand alone are no rule */
function isRule(line: string, among: boolean): boolean {
  const [hashes] = /^#{4,}/.exec(line) ?? []
  if (hashes === undefined) return false
  if (hashes.length === line.length) return among
  const within = line.slice(hashes.length, -hashes.length)
  return line.endsWith(hashes) && !within.includes('#') && within.trim() !== ''
}
