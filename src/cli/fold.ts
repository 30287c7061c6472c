import type { Line, Part } from './blocks.ts'

/**
 * Folds the line into lines that fit a terminal of `columns` columns, the further ones indented. Text that the terminal itself
 * wraps continues in the first column, where it would look like a line of camp. Words stay whole; an ASCII word that is longer
 * than a line (a URL, a token) is left to the terminal, so that it can be copied.
 */
export function fold(line: Line, columns: number): Line[] {
  const text = line.parts.map(part => part.text).join('')
  if (widthOf(text) <= columns) return [line]
  const indent = Math.min(line.indent, Math.floor(columns / 2))
  const [first, ...further] = piecesOf(text, columns, indent)
  const folded: Line[] = further.map(piece => ({ ...line, parts: [{ text: ' '.repeat(indent) + piece }] }))
  return [{ ...line, parts: cut(line.parts, first!.length) }, ...folded]
}

function piecesOf(text: string, columns: number, indent: number): string[] {
  const pieces: string[] = []
  for (let rest = text; rest !== ''; ) {
    const isFirst = pieces.length === 0
    // A line is not folded within its indentation, nor between a field's name and its value.
    const at = placeIn(rest, columns - (isFirst ? 0 : indent), isFirst ? indent : 0)
    pieces.push(rest.slice(0, at).trimEnd())
    rest = rest.slice(at).replace(/^ +/, '')
  }
  return pieces
}

/** Where `text` is folded: at the last blank within `room`, else after a long ASCII word, else at the end of the room. */
function placeIn(text: string, room: number, indent: number): number {
  const fits = lengthWithin(text, room)
  if (fits === text.length) return fits
  const blank = text.lastIndexOf(' ', fits)
  if (blank > indent && text.slice(indent, blank).trim() !== '') return blank
  const [word] = /^ *[!-~]+(?= |$)/.exec(text.slice(indent)) ?? []
  return word === undefined ? fits : Math.max(fits, indent + word.length)
}

/** The parts, cut to fit `columns`; what is cut ends in … */
export function clip(parts: readonly Part[], columns: number): Part[] {
  const text = parts.map(part => part.text).join('')
  if (widthOf(text) <= columns) return [...parts]
  return [...cut(parts, lengthWithin(text, Math.max(1, columns - 1))), { text: '…' }]
}

/** Length of the start of `text` that fits in `columns`, in whole characters; at least one. */
export function lengthWithin(text: string, columns: number): number {
  let [length, width] = [0, 0]
  for (const character of text) {
    width += widthOf(character)
    if (width > columns && length > 0) return length
    length += character.length
  }
  return length
}

/**
 * Upper bound of the columns on a terminal: a character from U+1100 on (beyond Latin, Greek, Cyrillic and similar) counts as two,
 * except the signs that camp itself draws: dashes, …, arrows, lines and blocks.
 */
export function widthOf(text: string): number {
  let width = 0
  for (const character of text) {
    const code = character.codePointAt(0)!
    const isNarrow =
      code < 0x1100 || DRAWN.has(character) || (code >= 0x2010 && code <= 0x2027) || (code >= 0x2500 && code <= 0x259f)
    width += isNarrow ? 1 : 2
  }
  return width
}

const DRAWN: ReadonlySet<string> = new Set('·↑↓←→❯')

/** `text` in exactly `columns` columns: cut with an ellipsis, or filled with blanks. */
export function fitted(text: string, columns: number): string {
  const width = widthOf(text)
  if (width <= columns) return text + ' '.repeat(columns - width)
  const start = text.slice(0, lengthWithin(text, columns - 1))
  return fitted(`${start}…`, Math.max(columns, widthOf(start) + 1))
}

function cut(parts: readonly Part[], length: number): Part[] {
  let left = length
  return parts.flatMap(part => {
    const text = part.text.slice(0, left)
    left -= text.length
    return text === '' ? [] : [{ ...part, text }]
  })
}
