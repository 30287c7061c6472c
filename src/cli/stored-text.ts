import { currentLanguage, inEnglish, t } from '../language/text.ts'

/**
 * A reason that camp stored, in the language of the run. What is stored is English in every language, because several people and
 * programs read it. A text that is none of these, such as a broker's or a person's, stays as it is.
 */
export function storedText(stored: string): string {
  if (currentLanguage() === 'en') return stored
  return translatedPhones(stored) ?? translated(stored) ?? stored
}

function translated(stored: string): string | undefined {
  for (const { pattern, text } of known()) {
    const found = pattern.exec(stored)
    if (found) return text(...found.slice(1).map(storedText))
  }
  return undefined
}

/**
 * The problems of several columns of phones: tel "1": it has no digits; cel "2": it is empty. A cell or a problem may contain "; ",
 * too: the text is divided only where both sides are known.
 */
function translatedPhones(stored: string): string | undefined {
  for (let end = stored.indexOf('; '); end !== -1; end = stored.indexOf('; ', end + 1)) {
    const first = translatedPhone(stored.slice(0, end))
    const others = first === undefined ? undefined : translatedPhones(stored.slice(end + 2))
    if (others !== undefined) return `${first}; ${others}`
  }
  return translatedPhone(stored)
}

/** One of them: the name of its column, its cell, and a problem that camp has written. */
function translatedPhone(stored: string): string | undefined {
  const start = stored.indexOf(' "')
  if (start < 1 || stored.startsWith('"')) return undefined
  const text = stored.slice(start + 1)
  const end = text.indexOf(CELL_END)
  if (end === -1 || translated(text.slice(end + CELL_END.length)) === undefined) return undefined
  return `${stored.slice(0, start)} ${translated(text) ?? text}`
}

const CELL_END = '": '

/** As `storedText`; null stays null. */
export function storedOrNull(stored: string | null): string | null {
  return stored === null ? null : storedText(stored)
}

type Text = (...values: string[]) => string

