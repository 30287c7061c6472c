import { randomBytes } from 'node:crypto'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { CampError, messageOf } from '../errors.ts'
import { type Columns, REJECT_COLUMNS } from './columns.ts'
import type { Row } from './csv.ts'
import { encode } from './encoding.ts'
import type { Inspection } from './inspect.ts'

/** A row, and why it is refused if it is: a lead is one. */
export interface JudgedRow {
  row: Row
  refusal: { code: string; detail: string } | null
}

/**
 * The refused rows as a file that can be corrected and imported again: the original's columns, encoding, delimiter and line
 * breaks, and three columns that say why, which an import ignores. It stands under a name of its own until `finish`.
 */
export class RejectsFile {
  readonly path: string
  rows = 0
  readonly #draft: string
  readonly #handle: FileHandle
  readonly #source: Inspection
  readonly #width: number

  private constructor(path: string, draft: string, handle: FileHandle, source: Inspection, width: number) {
    this.path = path
    this.#draft = draft
    this.#handle = handle
    this.#source = source
    this.#width = width
  }

  /** @param columns the original's @throws CampError DATA when it cannot be written there */
  static async create(path: string, source: Inspection, { headers }: Pick<Columns, 'headers'>): Promise<RejectsFile> {
    const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`
    const handle = await open(draft, 'wx').catch(error => {
      throw new CampError('DATA', `the rejects cannot be written to ${path}: ${messageOf(error)}`, { cause: error })
    })
    const file = new RejectsFile(path, draft, handle, source, headers.length)
    await file.#write(`${source.bom ? '\ufeff' : ''}${file.#line([...headers, ...REJECT_COLUMNS])}`)
    return file
  }

  async add(judged: readonly JudgedRow[]): Promise<void> {
    let text = ''
    for (const { row, refusal } of judged) {
      if (!refusal) continue
      const cells = Array.from({ length: this.#width }, (_, i) => row.cells[i] ?? '')
      text += this.#line([...cells, String(row.line), refusal.code, refusal.detail])
      this.rows++
    }
    if (text !== '') await this.#write(text)
  }

  /** Makes it appear, whole. */
  async finish(): Promise<void> {
    await this.#handle.close()
    await rename(this.#draft, this.path)
  }

  /** Leaves nothing behind; after `finish` it does nothing. */
  async discard(): Promise<void> {
    await this.#handle.close()
    await rm(this.#draft, { force: true })
  }

  async #write(text: string): Promise<void> {
    await this.#handle.appendFile(encode(text, this.#source.encoding))
  }

  #line(cells: readonly string[]): string {
    const { delimiter, lineBreak } = this.#source
    const special = (cell: string) => cell.includes(delimiter) || /["\r\n]/.test(cell)
    return cells.map(cell => (special(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(delimiter) + lineBreak
  }
}
