import { randomBytes } from 'node:crypto'
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises'
import { CampError, messageOf } from '../errors.ts'
import { removeAtExit, writeFailed } from '../files.ts'
import { isCodePage } from './code-page.ts'
import { type Columns, REJECT_COLUMNS } from './columns.ts'
import type { Row } from './csv.ts'
import { type Encoding, encode } from './encoding.ts'
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
 * The refused rows as a file that can be corrected and imported again: the original's columns, encoding (of DOS and Mac:
 * UTF-8), delimiter and line breaks, and columns that say where and why, which an import ignores. A row of several phones (--all-phones) stands there once
 * for each that was refused, without the others: those are leads already. It stands under a name of its own until `publish`;
 * only what is no file, such as /dev/stdout or a pipe, is written as it comes.
 */
export class RejectsFile {
  readonly path: string
  rows = 0
  /** undefined: what is written is there at once. */
  readonly #draft: string | undefined
  readonly #forget: () => void
  readonly #handle: FileHandle
  readonly #source: Inspection
  readonly #encoding: Encoding
  readonly #columns: RejectedColumns
  #closed = false

  private constructor(
    path: string,
    { draft, handle }: { draft: string | undefined; handle: FileHandle },
    source: Inspection,
    columns: RejectedColumns,
  ) {
    this.path = path
    this.#draft = draft
    this.#forget = draft === undefined ? () => undefined : removeAtExit(draft)
    this.#handle = handle
    this.#source = source
    this.#encoding = writtenIn(source)
    this.#columns = columns
  }

  /**
   * @param columns the original's
   * @throws CampError DATA when it cannot be written there, UNREACHABLE when the disk is full
   */
  static async create(path: string, source: Inspection, columns: RejectedColumns): Promise<RejectsFile> {
    const opened = await openTarget(path).catch(error => {
      throw rejectsFailed(path, error)
    })
    const file = new RejectsFile(path, opened, source, columns)
    const { separatorLine, lineBreak } = source
    const bom = source.bom || file.#encoding !== source.encoding
    try {
      await file.#write(
        `${bom ? '\ufeff' : ''}${separatorLine === null ? '' : separatorLine + lineBreak}${file.#line([...columns.headers, ...REJECT_COLUMNS])}`,
      )
    } catch (error) {
      await file.discard()
      throw error
    }
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

  /** Nothing more comes, and all of it is on the disk. @throws as `create` */
  async seal(): Promise<void> {
    try {
      if (this.#draft !== undefined) await this.#handle.datasync()
      await this.#close()
    } catch (error) {
      throw rejectsFailed(this.path, error)
    }
  }

  /** Makes it appear, whole, over what stood there; by then the import is one. @throws CampError DATA */
  async publish(): Promise<void> {
    if (this.#draft === undefined) return
    await rename(this.#draft, this.path).catch(error => {
      throw new CampError('DATA', `the rejects cannot be written to ${this.path}: ${messageOf(error)}`, {
        hint: 'The campaign is imported: camp campaign list',
        cause: error,
      })
    })
    this.#forget()
  }

  /** Leaves nothing behind; after `publish` it does nothing. */
  async discard(): Promise<void> {
    await this.#close().catch(() => undefined) // it is thrown away: what it could not write does not matter
    if (this.#draft !== undefined) await rm(this.#draft, { force: true })
    this.#forget()
  }

  async #close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#handle.close()
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
    await this.#handle.appendFile(encode(text, this.#encoding)).catch(error => {
      throw rejectsFailed(this.path, error)
    })
  }

  #line(cells: readonly string[]): string {
    const { delimiter, lineBreak } = this.#source
    const special = (cell: string) => cell.includes(delimiter) || /["\r\n]/.test(cell)
    return cells.map(cell => (special(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(delimiter) + lineBreak
  }
}

/**
 * DOS and Mac encodings are known by the accents of a whole file, and a few refused rows may have too few of them to be known again
 * (JOÃO alone reads as JOÇO): their rejects are UTF-8 with byte order mark.
 */
function writtenIn({ encoding }: Inspection): Encoding {
  return isCodePage(encoding) && encoding !== 'windows-1252' ? 'utf-8' : encoding
}

/** A device or a pipe is never replaced by a file: as root that would be the end of /dev/null. */
async function openTarget(path: string): Promise<{ draft: string | undefined; handle: FileHandle }> {
  const there = await stat(path).catch(() => undefined)
  if (there?.isDirectory()) throw new Error('it is a folder')
  if (there && !there.isFile()) return { draft: undefined, handle: await open(path, 'w') }
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`
  return { draft, handle: await open(draft, 'wx') }
}

function rejectsFailed(path: string, error: unknown): CampError {
  return writeFailed(`the rejects cannot be written to ${path}`, error, {
    hint: 'Nothing was imported. Give another place with --rejects.',
  })
}
