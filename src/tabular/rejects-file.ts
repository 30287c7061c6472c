import { CampError, messageOf } from '../errors.ts'
import { writeFailed } from '../files.ts'
import { t } from '../language/text.ts'
import type { PhoneColumn } from '../recipient/phone-columns.ts'
import { isCodePage } from './code-page.ts'
import type { Row } from './csv.ts'
import { type Encoding, encode } from './encoding.ts'
import { withGuard } from './formula-guard.ts'
import { REJECT_COLUMNS } from './header-names.ts'
import type { Inspection } from './inspect.ts'
import { type OutputPlace, openOutputPlace } from './output-place.ts'

/** A row, and the reason if it is refused: a lead is one. */
export interface JudgedRow {
  row: Row
  /** `column` counts from 0. */
  refusal: { code: string; detail: string; column?: number | undefined } | null
  /** For a lead that is one of several of a row: the column of its phone. */
  phoneColumn?: number | undefined
  oneOfSeveral?: boolean | undefined
}

/** The --rejects path, and whether an existing file is replaced (--overwrite). */
export interface RejectsTarget {
  file: string
  overwrite: boolean
}

/** `phones` if a row can have several leads. */
interface RejectedColumns {
  headers: readonly string[]
  phones?: readonly PhoneColumn[]
}

/**
 * The refused rows as a file that can be corrected and imported again: the original's columns, encoding (for DOS and Mac:
 * UTF-8), delimiter and line breaks, and columns with the position and the reason, which an import ignores. A row of several
 * phones (--all-phones) is repeated for each refused phone, without the others: those are already leads. A cell that a
 * spreadsheet program would evaluate is guarded (formula-guard.ts), and an import of the file restores it. The file is readable
 * by its owner alone (0600): it contains personal data.
 */
export class RejectsFile {
  readonly path: string
  rows = 0
  readonly #place: OutputPlace
  readonly #source: Inspection
  readonly #encoding: Encoding
  readonly #columns: RejectedColumns
  #closed = false

  private constructor(path: string, place: OutputPlace, source: Inspection, columns: RejectedColumns) {
    this.path = path
    this.#place = place
    this.#source = source
    this.#encoding = writtenIn(source)
    this.#columns = columns
  }

  /**
   * @param columns the original's
   * @throws CampError STATE: the file exists, and `overwrite` is not given; DATA if it cannot be written there, UNREACHABLE if
   * the disk is full
   */
  static async create(
    { file: path, overwrite }: RejectsTarget,
    source: Inspection,
    columns: RejectedColumns,
  ): Promise<RejectsFile> {
    const place = await openOutputPlace(path, { overwrite, option: '--rejects' }).catch(error => {
      throw rejectsFailed(path, error)
    })
    const file = new RejectsFile(path, place, source, columns)
    const { separatorLine, lineBreak } = source
    const bom = source.bom || file.#encoding !== source.encoding
    try {
      await file.#write(
        `${bom ? '\ufeff' : ''}${separatorLine === null ? '' : separatorLine + lineBreak}` +
          `${file.#line([...columns.headers, ...REJECT_COLUMNS])}`,
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

  /** Completes the file and flushes it to disk. @throws as `create` */
  async seal(): Promise<void> {
    try {
      if (this.#place.isDraft) await this.#place.handle.datasync()
      await this.#close()
    } catch (error) {
      throw rejectsFailed(this.path, error)
    }
  }

  /** Gives it its name, once the import has committed. @throws CampError DATA */
  async publish(): Promise<void> {
    await this.#place.publish().catch(error => {
      throw new CampError('FILE_UNWRITABLE', t`the rejects cannot be written to ${this.path}: ${messageOf(error)}`, {
        hint: t`The campaign is imported: camp campaign list`,
        cause: error,
      })
    })
  }

  /** Removes the draft; after `publish` it does nothing. */
  async discard(): Promise<void> {
    await this.#close().catch(() => undefined) // it is discarded: what it could not write does not matter
    await this.#place.discard()
  }

  async #close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#place.handle.close()
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
    await this.#place.handle.appendFile(encode(text, this.#encoding)).catch(error => {
      throw rejectsFailed(this.path, error)
    })
  }

  #line(cells: readonly string[]): string {
    const { delimiter, lineBreak } = this.#source
    const special = (cell: string) => cell.includes(delimiter) || /["\r\n]/.test(cell)
    return (
      cells
        .map(withGuard)
        .map(cell => (special(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
        .join(delimiter) + lineBreak
    )
  }
}

/**
 * DOS and Mac encodings are detected by the accents of a whole file, and a few refused rows may have too few of them (JOÃO
 * alone reads as JOÇO): their rejects are UTF-8 with byte order mark.
 */
function writtenIn({ encoding }: Inspection): Encoding {
  return isCodePage(encoding) && encoding !== 'windows-1252' ? 'utf-8' : encoding
}

function rejectsFailed(path: string, error: unknown): CampError {
  if (error instanceof CampError) return error
  return writeFailed(t`the rejects cannot be written to ${path}`, error, {
    hint: t`Nothing was imported. Choose another path with --rejects.`,
  })
}
