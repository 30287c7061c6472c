import type { Sql } from '../../database/pool.ts'
import { CampError } from '../../errors.ts'
import { t } from '../../language/text.ts'
import { ACCEPTED_LEAD } from '../../lifecycle/accepted-lead.ts'
import type { CampaignStatus } from '../../lifecycle/campaign-status.ts'
import { IMPORT_CODES } from '../../lifecycle/refusal-codes.ts'
import type { FailureCode } from '../../lifecycle/transition.ts'

/** A campaign's progress in leads; each counts once, even if it was sent several times. */
export interface Progress {
  status: CampaignStatus
  failureReason: string | null
  failureCode: FailureCode | null
  /** Leads to send: all but the rows that the import refused. */
  total: number
  accepted: number
  refused: number
  inDoubt: number
  /** Of the accepted ones, at the last count of the leads; `delivered` includes what was read. */
  delivered: number
  read: number
  waitingUntil: Date | null
}

type Figures = Pick<Progress, 'accepted' | 'refused' | 'inDoubt'>

/** Counts every lead: a second or more for millions. */
export async function progressOf(sql: Sql, campaignId: string): Promise<Progress> {
  return (await countLeads(sql, campaignId)).progress
}

/** Leads that may be counted for each read, on average. */
const LEADS_A_READ = 20_000

/**
 * For a display that reads four times a second. The leads are counted on the first read and again after a number of reads that
 * grows with their number. In between, the increase of the batches' counters since the last count is added. The batches' counters
 * alone are too high: a lead that is sent again is counted in two batches.
 */
export function progressMeter(sql: Sql, campaignId: string): { read(): Promise<Progress> } {
  let counted: Counted | undefined
  let left = 0
  return {
    async read() {
      const read = counted && left > 0 ? await readBatches(sql, campaignId) : undefined
      left--
      if (counted && read && read.header.status === counted.progress.status) {
        return { ...counted.progress, ...read.header, ...sinceThen(counted, read.figures) }
      }
      counted = await countLeads(sql, campaignId)
      left = Math.floor(counted.progress.total / LEADS_A_READ)
      return counted.progress
    },
  }
}

interface Counted {
  progress: Progress
  /** The batches' counters at the same time. */
  batches: Figures
}

function sinceThen({ progress, batches }: Counted, now: Figures): Figures {
  const gained = (what: keyof Figures) => Math.max(0, progress[what] + now[what] - batches[what])
  return { accepted: gained('accepted'), refused: gained('refused'), inDoubt: gained('inDoubt') }
}

type Header = Pick<Progress, 'status' | 'failureReason' | 'failureCode' | 'waitingUntil'>

async function readBatches(sql: Sql, campaignId: string): Promise<{ header: Header; figures: Figures }> {
  const { rows } = await sql.query<Header & Figures>(`${BATCHES_SQL} SELECT h.*, b.* FROM h, b`, [campaignId])
  return split(rows[0], campaignId)
}

/** Leads and batches in one statement, so that they are of the same time. */
async function countLeads(sql: Sql, campaignId: string): Promise<Counted> {
  const { rows } = await sql.query<
    Header &
      Figures & {
        total: number
        leads_accepted: number
        leads_refused: number
        leads_in_doubt: number
        delivered: number
        read: number
      }
  >(
    `${BATCHES_SQL}, l AS (
       SELECT count(*)::int AS total, count(*) FILTER (WHERE ${ACCEPTED_LEAD})::int AS leads_accepted,
              count(*) FILTER (WHERE status = 'ERROR' AND NOT ${ACCEPTED_LEAD})::int AS leads_refused,
              count(*) FILTER (WHERE status = 'IN_DOUBT')::int AS leads_in_doubt,
              count(*) FILTER (WHERE status IN ('DELIVERED', 'READ'))::int AS delivered,
              count(*) FILTER (WHERE status = 'READ')::int AS read
       FROM "CampaignLead" WHERE campaign_id = $1 AND NOT (status = 'ERROR' AND error_code = ANY($2))
     )
     SELECT h.*, b.*, l.* FROM h, b, l`,
    [campaignId, IMPORT_CODES],
  )
  const { header, figures } = split(rows[0], campaignId)
  const { total, leads_accepted, leads_refused, leads_in_doubt, delivered, read } = rows[0]!
  const counted = { total, accepted: leads_accepted, refused: leads_refused, inDoubt: leads_in_doubt, delivered, read }
  return { progress: { ...header, ...counted }, batches: figures }
}

const BATCHES_SQL = `
  WITH h AS (
    SELECT status, failure_reason AS "failureReason", CASE WHEN status = 'FAILED' THEN failure_code END AS "failureCode"
    FROM "Campaign" WHERE id = $1
  ), b AS (
    SELECT coalesce(sum(accepted), 0)::int AS accepted, coalesce(sum(refused), 0)::int AS refused,
           coalesce(sum(size - accepted - refused) FILTER (WHERE status = 'IN_DOUBT'), 0)::int AS "inDoubt",
           CASE WHEN count(*) FILTER (WHERE status = 'SENDING') = 0
                THEN min(not_before) FILTER (WHERE status = 'QUEUED' OR (kind = 'CLOSING' AND status = 'IN_DOUBT'))
           END AS "waitingUntil"
    FROM "Batch" WHERE campaign_id = $1
  )`

function split(row: (Header & Figures) | undefined, campaignId: string): { header: Header; figures: Figures } {
  if (!row)
    throw new CampError('CAMPAIGN_NOT_FOUND', t`no campaign "${campaignId}"`, { hint: t`See: camp campaign list` })
  const { status, failureReason, failureCode, waitingUntil, accepted, refused, inDoubt } = row
  return { header: { status, failureReason, failureCode, waitingUntil }, figures: { accepted, refused, inDoubt } }
}

/** Whether nothing more happens without a person. */
export function isSettled({ status }: Progress): boolean {
  return status !== 'PROCESSING' && status !== 'APPROVED'
}
