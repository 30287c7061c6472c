import type pg from 'pg'
import type { Adapter } from '../broker/port.ts'
import type { BudgetCheck } from '../campaign/approval/budget-check.ts'
import type { CampaignSettings } from '../campaign-settings/schema.ts'
import type { Clock } from '../clock.ts'
import type { Random } from '../database/ids.ts'
import type { Tx } from '../database/pool.ts'
import type { PrismaClient } from '../database/prisma.ts'
import type { Refusals } from '../dispatch/claim/expected-refusals.ts'
import type { Load } from '../dispatch/plan/expected-end.ts'
import type { Inspection } from '../tabular/inspect.ts'
import type { Columns } from './columns.ts'
import type { ImportOptions } from './import-options.ts'
import type { Lead } from './lead.ts'
import type { Segments } from './segments.ts'
import type { WarningPlaces, Warnings } from './warnings.ts'

export interface ImportDeps {
  pool: pg.Pool
  prisma: Pick<PrismaClient, 'fish'>
  clock: Clock
  random?: Random
  signal: AbortSignal
  /** Joins the transaction of the import at its end: what it throws undoes all of it. */
  onImported?: (
    tx: Tx,
    campaign: { id: string; agendamentoId: string } & Pick<ImportResult, 'warnings' | 'notes'>,
    source: Inspection,
  ) => Promise<void>
  onProgress?: (progress: { rows: number; bytes: number; totalBytes: number }) => void
}

export interface ImportRequest extends CampaignSettings, ImportOptions {
  /** A path. */
  file: string
  /** What to call the file where its path is none that a person knows: standard input's. */
  fileName?: string
  userId: string
  wallet: { id: string }
  /** `cost` is a decimal string. */
  broker: { id: string; cost: string; maxBatch: number | null; rateLimit: string | null }
  adapter: Pick<
    Adapter,
    'name' | 'content' | 'texts' | 'messagesPerRequest' | 'usualBatch' | 'oneTextPerRequest' | 'documentRequired'
  >
  template: { id: string; code: string; content: string } | null
  /** Whether the broker bills each SMS of a message; null: not known before the wallet has a credential there. */
  billsSegments: boolean | null
  /** Also a file that was imported before. */
  again: boolean
  dryRun: boolean
  /** Where the refused rows go; a dry run writes none. */
  rejects: string | null
  /** A file that stands at `rejects` is replaced. */
  overwrite?: boolean | undefined
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
  /** The rows' leads: as many, or more with --all-phones. */
  leads: number
  fish: number
  pending: number
  errors: Readonly<Record<string, number>>
  /** The lines of the first rows refused for each reason. */
  refusedLines: Readonly<Partial<Record<string, readonly number[]>>>
  /** The first leads, and what each good one's person will be sent. */
  first: readonly { lead: Lead; text: string | null }[]
  warnings: Warnings
  /** Of the warnings about single rows. */
  warningPlaces: WarningPlaces
  /** What is remarkable in the text and the file as a whole: sentences. */
  notes: readonly string[]
  /** What was put right in the text: sentences. */
  repairs: readonly string[]
  /** Decimal strings; the ceiling is every lead that will be sent. */
  cost: { unit: string; ceiling: string }
  budget: BudgetCheck
  /** null where the broker does not bill each SMS, or it is not known. */
  segments: Segments | null
  batches: { size: number; count: number }
  /** What is to be sent, by time zone: the expected end is reckoned from it. */
  loads: readonly Load[]
  rejects: { file: string; rows: number } | null
  /** A dry run's: whom the claim would refuse. Of an import the database tells it (src/campaign/read/refusal-forecast.ts). */
  refusals: Refusals | null
  /** The handle of a campaign of the same file. */
  importedBefore: string | null
  createdAt: Date
}
