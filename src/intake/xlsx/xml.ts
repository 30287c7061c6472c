import { StringDecoder } from 'node:string_decoder'
import { SaxesParser } from 'saxes'

/** What is done with a part of a workbook while it is read. Names come without their prefix (x:row is row). */
export interface XmlHandlers {
  open?: (name: string, attributes: Readonly<Record<string, string>>) => void
  text?: (text: string) => void
  close?: (name: string) => void
}

// Excel's longest cell has 32,767 characters: this is a text that fills the memory.
const MOST_BETWEEN_TAGS = 1024 * 1024

/**
 * Reads XML a chunk of bytes at a time. Entities of a DTD are an error, as is all that is not well formed.
 * @throws Error with the place, from `write` and `end`
 */
export class XmlReader {
  readonly #decoder = new StringDecoder('utf8')
  readonly #parser = new SaxesParser<{ xmlns: false }>({ xmlns: false })
  #sinceTag = 0

  constructor({ open, text, close }: XmlHandlers) {
    this.#parser.on('error', error => {
      throw error
    })
    this.#parser.on('opentag', tag => {
      this.#sinceTag = 0
      open?.(plain(tag.name), tag.attributes)
    })
    this.#parser.on('closetag', tag => {
      this.#sinceTag = 0
      close?.(plain(tag.name))
    })
    if (text) this.#parser.on('text', text)
  }

  write(chunk: Buffer): void {
    this.#sinceTag += chunk.length
    this.#parser.write(this.#decoder.write(chunk))
    if (this.#sinceTag > MOST_BETWEEN_TAGS) throw new Error('a text in it is longer than any cell')
  }

  end(): void {
    this.#parser.write(this.#decoder.end())
    this.#parser.close()
  }
}

/** Reads a part to its end. */
export async function readXml(chunks: AsyncIterable<Buffer>, handlers: XmlHandlers): Promise<void> {
  const reader = new XmlReader(handlers)
  for await (const chunk of chunks) reader.write(chunk)
  reader.end()
}

function plain(name: string): string {
  const colon = name.indexOf(':')
  return colon < 0 ? name : name.slice(colon + 1)
}

/** What Excel writes for characters that XML cannot hold (_x000D_); what PostgreSQL cannot hold is left out. */
export function unescapeText(text: string): string {
  if (!text.includes('_x')) return text
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => {
    const code = Number.parseInt(hex, 16)
    if (code === 0) return ''
    return code >= 0xd800 && code <= 0xdfff ? '\ufffd' : String.fromCharCode(code)
  })
}
