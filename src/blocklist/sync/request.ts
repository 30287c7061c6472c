import type pg from 'pg'
import type { Clock } from '../../clock.ts'
import type { Delimiter } from '../../tabular/delimiter.ts'
import type { Encoding } from '../../tabular/encoding.ts'
import type { SyncFigures } from '../sync-log.ts'
import type { PresetName } from './preset.ts'
import type { OnlyKind } from './types.ts'

export interface SyncDeps {
  pool: pg.Pool
  clock: Clock
  /** CAMP_HOME: holds a copy of a list that can be read only once. */
  home: string
  signal: AbortSignal
  stdin: AsyncIterable<Buffer | string>
  /** Timeout of a response, and between two chunks of a download. */
  timeoutMs: number
  /** Called at intervals with the number of rows read. */
  onProgress?: (rows: number) => void
}

export interface SyncRequest {
  /** A path, an http(s) URL, or "-". */
  from: string
  /** The list's name: only entries of this source are touched. */
  source: string
  /** The purpose of its entries; null: they bind every campaign. */
  purpose: string | null
  /** The rules of a known list; null: as at the source's last sync. */
  preset: PresetName | 'none' | null
  /** The list is complete: entries that it does not name are removed. */
  replace: boolean
  /** Allow removal of more than half of the entries. */
  allowShrink: boolean
  /** Download without validators. */
  refetch: boolean
  /** What values without a column name are; null: either. */
  only: OnlyKind | null
  /** phone, document, value or reason → header. */
  map: Readonly<Record<string, string>>
  /** null: detected. */
  encoding: Encoding | null
  delimiter: Delimiter | null
  /** Sheet of a workbook; null: the active one, or the first with rows. */
  sheet: string | null
  /** Limit for the file and for its unpacked size. */
  mostBytes: number
  /** File for rejected rows. */
  rejects: string | null
  /** Replace an existing `rejects` file. */
  overwrite?: boolean | undefined
  userId: string
}

/** A request whose preset is known. */
export interface ListRequest extends Omit<SyncRequest, 'preset'> {
  preset: PresetName | null
}

export interface RefusedRow {
  line: number
  code: string
  detail: string
}

export interface SyncResult {
  /** NOT_MODIFIED: the server has nothing new; no change. */
  status: 'APPLIED' | 'NOT_MODIFIED'
  source: string
  /** The location, for display. */
  from: string
  purpose: string | null
  preset: PresetName | null
  replace: boolean
  /** For NOT_MODIFIED those of the last sync that changed entries. */
  figures: SyncFigures
  /** The line of the first row without a date that can be read, of those that the figures count; null: none. */
  firstUndated: number | null
  /** The first rejected rows. */
  refusals: RefusedRow[]
  rejects: { file: string; rows: number } | null
  /** Other visible sheets with rows that were not read; empty if a sheet was given. */
  otherSheets: readonly string[]
  /** Remarks on the list as a whole: sentences. */
  notes: readonly string[]
}
