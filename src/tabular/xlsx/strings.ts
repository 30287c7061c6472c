import { CampError } from '../../errors.ts'
import { t } from '../../language/text.ts'
import type { Archive } from './archive.ts'
import { damaged } from './archive.ts'
import { TextPieces } from './text.ts'
import { SPREADSHEET, XmlReader } from './xml.ts'

/** The texts of a workbook, by number: Excel writes each distinct text once, and cells point to it. */
export interface Texts {
  get: (index: number) => string | undefined
}

const CHUNK = 1024 * 1024
const BLOCK = 64 * 1024
/** Ten distinct texts in each row of a full sheet are half of it. */
const MAX_BYTES = 320 * 1024 * 1024

/** Millions of texts as contiguous bytes: as separate strings they would take ten times the memory. */
export class SharedStrings implements Texts {
  readonly #chunks: Buffer[] = []
  /**
   * Where each text begins; the last number is where the next one will. In blocks, since a growing array exists twice while it
   * is copied.
   */
  readonly #starts = [new Uint32Array(BLOCK)]
  #count = 0

  add(text: string): void {
    const length = Buffer.byteLength(text)
    const at = this.#startOf(this.#count)
    if (at + length > MAX_BYTES) throw tooMuch()
    if (length <= CHUNK - (at % CHUNK)) this.#chunkAt(at).write(text, at % CHUNK)
    else this.#addOver(Buffer.from(text), at)
    this.#count++
    if (this.#count % BLOCK === 0) this.#starts.push(new Uint32Array(BLOCK))
    this.#starts.at(-1)![this.#count % BLOCK] = at + length
  }

  get(index: number): string | undefined {
    if (!(index >= 0 && index < this.#count)) return undefined
    const [from, to] = [this.#startOf(index), this.#startOf(index + 1)]
    if (from === to) return ''
    const first = Math.floor(from / CHUNK)
    const last = Math.floor((to - 1) / CHUNK)
    const chunk = first === last ? this.#chunks[first]! : Buffer.concat(this.#chunks.slice(first, last + 1))
    return chunk.toString('utf8', from - first * CHUNK, to - first * CHUNK)
  }

  /** A text that spans chunks. */
  #addOver(bytes: Buffer, at: number): void {
    for (let from = 0; from < bytes.length; ) from += bytes.copy(this.#chunkAt(at + from), (at + from) % CHUNK, from)
  }

  #chunkAt(at: number): Buffer {
    const index = Math.floor(at / CHUNK)
    if (index === this.#chunks.length) this.#chunks.push(Buffer.allocUnsafeSlow(CHUNK))
    return this.#chunks[index]!
  }

  #startOf(index: number): number {
    return this.#starts[Math.floor(index / BLOCK)]![index % BLOCK]!
  }
}

/** @param read is called for each chunk @throws CampError DATA: damaged, or more text than fits */
export async function readSharedStrings(
  archive: Archive,
  part: string,
  signal: AbortSignal,
  read: (bytes: number) => void,
): Promise<SharedStrings> {
  const strings = new SharedStrings()
  const text = new TextPieces()
  const si = { open: () => text.clear(), close: () => strings.add(text.take()), within: text.elements }
  const reader = new XmlReader(SPREADSHEET, { sst: { within: { si } } })
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
  return new CampError('FILE_TOO_LARGE', t`the workbook has more than ${MAX_BYTES / 1024 / 1024} MB of texts`, {
    hint: t`Save its sheet as CSV: then its size does not matter.`,
  })
}
