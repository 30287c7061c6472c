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
  /** `column` counts from 0. */
  refusal: { code: string; detail: string; column?: number | undefined } | null
  /** Of a lead that is one of a row's several: where its phone stands. */
  phoneColumn?: number | undefined
  oneOfSeveral?: boolean | undefined
}

/** `phones` where a row can make several leads. */
type RejectedColumns = Pick<Columns, 'headers'> & Partial<Pick<Columns, 'phones'>>

/**
 * The refused rows as a file that can be corrected and imported again: the original's columns, encoding, delimiter and line
 * breaks, and columns that say where and why, which an import ignores. A row of several phones (--all-phones) stands there once
 * for each that was refused, without the others: those are leads already. It stands under a name of its own until `finish`.
 */
export class RejectsFile {
  readonly path: string
  rows = 0
  readonly #draft: string
  readonly #handle: FileHandle
  readonly #source: Inspection
  readonly #columns: RejectedColumns

  private constructor(path: string, draft: string, handle: FileHandle, source: Inspection, columns: RejectedColumns) {
    this.path = path
    this.#draft = draft
    this.#handle = handle
    this.#source = source
    this.#columns = columns
  }

  /** @param columns the original's @throws CampError DATA when it cannot be written there */
  static async create(path: string, source: Inspection, columns: RejectedColumns): Promise<RejectsFile> {
    const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`
    const handle = await open(draft, 'wx').catch(error => {
      throw new CampError('DATA', `the rejects cannot be written to ${path}: ${messageOf(error)}`, { cause: error })
    })
    const file = new RejectsFile(path, draft, handle, source, columns)
    await file.#write(`${source.bom ? '\ufeff' : ''}${file.#line([...columns.headers, ...REJECT_COLUMNS])}`)
    return file
  }

  async add(judged: readonly JudgedRow[]): Promise<void> {
    let text = ''
    for (const lead of judged) {
      if (!lead.refusal) continue
      const { code, detail, column } = lead.refusal
      text += this.#line([...this.#cellsOf(lead), String(lead.row.line), this.#nameOf(column), code, detail])
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

  #cellsOf({ row, phoneColumn, oneOfSeveral }: JudgedRow): string[] {
    const { headers, phones = [] } = this.#columns
    const others = oneOfSeveral ? phones.filter(({ index }) => index !== phoneColumn) : []
    return headers.map((_, i) => (others.some(({ index }) => index === i) ? '' : (row.cells[i] ?? '')))
  }

  #nameOf(column: number | undefined): string {
    return column === undefined ? '' : (this.#columns.headers[column] ?? `coluna_${column + 1}`)
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
