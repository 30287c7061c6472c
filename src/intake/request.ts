import type pg from 'pg'
import type { Adapter, Objection, PlannedSending } from '../broker/port.ts'
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
  /** Called at the end of the import's transaction; an error rolls the import back. */
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
  /** The file's name for display; given for standard input, whose path is a temporary file. */
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
  /** Whether the broker bills each SMS of a message; null: unknown until the wallet has a credential at the broker. */
  billsSegments: boolean | null
  /** What the adapter has against it with the wallet's credential; null: nothing, or there is no credential that opens. */
  objection: ((campaign: PlannedSending) => Objection | undefined) | null
  /** Allows a file that was imported before. */
  again: boolean
  dryRun: boolean
  /** File for refused rows; a dry run does not write it. */
  rejects: string | null
  /** Replace an existing `rejects` file. */
  overwrite?: boolean | undefined
  timezone: string
}

export interface ImportResult {
  /** null after a dry run, like `agendamentoId`. */
  id: string | null
  agendamentoId: string | null
  name: string
  source: Inspection
  headerLine: number
  /** Rows above the header, which are no data: a title, remarks. */
  rowsAbove: number
  columns: Columns
  /** The text as stored. */
  message: string | null
  rows: number
  /** Leads made from the rows: one per row, or several with --all-phones. */
  leads: number
  fish: number
  pending: number
  errors: Readonly<Record<string, number>>
  /** Lines of the first rows refused, by reason. */
  refusedLines: Readonly<Partial<Record<string, readonly number[]>>>
  /** The first leads, each with its text unless it is refused. */
  first: readonly { lead: Lead; text: string | null }[]
  warnings: Warnings
  /** Places of the warnings about single rows. */
  warningPlaces: WarningPlaces
  /** Remarks on the text and on the file as a whole: sentences. */
  notes: readonly string[]
  /** Corrections made to the text: sentences. */
  repairs: readonly string[]
  /** Decimal strings; the ceiling is the cost of all leads to send. */
  cost: { unit: string; ceiling: string }
  budget: BudgetCheck
  /** null if the broker does not bill each SMS, or if that is unknown. */
  segments: Segments | null
  batches: { size: number; count: number }
  /** Leads to send by time zone, for the expected end. */
  loads: readonly Load[]
  rejects: { file: string; rows: number } | null
  /** Leads that the claim would refuse. For a dry run only; for an import src/campaign/read/refusal-forecast.ts reads the database. */
  refusals: Refusals | null
  /** Handle of an earlier campaign of the same file. */
  importedBefore: string | null
  createdAt: Date
}
