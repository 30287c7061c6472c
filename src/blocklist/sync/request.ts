import type pg from 'pg'
import type { Clock } from '../../clock.ts'
import type { Delimiter } from '../../tabular/delimiter.ts'
import type { Encoding } from '../../tabular/encoding.ts'
import type { SyncFigures } from '../sync-log.ts'
import type { OnlyKind } from './types.ts'

export interface SyncDeps {
  pool: pg.Pool
  clock: Clock
  /** Where camp keeps its files: a list that can be read only once lies there while it is read. */
  home: string
  signal: AbortSignal
  stdin: AsyncIterable<Buffer | string>
  /** For a server's answers; from one piece of a download to the next. */
  timeoutMs: number
  /** Called now and then with the rows that were read so far. */
  onProgress?: (rows: number) => void
}

export interface SyncRequest {
  /** A path, an http(s) URL, or "-". */
  from: string
  /** Whose list it is: its entries are those of this name, and no others are touched. */
  source: string
  /** What its entries bind; null: every campaign. */
  purpose: string | null
  /** The list is all that the source names: what it does not name goes. */
  replace: boolean
  /** Even where more than half of the source's entries go. */
  allowShrink: boolean
  /** The whole list, whatever the server knows of what camp has. */
  refetch: boolean
  /** What the list holds, where a row does not say it; null: either. */
  only: OnlyKind | null
  /** phone, document, value or reason → header. */
  map: Readonly<Record<string, string>>
  /** null: detected. */
  encoding: Encoding | null
  delimiter: Delimiter | null
  /** A workbook's; null: the one on which Excel opens, or the first that has rows. */
  sheet: string | null
  /** Of what is read, and of what it unpacks to. */
  mostBytes: number
  /** Where the rows go that could not be read. */
  rejects: string | null
  /** A file that stands at `rejects` is replaced. */
  overwrite?: boolean | undefined
  userId: string
}

export interface RefusedRow {
  line: number
  code: string
  detail: string
}

export interface SyncResult {
  /** NOT_MODIFIED: the server has nothing new, and nothing was changed. */
  status: 'APPLIED' | 'NOT_MODIFIED'
  source: string
  /** As it is shown. */
  from: string
  purpose: string | null
  replace: boolean
  /** Of NOT_MODIFIED: those of the sync that brought what is there. */
  figures: SyncFigures
  /** The first of them. */
  refusals: RefusedRow[]
  rejects: { file: string; rows: number } | null
  /** A workbook's sheets that Excel shows, that have rows, and of which nothing was read; none where one was named. */
  otherSheets: readonly string[]
  /** What is wrong with the list as a whole, and did not keep it from being read: sentences. */
  notes: readonly string[]
}
