import type { Elements } from './xml.ts'

/**
 * A text as an <si> or <is> holds it: in one piece, or in several with a format each. The phonetic guide of an East Asian text
 * (<rPh>) is no part of it.
 */
export class TextPieces {
  /** What is read within the <si> or <is>. */
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

  /** The text so far, of whole characters. */
  take(): string {
    return this.#hasEscapes ? wellFormed(this.#text) : this.#text
  }
}

/** A text with what Excel writes for characters that XML cannot hold (_x000D_). */
export function unescapeText(text: string): string {
  return text.includes('_x') ? wellFormed(unescaped(text)) : text
}

/** What PostgreSQL cannot hold is left out. A character beyond 0xFFFF is a pair of escapes. */
function unescaped(text: string): string {
  if (!text.includes('_x')) return text
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)).replace('\0', ''),
  )
}

/** Half of a pair is no character; it can only come from an escape. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd')
}
