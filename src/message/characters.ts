/** The printable characters of Portuguese texts: a text that has only these needs no further check. */
const PLAIN = /^[\n\x20-\x7e\xa1-\xac\xae-\u02ff\u1e00-\u1eff\u2010-\u2027\u2030-\u205e\u20a0-\u20cf]*$/

/**
 * The text with lookalike and invisible characters normalised: every line break is \n, every typographic white space a space,
 * accents are composed (NFC), and invisible characters (zero width, soft hyphen, direction marks) are removed. A joiner within
 * an emoji stays.
 */
export function cleanText(text: string): string {
  if (PLAIN.test(text)) return text
  return text.replace(LINE_BREAK, '\n').replace(SPACE, ' ').replace(INVISIBLE, '').normalize('NFC')
}

const LINE_BREAK = /\r\n?|[\v\f\x85\u2028\u2029]/g
// Also the blanks of Braille and Hangul, which are used to make a field look filled.
const SPACE = /[\xa0\u115f\u1160\u1680\u2000-\u200a\u202f\u205f\u2800\u3000\u3164\uffa0]/g
const INVISIBLE =
  /\u034f|[\xad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|(?<!\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)\u200d|\u200d(?!\p{Extended_Pictographic})|(?<!\u{1f3f4}[\u{e0020}-\u{e007f}]*)[\u{e0000}-\u{e007f}]/gu

/**
 * A character that no channel can carry, in a form that a person can search for ("U+0007, a control character").
 * @param text as `cleanText` returns it
 * @returns undefined if there is none; tabs and line breaks are allowed
 */
export function forbiddenCharacter(text: string): string | undefined {
  if (PLAIN.test(text)) return undefined
  const [character] = FORBIDDEN.exec(text) ?? []
  if (character === undefined) return undefined
  const kind = KINDS.find(({ pattern }) => pattern.test(character))!.name
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}, ${kind}`
}

const KINDS = [
  { name: 'a control character', pattern: /\p{Cc}/u },
  { name: 'half a character', pattern: /\p{Cs}/u },
  { name: 'a character of private use', pattern: /\p{Co}/u },
  { name: 'no character', pattern: /[\ufdd0-\ufdef\ufffe\uffff]/ },
] as const

const FORBIDDEN = /(?![\t\n])[\p{Cc}\p{Cs}\p{Co}\ufdd0-\ufdef\ufffe\uffff]/u

/**
 * A text from another system as one line that may be stored and shown: at most `most` UTF-16 units, without invisible
 * characters (`cleanText`); a character that PostgreSQL, a terminal or JSON does not accept (NUL, escape, half a character)
 * becomes U+FFFD. Every such text passes through here before it is stored, so that an id reads the same regardless of its
 * source.
 */
export function storableText(text: string, most: number): string {
  // Of a long text, only as much is processed as can be kept.
  const start = text.length > 4 * most ? text.slice(0, 4 * most) : text
  const line = PLAIN_LINE.test(start)
    ? start
    : cleanText(start)
        .replace(/[\t\n]+/g, ' ')
        .replace(UNSTORABLE, '\ufffd')
  return line.length > most ? line.slice(0, most).replace(HALF_AT_END, '') : line
}

const PLAIN_LINE = /^[\x20-\x7e\xa1-\xac\xae-\u02ff]*$/
const UNSTORABLE = /[\p{Cc}\p{Cs}\ufdd0-\ufdef\ufffe\uffff]/gu
const HALF_AT_END = /[\ud800-\udbff]$/

/** U+FFFD replaces bytes that were not a character: the original is lost. */
export function isTornText(text: string): boolean {
  return text.includes('\ufffd')
}
