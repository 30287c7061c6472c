import { TextDecoder } from 'node:util'

/** How much of a part is needed to detect its encoding: its byte order mark, and its XML declaration. */
const HEAD = 256

/**
 * The bytes of an XML part as text, a chunk at a time: UTF-8, UTF-16, or the declared encoding.
 * @throws Error, from `write` and `end`, if the bytes are not valid in it
 */
export class PartDecoder {
  #head = Buffer.alloc(0)
  #decoder: TextDecoder | undefined

  write(chunk: Buffer): string {
    if (this.#decoder) return this.#decoder.decode(chunk, { stream: true })
    this.#head = Buffer.concat([this.#head, chunk])
    return this.#head.length < HEAD ? '' : this.#begin()
  }

  end(): string {
    return (this.#decoder ? '' : this.#begin()) + this.#decoder!.decode()
  }

  #begin(): string {
    this.#decoder = new TextDecoder(encodingOf(this.#head), { fatal: true })
    return this.#decoder.decode(this.#head, { stream: true })
  }
}

function encodingOf(head: Buffer): string {
  const start = head.toString('latin1', 0, 4)
  if (/^(?:\xff\xfe|[^\0]\0)/.test(start)) return 'utf-16le'
  if (/^(?:\xfe\xff|\0[^\0])/.test(start)) return 'utf-16be'
  if (start.startsWith('\xef\xbb\xbf')) return 'utf-8'
  const declared = /^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([\w.-]+)["']/i.exec(head.toString('latin1'))?.[1]
  // Single-byte text that declares UTF-16 was converted, and kept its declaration.
  return declared === undefined || /^(?:utf-?16|ucs|iso-10646)/i.test(declared) ? 'utf-8' : declared
}
