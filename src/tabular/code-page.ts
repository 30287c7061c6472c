/** The characters that single-byte encodings have at 0x80 to 0xff; below, all are ASCII. */
const UPPER_HALVES = {
  // Bytes undefined in Windows-1252 are read as Latin-1's control characters, as every browser does.
  'windows-1252': `€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ${latin1(0xa0)}`,
  cp850:
    'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\xad±‗¾¶§÷¸°¨·¹³²■\xa0',
  cp860:
    'ÇüéâãàÁçêÊèÍÔìÃÂÉÀÈôõòÚùÌÕÜ¢£Ù₧ÓáíóúñÑªº¿Ò¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\xa0',
  macintosh:
    'ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø¿¡¬√ƒ≈∆«»…\xa0ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\uf8ffÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ',
} as const

export type CodePage = keyof typeof UPPER_HALVES

export function isCodePage(encoding: string): encoding is CodePage {
  return Object.hasOwn(UPPER_HALVES, encoding)
}

/** Bytes of a single-byte encoding as text. */
export function decodeCodePage(bytes: Buffer, page: CodePage): string {
  const upper = UPPER_HALVES[page]
  const differs = page === 'windows-1252' ? NOT_LATIN1 : UPPER
  return bytes.toString('latin1').replace(differs, character => upper[character.charCodeAt(0) - 0x80]!)
}

/** A text in a single-byte encoding. Characters that it does not have become question marks. */
export function encodeCodePage(text: string, page: CodePage): Buffer {
  const upper = UPPER_HALVES[page]
  const written = text.replace(BEYOND_ASCII, character => {
    const at = upper.indexOf(character)
    return at < 0 ? '?' : String.fromCharCode(0x80 + at)
  })
  return Buffer.from(written, 'latin1')
}

const UPPER = /[\x80-\xff]/g
/** Windows-1252 is Latin-1 except for these. */
const NOT_LATIN1 = /[\x80-\x9f]/g
const BEYOND_ASCII = /[\x80-\u{10ffff}]/gu

/**
 * The single-byte encoding in which a sample is most plausible as Portuguese: DOS and old Macs have other accents than Windows
 * at the same bytes. Windows-1252 unless another is clearly better: most of its letters beyond ASCII are odd there, and nearly
 * none here.
 */
export function detectCodePage(sample: Buffer): CodePage {
  if (readingOf(sample, 'windows-1252').share >= GOOD_ENOUGH) return 'windows-1252'
  const [best] = (['cp850', 'cp860', 'macintosh'] as const)
    .map(page => ({ page, ...readingOf(sample, page) }))
    .filter(({ letters, share }) => letters > 0 && share >= SURE)
    .sort((a, b) => b.share - a.share)
  return best?.page ?? 'windows-1252'
}

const GOOD_ENOUGH = 0.75
const SURE = 0.9

/** @returns the share of plausible characters beyond ASCII, and how many of these are letters */
function readingOf(sample: Buffer, page: CodePage): { share: number; letters: number } {
  const text = decodeCodePage(sample, page)
  let [good, letters, all] = [0, 0, 0]
  for (const match of text.matchAll(BEYOND_ASCII)) {
    all++
    if (!isGood(match[0], text.charAt(match.index - 1), text.charAt(match.index + 1))) continue
    if (match[0] === 'Ç' && TILDE_AS_CEDILLA.test(wordAt(text, match.index))) continue
    good++
    if (!SIGNS.has(match[0])) letters++
  }
  return { share: all === 0 ? 1 : good / all, letters }
}

/** A letter of Portuguese in a word and in the case of its neighbours, or a sign where a sign may occur. */
function isGood(character: string, before: string, after: string): boolean {
  const inWord = LETTER.test(before) || LETTER.test(after)
  if (SIGNS.has(character)) return character === '’' || !(LETTER.test(before) && LETTER.test(after))
  if (LOWER.has(character)) return inWord && !/\p{Lu}/u.test(after)
  return CAPITALS.has(character) && inWord && !/\p{Ll}/u.test(before)
}

/** At most as many characters as an ending has. */
function wordAt(text: string, at: number): string {
  return text.slice(Math.max(0, at - 10), at + 3)
}

/**
 * Windows-1252 has Ç where cp850 has Ã, and its case does not exclude it there: JOÇO, SEBASTIÇO, MAGALHÇES, GALVÇO. In
 * Portuguese only A, O and U follow it, and an O at the end of a word only after a vowel, L, N or R (BRAÇO, LOURENÇO); the last
 * two lines are frequent words with Ã that satisfy this rule.
 */
const TILDE_AS_CEDILLA = new RegExp(
  [
    'Ç[^AOUÁÂÃÓÔÕÚ]',
    '[^AEIOUÁÉÍÓÚLNR]ÇO(?!\\p{L})',
    '(?<!\\p{L})(?:JO|LE|P)ÇO(?!\\p{L})',
    '(?:BAST|DAM|JUL|FAB|REG|UN|GAV)IÇO(?!\\p{L})',
  ].join('|'),
  'u',
)

const LETTER = /\p{L}/u
const LOWER: ReadonlySet<string> = new Set('áàâãéêíóôõúüçñ')
const CAPITALS: ReadonlySet<string> = new Set('ÁÀÂÃÉÊÍÓÔÕÚÜÇÑ')
const SIGNS: ReadonlySet<string> = new Set('ªº°–—“”‘’…•€§\xa0®')

function latin1(from: number): string {
  return String.fromCharCode(...Array.from({ length: 0x100 - from }, (_, i) => from + i))
}
