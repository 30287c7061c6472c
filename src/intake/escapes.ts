/**
 * A CSV in which \" stands for a quote and \\ for a backslash (MySQL's SELECT … INTO OUTFILE) as one in which a quote is written
 * twice. A backslash before a line break is one that MySQL adds, and goes; before anything else it stays.
 * @param bytes UTF-8
 */
export async function* withDoubledQuotes(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let waiting = false
  for await (const chunk of bytes) {
    const read = waiting ? Buffer.concat([BACKSLASH, chunk]) : chunk
    const { written, open } = translated(read)
    waiting = open
    yield written
  }
  if (waiting) yield BACKSLASH
}

const BACKSLASH = Buffer.from('\\')
const [SLASH, QUOTE, LF, CR] = [0x5c, 0x22, 0x0a, 0x0d]

/** @returns `open`: it ends in a backslash, which is not written yet */
function translated(bytes: Buffer): { written: Buffer; open: boolean } {
  let at = bytes.indexOf(SLASH)
  if (at < 0) return { written: bytes, open: false }
  const parts: Buffer[] = []
  let from = 0
  for (; at >= 0; at = bytes.indexOf(SLASH, from)) {
    parts.push(bytes.subarray(from, at))
    const next = bytes[at + 1]
    if (next === undefined) return { written: Buffer.concat(parts), open: true }
    if (next === QUOTE) parts.push(TWO_QUOTES)
    else if (next !== LF && next !== CR) parts.push(BACKSLASH)
    from = next === QUOTE || next === SLASH ? at + 2 : at + 1
  }
  parts.push(bytes.subarray(from))
  return { written: Buffer.concat(parts), open: false }
}

const TWO_QUOTES = Buffer.from('""')
