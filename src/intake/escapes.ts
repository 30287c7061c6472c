/**
 * A CSV in which \" stands for a quote, \' for an apostrophe and \\ for a backslash (MySQL, addslashes) as one in which a quote within
 * quotes is written twice. A backslash before a line break is one that MySQL adds, and goes; before anything else it stays.
 * @param bytes UTF-8
 * @param delimiter one ASCII character
 */
export async function* withDoubledQuotes(bytes: AsyncIterable<Buffer>, delimiter: string): AsyncGenerator<Buffer> {
  const translation = new Translation(delimiter.charCodeAt(0))
  for await (const chunk of bytes) yield translation.next(chunk)
  yield translation.end()
}

const BACKSLASH = Buffer.from('\\')
const [SLASH, QUOTE, APOSTROPHE, LF, CR] = [0x5c, 0x22, 0x27, 0x0a, 0x0d]
const ONE_QUOTE = Buffer.from('"')
const TWO_QUOTES = Buffer.from('""')

/** Follows the quotes, since a quote is written twice only in a cell that has them around it. */
class Translation {
  readonly #delimiter: number
  #quoted = false
  /** The last byte was a delimiter, a line break, or a quote that may be the first of two: a quote here opens. */
  #opens = true
  /** The last byte was a backslash, which is not written yet. */
  #escaped = false

  constructor(delimiter: number) {
    this.#delimiter = delimiter
  }

  next(bytes: Buffer): Buffer {
    const parts: Buffer[] = []
    let from = 0
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at]!
      if (this.#escaped) {
        this.#escaped = false
        if (byte === QUOTE) parts.push(this.#quoted ? TWO_QUOTES : ONE_QUOTE)
        else if (byte !== LF && byte !== CR && byte !== APOSTROPHE) parts.push(BACKSLASH)
        from = byte === QUOTE || byte === SLASH ? at + 1 : at
        this.#opens = false
        if (byte === QUOTE || byte === SLASH) continue
      }
      if (byte === SLASH) {
        parts.push(bytes.subarray(from, at))
        from = at + 1
        this.#escaped = true
      } else this.#follow(byte)
    }
    parts.push(bytes.subarray(from))
    return Buffer.concat(parts)
  }

  end(): Buffer {
    return this.#escaped ? BACKSLASH : Buffer.alloc(0)
  }

  #follow(byte: number): void {
    const closes = this.#quoted && byte === QUOTE
    if (byte === QUOTE) this.#quoted = closes ? false : this.#opens
    this.#opens = closes || (!this.#quoted && (byte === this.#delimiter || byte === LF || byte === CR))
  }
}
