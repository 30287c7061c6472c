import { zeroDateIn } from './zero-date.ts'

/**
 * Describes a value that a program has damaged, in words that continue "column valor holds …": a spreadsheet error, a number
 * without its last digits, an unevaluated formula or object, a NULL next to a word.
 * @param value as `cleanValue` returns it
 * @returns undefined if it is intact
 */
export function damageOf(value: string): string | undefined {
  if (!SUSPECT.test(value)) return undefined
  if (HASHES.test(value)) return `${value}, which Excel writes if a column is too narrow`
  if (SCIENTIFIC.test(value)) return `${value}, a number whose last digits are lost`
  if (FORMULA.test(value)) return `${value}, a formula instead of its result`
  // In capitals, NULL may be a surname.
  const left = LEFT.test(value)
    ? value
    : damageIn(value === value.toUpperCase() ? value.replace(/\bNULL\b/g, '') : value)
  return left === undefined ? undefined : `${left}, which a program has written instead of the value`
}

/**
 * The same anywhere in a longer text, by unambiguous forms only: a hashtag is not an error, "1E2" not a number.
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

/** Nearly every value is intact, and this check is enough for those. */
const SUSPECT = /[#[:=@]|\d\s*e|\.\.\.|…|loading|carregando|invalid|null|undefined|\bnan\b|err|system\./i

const HASHES = /^[-+]?#{2,}$/

// Excel writes a sign (1,2E+14, 1E-05), Java a decimal (1.2E14). 12E4 and 2023E-01 may be codes that a person chose.
const SCIENTIFIC =
  /^(?:R\$\s*)?[-+]?(?:\d+(?:[.,]\d+)?\s*e\s*\+\s*\d{1,3}|\d+[.,]\d+\s*e\s*(?:-\s*)?\d{1,3}|[1-9]e-0[1-9])$/i

/** As Excel writes one in a cell that is formatted as text: a function, a cell, a text, or another sheet's. */
const FORMULA =
  /^=\s*(?:[-+@(]+\s*)?(?:[\p{L}_][\p{L}\d_.]*\(|\$?[A-Z]{1,3}\$?\d{1,7}(?!\d)|"|(?:'[\p{L}\d_ ]+|[\p{L}\d_][\p{L}\d_ ]*)'?!\$?[A-Z])/iu

/** The names of errors in Excel, LibreOffice and Google Sheets, also with a lost accent or inverted mark. */
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

/** The whole value is one of these. */
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
  // Excel's numbers, with at least two digits after the sign.
  /(?<![\p{N}.,])\d+(?:[.,]\d+)?e\+\d{2,3}(?![\p{L}\p{N}])/iu,
  /(?<![\p{N}.,])\d+[.,]\d+e-\d{1,3}(?![\p{L}\p{N}])/iu,
  // LibreOffice.
  /(?<![\p{L}\p{N}])err:\d{3}(?!\d)/iu,
  // JavaScript, Java.
  /\[object \w+\]|(?<![\w.])java\.[\w.]+@[\da-f]{4,8}\b/iu,
  // From SQL and programs, in the case in which they write it; not in an address ("?ref=null", null@x.com).
  /(?<![\p{L}\p{N}_/.=@-])(?:null|NULL|undefined|NaN)(?![\p{L}\p{N}_/@=-]|\.[\p{L}\p{N}])/u,
]

/** A text without hashes that decorate a line, or form one: #### AVISO ####. */
function withoutRules(text: string): string {
  const lines = text.split('\n')
  return lines.map(line => (isRule(line, lines.length > 1) ? '' : line)).join('\n')
}

/** @param among there are other lines: a single line of hashes is not a rule */
function isRule(line: string, among: boolean): boolean {
  const [hashes] = /^#{4,}/.exec(line) ?? []
  if (hashes === undefined) return false
  if (hashes.length === line.length) return among
  const within = line.slice(hashes.length, -hashes.length)
  return line.endsWith(hashes) && !within.includes('#') && within.trim() !== ''
}