/** The first that matches decides: of two texts with the same beginning the longer one stands first. */
const TEXTS: readonly Text[] = [
  // A cell and its problem: first, because texts that begin with a value would take the cell for it.
  (phone, document) => t`${phone!}; as a document, ${document!}`,
  (value, areaCode, problem) => t`"${value!}" with area code "${areaCode!}": ${problem!}`,
  (value, problem) => t`"${value!}": ${problem!}`,
  // Rows that the import refuses.
  line => t`line ${line!} has the same phone`,
  () => t`its phone is on the blocklist`,
  () => t`its document is on the blocklist`,
  () => t`its columns of phones are empty`,
  () => t`it is empty`,
  () => t`it is written as a CPF`,
  () => t`it has no digits`,
  () => t`an area code stands before its number, and an extension behind a word`,
  () => t`Excel has written it in scientific notation, and the digits are lost`,
  () => t`Excel has written ##### because its column was too narrow, and the digits are lost`,
  value => t`Excel has written an error (${value!}) instead of a value`,
  n => t`it has more than ${n!} characters, more than any phone`,
  n => t`it has more than ${n!} characters, more than any document`,
  () => t`its country code is not 55`,
  () => t`a mobile has nine digits and begins with 9`,
  () => t`it is a mobile without its ninth digit (--repair-ninth-digit adds it)`,
  () => t`a landline has eight digits and begins with 2 to 5; a mobile has nine`,
  code => t`it is a service number (${code!})`,
  ddd => t`there is no area code ${ddd!}`,
  n => t`${n!} digits are too few: an area code and 8 or 9 digits are needed`,
  n => t`${n!} digits are too many`,
  (ddd, column) => t`its area code is ${ddd!}, and the column of area codes says ${column!}`,
  () => t`the broker needs a CPF or CNPJ`,
  () => t`its check digits are wrong`,
  () => t`it is neither a CPF nor a CNPJ`,
  date => t`its registration date "${date!}" cannot be read (dd/mm/yyyy or yyyy-mm-dd)`,
  (date, days) => t`registered on ${date!}, more than ${days!} days ago`,
  (cells, columns, extra) => t`${cells!} cells for ${columns!} columns, extra cells: ${extra!}`,
  () => t`is empty`,
  value => t`contains "${value!}", which means no value`,
  value => t`contains "${value!}", which is not a name`,
  value => t`contains "${value!}", which is not a text`,
  (n, most) => t`has ${n!} characters, and a cell of Excel has at most ${most!}`,
  value => t`contains a placeholder: ${value!}`,
  value => t`contains an escape that was not decoded: ${value!}`,
  value => t`${value!}, which Excel writes if a column is too narrow`,
  value => t`${value!}, a number whose last digits are lost`,
  value => t`${value!}, a formula instead of its result`,
  value => t`${value!}, which a program has written instead of the value`,
  value => t`a byte that is not a character: "${value!}"`,
  () => t`a line break, which a template variable must not contain here`,
  () => t`a tab, which a template variable must not contain here`,
  () => t`five spaces in a row, and a template variable may contain at most four here`,
  () => t`a control character`,
  () => t`half a character`,
  () => t`a character of private use`,
  () => t`no character`,
  (code, kind) => t`U+${code!}, ${kind!}`,
  n => t`its message has more than ${n!} placeholders`,
  (value, column) => t`its message contains ${value!}; a placeholder is written {{${column!}}}`,
  (n, most) => t`has ${n!} characters, and the channel's maximum is ${most!}`,
  // Rows of a blocklist.
  () => t`it has no phone and no document`,
  () => t`its area code is not one of this list`,
  (cells, columns) => t`${cells!} cells for ${columns!} columns`,
  // When it is sent.
  column => t`column ${column!} is empty`,
  () => t`on the blocklist when it was about to be sent`,
  () => t`another message went to this phone or document within 24 hours`,
  () => t`not sent: the contact hours had ended`,
  () => t`not sent: the campaign was stopped`,
  () => t`the campaign was cancelled`,
  () => t`its worker was stopped before it was written`,
  () => t`not sent: the lease of its batch had ended`,
  () => t`not sent: added to the blocklist before the request`,
  () => t`not sent: the worker was stopping`,
  () => t`not sent: the database was unavailable for the check before sending`,
  () => t`not sent: no connection to the broker in time`,
  () => t`not sent: the broker had refused this batch before`,
  () => t`its worker did not come back`,
  () => t`the broker does not answer`,
  () => t`the broker requested a wait`,
  // A campaign's reasons.
  n => t`${n!} failed leads will be sent again`,
  () => t`the price, the template or another approved setting has changed since the approval`,
  () => t`older data was accepted: what is PENDING here may have been sent since`,
  (n, of, what) => t`${n!} of the last ${of!} messages were refused with ${what!}`,
  (n, of, what) => t`${n!} of the last ${of!} messages were not delivered: ${what!}`,
  (what, cure) => t`${what!}. Cure: ${cure!}`,
  n => t`the last ${n!} messages were all refused: see camp campaign leads --status ERROR`,
  broker => t`the wallet has no credential at broker ${broker!}`,
  reason => t`its last step at the broker was refused: ${reason!}`,
  reason => t`its last step at the broker ended in an error: ${reason!}. Part may have been sent: check there;
    camp campaign resume runs it again`,
  reason => t`its last step at the broker is in doubt (${reason!}): check there, then decide with camp campaign resolve
    --closing`,
  n => t`the broker took the run, and no run was seen in the ${n!} minutes after it`,
  reason => t`its run ended in an error: ${reason!}`,
  reason => t`it cannot be checked: ${reason!}`,
  () => t`ask the broker what it means, then resume; if it is about single recipients: camp broker set NAME --code
    CODE=record`,
  // Entries of the blocklist that a reply made.
  () => t`asked by a reply not to be contacted`,
  () => t`answered that the phone is not of the person`,
  // Phrases in which others stand: last.
  (column, what) => t`column ${column!} ${what!}`,
  what => t`its message ${what!}`,
  what => t`its text ${what!}`,
  what => t`contains ${what!}`,
]

interface Known {
  pattern: RegExp
  text: Text
}

let patterns: readonly Known[] | undefined

function known(): readonly Known[] {
  patterns ??= TEXTS.map(text => ({ pattern: patternOf(englishOf(text)), text }))
  return patterns
}

/** The English texts, with {0}, {1} and so on for their values. */
export function storedTexts(): string[] {
  return TEXTS.map(englishOf)
}

function englishOf(text: Text): string {
  return inEnglish(() => text('{0}', '{1}', '{2}'))
}

function patternOf(english: string): RegExp {
  const pieces = english.split(/\{\d\}/).map(piece => piece.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  // A cell in quotes may be empty.
  return new RegExp(`^${pieces.join('(.+?)').replaceAll('"(.+?)"', '"(.*?)"')}$`, 's')
}
