import { setTimeout as delay } from 'node:timers/promises'
import { type Monotonic, systemMonotonic } from '../../clock.ts'
import type { Sql } from '../../database/pool.ts'
import { LOOK_GOOD_FOR_MS } from '../send/permit.ts'

/** Timers have whole milliseconds, and the rates of two machines' clocks may differ by some hundred parts in a million. */
const MARGIN_MS = 20

/**
 * Waits until a stop (a pause, a cancel, an addition to the blocklist) that was committed before the call is in force at every
 * worker: from then on no request is written that it forbids. A request is written only within LOOK_GOOD_FOR_MS of a look at the
 * database, so waiting that long is enough, regardless of what the workers do. Returns at once if no campaign can be sending.
 */
export async function untilInForce(sql: Sql, monotonic: Monotonic = systemMonotonic): Promise<void> {
  const committedAt = monotonic()
  if (!(await mayBeSending(sql))) return
  for (;;) {
    const leftMs = committedAt + LOOK_GOOD_FOR_MS + MARGIN_MS - monotonic()
    if (leftMs <= 0) return
    await delay(leftMs)
  }
}

/** Whether a campaign is PROCESSING, or was changed in the last 10 seconds. */
async function mayBeSending(sql: Sql): Promise<boolean> {
  const { rows } = await sql.query<{ sending: boolean }>(
    `SELECT EXISTS (
       SELECT 1 FROM "Campaign" WHERE status = 'PROCESSING' OR updated_at > clock_timestamp() - interval '10 seconds') AS sending`,
  )
  return rows[0]!.sending
}

/** @returns how many of a campaign's messages have been sent, or were to be sent, and have no outcome yet */
export async function answersAwaited(sql: Sql, campaignId: string): Promise<number> {
  const { rows } = await sql.query<{ awaited: number }>(
    `SELECT count(*)::int AS awaited
     FROM "Batch" b JOIN "CampaignLead" l ON l.campaign_id = b.campaign_id AND l.seq BETWEEN b.from_seq AND b.to_seq
     WHERE b.campaign_id = $1 AND b.status = 'SENDING' AND l.batch_number = b.number AND l.status = 'SENDING'`,
    [campaignId],
  )
  return rows[0]!.awaited
}
