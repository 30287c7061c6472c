import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'

export const DELIMITERS = [';', ',', '\t', '|'] as const
export type Delimiter = (typeof DELIMITERS)[number]

/** @param text the character, or its name @throws CampError USAGE */
export function parseDelimiter(text: string): Delimiter {
  const delimiter = DELIMITERS.find(known => known === text) ?? NAMED.get(text.toLowerCase())
  if (delimiter) return delimiter
  throw new CampError('INVALID_ARGUMENT', t`--delimiter "${text}" is not known`, { hint: t`One of ; , tab |` })
}

const NAMED = new Map<string, Delimiter>([
  ['semicolon', ';'],
  ['comma', ','],
  ['tab', '\t'],
  ['\\t', '\t'],
  ['pipe', '|'],
])

/** The delimiter's name for messages. */
export function delimiterName(delimiter: Delimiter): string {
  return delimiter === '\t' ? 'tab' : delimiter
}

/**
 * The first line that tells Excel the delimiter ("sep=;"). It is neither a header nor a row; a spreadsheet may have padded it
 * with delimiters.
 * @param head the beginning of the file
 * @throws CampError DATA if it names a delimiter that camp does not read
 */
export function separatorLine(file: string, head: string): { line: string; delimiter: Delimiter } | undefined {
  const line = head.slice(0, 100).split(/[\r\n]/, 1)[0]!
  const sign = /^"?sep=(.)"?[;,\t|]*$/i.exec(line)?.[1]
  if (sign === undefined) return undefined
  const delimiter = DELIMITERS.find(known => known === sign)
  if (delimiter) return { line, delimiter }
  throw new CampError('FILE_UNSUPPORTED', t`${file}, line 1: "${line}" names a separator that camp does not read`, {
    hint: t`Save it with ; , tab or | between the columns.`,
  })
}

/**
 * The delimiter of the header, confirmed by the lines after it: the one with which most lines have as many columns as the
 * header. A file of one column has none; then any will do.
 * @param head the beginning of the file; its last line may be cut
 */
export function detectDelimiter(head: string): Delimiter {
  const scored = DELIMITERS.map(delimiter => ({ delimiter, score: scoreOf(columnCounts(head, delimiter)) }))
  return scored.reduce((best, next) => (next.score > best.score ? next : best)).delimiter
}

const LINES = 30

function scoreOf([header = 1, ...others]: readonly number[]): number {
  if (header === 1) return 0
  const alike = others.filter(count => count === header).length
  return (others.length === 0 ? 1 : 1 + alike / others.length) * 1000 + header
}

/** The number of columns of each of the first records; delimiters and line breaks within quotes do not count. */
function columnCounts(head: string, delimiter: string): number[] {
  const counts: number[] = []
  let columns = 1
  let quoted = false
  let empty = true
  for (let i = 0; i < head.length && counts.length < LINES; i++) {
    const character = head[i]!
    if (character === '"') quoted = !quoted
    else if (!quoted && (character === '\n' || character === '\r')) {
      if (!empty) counts.push(columns)
      columns = 1
      empty = true
      continue
    } else if (!quoted && character === delimiter) columns++
    empty = false
  }
  if (counts.length === 0) counts.push(columns)
  return counts
}
