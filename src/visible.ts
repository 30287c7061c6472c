/**
 * Display of texts from outside (cells, messages, names, a broker's words) on a terminal: control and invisible characters are
 * made visible. C0 and DEL become their pictures (␛ ␇ ␡), a line break ⏎; C1, format characters (bidi among them), line
 * separators and halves of characters become \u202e. A joiner within an emoji stays, because it is visible there.
 */
const UNSEEN =
  /\r\n|(?!(?<=\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)\u200d(?=\p{Extended_Pictographic}))[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu

/** Printable ASCII and Latin-1: most texts need no further check. */
const PLAIN = /^[\x20-\x7e\xa1-\xac\xae-\xff]*$/

/** `text` on one line, without terminal control characters. */
export function visible(text: string): string {
  return PLAIN.test(text) ? text : text.replace(UNSEEN, picture)
}

/** The lines of `text`, each as `visible` shows it. */
export function visibleLines(text: string): string[] {
  return text.split(/\r\n|\n/).map(visible)
}

function picture(found: string): string {
  if (found === '\n' || found === '\r\n') return '⏎'
  const code = found.codePointAt(0)!
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  return code === 0x7f ? '␡' : escaped(found)
}

/** Whether a command line can refer to something by this name: 1 to 200 characters on one line, all of them visible. */
export function isName(text: string): boolean {
  return text.trim() !== '' && text.length <= 200 && visible(text) === text
}

/**
 * JSON with the same value, escaped wherever a terminal would interpret or hide a character. JSON itself escapes only C0.
 * @param json as JSON.stringify writes it
 */
export function visibleJson(json: string): string {
  return json.replace(/[\x7f-\x9f\p{Cf}\u2028\u2029]/gu, escaped)
}

/** \u202e; for a character beyond the first plane both halves. */
function escaped(character: string): string {
  return character
    .split('')
    .map(unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}
