import { CampError } from '../errors.ts'
import { writeFailed } from '../files.ts'
import { t } from '../language/text.ts'
import { type OutputPlace, openOutputPlace } from '../tabular/output-place.ts'
import type { Reject } from './tally.ts'

const FLUSH_FROM = 64 * 1024

/** The refused rows as a CSV: table, id, code, detail. It holds no value of a row; its owner alone may read it. */
export class RejectsList {
  rows = 0
  readonly path: string
  readonly #place: OutputPlace
  #waiting = 'table;id;code;detail\n'

  private constructor(path: string, place: OutputPlace) {
    this.path = path
    this.#place = place
  }

  /** @throws CampError FILE_EXISTS unless `overwrite` is given; FILE_UNWRITABLE */
  static async create(path: string, overwrite: boolean): Promise<RejectsList> {
    const place = await openOutputPlace(path, { overwrite, option: '--rejects' }).catch(error => {
      throw failed(path, error)
    })
    return new RejectsList(path, place)
  }

  add({ table, id, code, detail }: Reject): void {
    this.rows++
    this.#waiting += `${[table, id, code, detail].map(quoted).join(';')}\n`
  }

  /** Writes what has come together, if it is much. */
  async flush(least = FLUSH_FROM): Promise<void> {
    if (this.#waiting.length < least) return
    const text = this.#waiting
    this.#waiting = ''
    await this.#place.handle.appendFile(text).catch(error => {
      throw failed(this.path, error)
    })
  }

  /** Writes the rest, and gives the file its name. */
  async publish(): Promise<void> {
    await this.flush(0)
    await this.#place.handle.close()
    await this.#place.publish()
  }

  /** Removes the draft; after `publish` it does nothing. */
  async discard(): Promise<void> {
    await this.#place.handle.close().catch(() => undefined) // it is discarded, or was closed before
    await this.#place.discard()
  }
}

function quoted(cell: string): string {
  return /[;"\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}

function failed(path: string, error: unknown): CampError {
  if (error instanceof CampError) return error
  return writeFailed(t`the rejects cannot be written to ${path}`, error, {
    hint: t`Choose another path with --rejects.`,
  })
}
