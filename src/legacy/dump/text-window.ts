import { CampError } from '../../errors.ts'
import { t } from '../../language/text.ts'

/** The part of a dump that is in memory: it grows at its end and is cut at its beginning. One character is one byte. */
export class TextWindow {
  text = ''
  /** The position of the next character to read. */
  at = 0
  readonly #chunks: AsyncIterator<Buffer>
  #ended = false

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  /**
   * Appends the next chunk, and drops what was read.
   * @returns false at the end of the dump
   * @throws CampError FILE_TOO_LARGE if one row is longer than any that is read
   */
  async more(): Promise<boolean> {
    if (this.#ended) return false
    const { value, done } = await this.#chunks.next()
    if (done) {
      this.#ended = true
      return false
    }
    const rest = this.text.slice(this.at)
    if (rest.length > LONGEST) {
      throw new CampError('FILE_TOO_LARGE', t`a row or a statement of the dump is longer than 64 MB`, {
        hint: t`Dump only the tables that are imported, without the others.`,
      })
    }
    this.text = rest + value.toString('latin1')
    this.at = 0
    return true
  }

  /** Reads until a line ends, or the dump. @returns the line without its line break */
  async line(): Promise<string> {
    let from = this.at
    for (;;) {
      const end = this.text.indexOf('\n', from)
      if (end >= 0) return this.take(end + 1).replace(/\r?\n$/, '')
      from = this.text.length - this.at
      if (!(await this.more())) return this.take(this.text.length)
    }
  }

  /** @param end a position @returns the text from here to it */
  take(end: number): string {
    const taken = this.text.slice(this.at, end)
    this.at = end
    return taken
  }

  /** Stops reading the file. */
  async close(): Promise<void> {
    this.#ended = true
    await this.#chunks.return?.()
  }
}

const LONGEST = 64 * 1024 * 1024
