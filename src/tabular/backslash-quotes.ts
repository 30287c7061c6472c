/**
 * Converts a CSV in which \" stands for a quote, \' for an apostrophe and \\ for a backslash (MySQL, addslashes) to one in
 * which a quote within quotes is doubled. A backslash before a line break is one that MySQL adds, and is removed; before
 * anything else it stays.
 * @param delimiter one character
 */
export async function* withDoubledQuotes(chunks: AsyncIterable<string>, delimiter: string): AsyncGenerator<string> {
  const translation = new Translation(delimiter.charCodeAt(0))
  for await (const chunk of chunks) yield translation.next(chunk)
  yield translation.end()
}

const [SLASH, QUOTE, APOSTROPHE, LF, CR] = [0x5c, 0x22, 0x27, 0x0a, 0x0d]

/** Tracks the quotes, since a quote is doubled only in a quoted cell. */
class Translation {
  readonly #delimiter: number
  #quoted = false
  /** The last character was a delimiter, a line break, or a quote that may be the first of two: a quote here opens a cell. */
  #opens = true
  /** The last character was a backslash, which is not written yet. */
  #escaped = false

  constructor(delimiter: number) {
    this.#delimiter = delimiter
  }

  next(text: string): string {
    let written = ''
    let from = 0
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (this.#escaped) {
        this.#escaped = false
        if (code === QUOTE) written += this.#quoted ? '""' : '"'
        else if (code !== LF && code !== CR && code !== APOSTROPHE) written += '\\'
        from = code === QUOTE || code === SLASH ? at + 1 : at
        this.#opens = false
        if (code === QUOTE || code === SLASH) continue
      }
      if (code === SLASH) {
        written += text.slice(from, at)
        from = at + 1
        this.#escaped = true
      } else this.#follow(code)
    }
    return written + text.slice(from)
  }

  end(): string {
    return this.#escaped ? '\\' : ''
  }

  #follow(code: number): void {
    const closes = this.#quoted && code === QUOTE
    if (code === QUOTE) this.#quoted = closes ? false : this.#opens
    this.#opens = closes || (!this.#quoted && (code === this.#delimiter || code === LF || code === CR))
  }
}
