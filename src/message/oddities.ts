import { cleanText } from './characters.ts'

/** Odd parts of a text that may be intended: they are counted and shown, and sent unchanged. */
export type Oddity = 'ODD_CHARACTERS' | 'HTML' | 'LITERAL_ESCAPE'

/**
 * @param text as `cleanText` returns it
 * @returns each oddity, with the words around it
 */
export function odditiesIn(text: string): { oddity: Oddity; example: string }[] {
  if (!SUSPECT.test(text)) return []
  return PATTERNS.flatMap(({ oddity, pattern }) => {
    const found = pattern.exec(text)
    return found ? [{ oddity, example: around(text, found.index, found[0].length) }] : []
  })
}

const cased = (words: string) => `(?:${words}|${words.toUpperCase()})`
/** Words that people write after a question without a blank: "quer?sim". */
const NOT_AN_ANSWER = `(?!${cased('sim|não|nao|ou|então|entao|clique|responda|ligue|pague|acesse|fale|veja|venha|quero')}(?!\\p{L}))`
/** Words that do not exist without their last letter: Você, José, Olá, até, está, amanhã, irmã, André. */
const LOST_AT_END =
  '(?<!\\p{L})(?:[Vv]oc|VOC|[Jj]os|JOS|[Oo]l|OL|[Aa]t|AT|[Ee]st|EST|[Aa]manh|AMANH|[Ii]rm|IRM|[Aa]ndr|ANDR)\\?(?![\\p{L}?])'

/**
 * Text that was written as UTF-8 and read in another encoding ("JosÃ©", "Jos├®"), or in DOS and read as Windows ("Jos‚"); lost
 * accents.
 */
const ODD = new RegExp(
  [
    '[ÂÃ][\\x80-\\xba\\xbc-\\xbf€‚ƒ„†‡ˆ‰Š‹ŒŽ•˜™š›œžŸ]',
    // A quote or dash may follow a word in capitals (“AMANHÃ”).
    '[ÂÃ][‘’“”–](?=\\p{L})',
    '[âÂ]€[\\x80-\\xbf™œž“”˜¢¦]',
    '[├┬][\\x80-\\xff│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧░▒▓█▄▌▐▀ƒ⌐¬½¼]',
    '\\p{L}[‚„ƒ†‡ˆ‰¢£¤¥¬±¶¼¾¿╞╟╚Œ]',
    // Not in a URL, where a query begins so. The lookbehind is bounded and comes last: it is evaluated only if a letter is
    // lost.
    `(?:\\p{L}\\?+${NOT_AN_ANSWER}\\p{Ll}|\\p{Lu}\\?+${NOT_AN_ANSWER}\\p{Lu}|${LOST_AT_END})(?<![/.=]\\S{0,200})`,
  ].join('|'),
  'u',
)
const HTML =
  /&(?:amp|nbsp|lt|gt|quot|apos|[lr]squo|[lr]dquo|[nm]dash|hellip|[a-z](?:acute|grave|circ|tilde|uml|cedil)|[oa]rd[mf]|#\d{1,6}|#x[\da-f]{1,5});|<\/?(?:br|p|b|i|u|strong|em|a|span|div|font|ul|li|img|h[1-6])(?:\s[^<>]*)?\/?>/i
const ESCAPE = /\\(?:r\\n|n|r|t|u[\da-f]{4})/

const PATTERNS = [
  { oddity: 'ODD_CHARACTERS', pattern: ODD },
  { oddity: 'HTML', pattern: HTML },
  { oddity: 'LITERAL_ESCAPE', pattern: ESCAPE },
] as const

const SUSPECT =
  /[^\n\x20-\x25\x27-\x3b\x3d\x3e\x40-\x5b\x5d-\x7e\xaa\xba\xc0\xc1\xc3-\xcf\xd1-\xff\u2013\u2014\u2018\u2019\u201c\u201d]|Ã\P{ASCII}|\p{L}\?/u

function around(text: string, at: number, length: number): string {
  return text
    .slice(Math.max(0, at - 12), at + length + 12)
    .replace(/\s+/g, ' ')
    .trim()
}

/** Replaces a backslash and an n, which a shell in single quotes or an export leaves, with a line break. */
export function withLineBreaks(text: string): string {
  return text.includes('\\')
    ? text.replace(/\\r\\n|\\n|\\r(?![\p{L}\p{N}])/gu, '\n').replace(/\\t(?![\p{L}\p{N}])/gu, ' ')
    : text
}

/** A text that a person has written, with clean characters, and with line breaks in place of \\n. */
export function messageText(message: string): string {
  return withLineBreaks(cleanText(message))
}
