import type { Elements } from './xml.ts'

/**
 * A text in an <si> or <is>: in one piece, or in several with a format each. The phonetic guide of an East Asian text (<rPh>)
 * is not part of it.
 */
export class TextPieces {
  /** The elements that are read within the <si> or <is>. */
  readonly elements: Elements
  #text = ''
  #piece = ''
  #hasEscapes = false

  constructor() {
    const t = {
      open: () => {
        this.#piece = ''
      },
      text: (text: string) => {
        this.#piece += text
      },
      close: () => {
        const text = unescaped(this.#piece)
        if (text !== this.#piece) this.#hasEscapes = true
        this.#text += text
      },
    }
    this.elements = { t, r: { within: { t } } }
  }

  clear(): void {
    this.#text = ''
    this.#hasEscapes = false
  }

  /** The text so far, in complete characters. */
  take(): string {
    return this.#hasEscapes ? wellFormed(this.#text) : this.#text
  }
}

/** A text with Excel's escapes for characters that XML cannot contain (_x000D_). */
export function unescapeText(text: string): string {
  return text.includes('_x') ? wellFormed(unescaped(text)) : text
}

/** Characters that PostgreSQL cannot store are removed. A character beyond 0xFFFF is a pair of escapes. */
function unescaped(text: string): string {
  if (!text.includes('_x')) return text
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)).replace('\0', ''),
  )
}

/** A single surrogate is not a character; it can only come from an escape. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd')
}
