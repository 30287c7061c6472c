import { CampError } from '../../errors.ts'
import type { Archive } from './archive.ts'
import { damaged } from './archive.ts'
import { unescapeText, XmlReader } from './xml.ts'

/** The texts of a workbook, by number: Excel writes each different text once, and cells point to it. */
export interface Texts {
  get: (index: number) => string | undefined
}

const CHUNK = 1024 * 1024
/** Six different texts in each row of a full sheet are a fifth of it. */
const MOST_BYTES = 320 * 1024 * 1024

/** Millions of texts as bytes side by side: as strings of their own they would take ten times the memory. */
export class SharedStrings implements Texts {
  readonly #chunks: Buffer[] = []
  /** Where each text begins; the last number is where the next one will. */
  #starts = new Uint32Array(1024)
  #count = 0

  add(text: string): void {
    const bytes = Buffer.from(text)
    let at = this.#starts[this.#count]!
    if (at + bytes.length > MOST_BYTES) throw tooMuch()
    for (let from = 0; from < bytes.length; ) {
      const into = at % CHUNK
      if (into === 0) this.#chunks.push(Buffer.allocUnsafeSlow(CHUNK))
      const copied = bytes.copy(this.#chunks.at(-1)!, into, from)
      from += copied
      at += copied
    }
    if (++this.#count === this.#starts.length) this.#grow()
    this.#starts[this.#count] = at
  }

  get(index: number): string | undefined {
    if (!(index >= 0 && index < this.#count)) return undefined
    const [from, to] = [this.#starts[index]!, this.#starts[index + 1]!]
    if (from === to) return ''
    const first = Math.floor(from / CHUNK)
    const last = Math.floor((to - 1) / CHUNK)
    if (first === last) return this.#chunks[first]!.toString('utf8', from % CHUNK, to - first * CHUNK)
    return Buffer.concat(this.#chunks.slice(first, last + 1)).toString('utf8', from % CHUNK, to - first * CHUNK)
  }

  #grow(): void {
    const larger = new Uint32Array(this.#starts.length * 2)
    larger.set(this.#starts)
    this.#starts = larger
  }
}

/** @param read is told of each chunk @throws CampError DATA: damaged, or more text than fits */
export async function readSharedStrings(
  archive: Archive,
  part: string,
  signal: AbortSignal,
  read: (bytes: number) => void,
): Promise<SharedStrings> {
  const strings = new SharedStrings()
  let text = ''
  let inText = false
  // The phonetic guide of an East Asian text is no part of it.
  let inGuide = false
  const reader = new XmlReader({
    open: name => {
      if (name === 'si') text = ''
      else if (name === 'rPh') inGuide = true
      else if (name === 't') inText = !inGuide
    },
    text: piece => {
      if (inText) text += piece
    },
    close: name => {
      if (name === 'si') strings.add(unescapeText(text))
      else if (name === 'rPh') inGuide = false
      else if (name === 't') inText = false
    },
  })
  try {
    for await (const chunk of archive.read(part, signal)) {
      reader.write(chunk)
      read(chunk.length)
    }
    reader.end()
  } catch (error) {
    throw error instanceof CampError ? error : damaged(archive.file, error)
  }
  return strings
}

function tooMuch(): CampError {
  return new CampError('DATA', `the workbook has more than ${MOST_BYTES / 1024 / 1024} MB of texts`, {
    hint: 'Save its sheet as CSV: then its size does not matter.',
  })
}
