import type pg from 'pg'
import type { Adapter } from '../broker/port.ts'
import type { Hours, ThrottleColumns } from '../campaign/settings.ts'
import type { Clock } from '../clock.ts'
import type { PrismaClient } from '../database/prisma.ts'
import type { Columns } from './columns.ts'
import type { Delimiter } from './delimiter.ts'
import type { Encoding } from './encoding.ts'
import type { Random } from './ids.ts'
import type { Inspection } from './inspect.ts'
import type { Warnings } from './vet.ts'

export interface ImportDeps {
  pool: pg.Pool
  prisma: Pick<PrismaClient, 'fish'>
  clock: Clock
  random?: Random
  signal: AbortSignal
  onProgress?: (progress: { rows: number; bytes: number; totalBytes: number }) => void
}

export interface ImportRequest {
  /** A path. */
  file: string
  /** What to call the file where its path is none that a person knows: standard input's. */
  fileName?: string
  /** The file's name without its ending where null. */
  name: string | null
  userId: string
  wallet: { id: string }
  /** `cost` is a decimal string. */
  broker: { id: string; cost: string; maxBatch: number | null }
  adapter: Pick<
    Adapter,
    'name' | 'content' | 'messagesPerRequest' | 'usualBatch' | 'oneTextPerRequest' | 'documentRequired'
  >
  message: string | null
  template: { id: string; code: string; content: string } | null
  /** Template variable → column. */
  vars: Readonly<Record<string, string>>
  /** Field → header. */
  map: Readonly<Record<string, string>>
  throttle: ThrottleColumns
  hours: Hours
  /** Bit 0 Monday … bit 6 Sunday. */
  days: number
  allowHolidays: boolean
  noCap: boolean
  scheduledAt: Date | null
  /** Minutes. */
  startBefore: number
  batchSize: number | null
  /** 0: however old. */
  staleDays: number
  /** null: detected. */
  encoding: Encoding | null
  delimiter: Delimiter | null
  /** A workbook's; null: the first that has rows. */
  sheet: string | null
  fish: boolean
  /** Also a file that was imported before. */
  again: boolean
  dryRun: boolean
  /** Where the refused rows go; a dry run writes none. */
  rejects: string | null
  timezone: string
}

export interface ImportResult {
  /** null after a dry run, like the handle. */
  id: string | null
  agendamentoId: string | null
  name: string
  source: Inspection
  columns: Columns
  /** The text as it is stored. */
  message: string | null
  rows: number
  fish: number
  pending: number
  errors: Readonly<Record<string, number>>
  warnings: Warnings
  /** Decimal strings; the ceiling is every lead that will be sent. */
  cost: { unit: string; ceiling: string }
  batches: { size: number; count: number }
  rejects: { file: string; rows: number } | null
  /** The handle of a campaign of the same file. */
  importedBefore: string | null
  createdAt: Date
}
