import type { Ramp } from '../../campaign-settings/throttling.ts'
import type { Sql, Tx } from '../../database/pool.ts'
import { lockSlot } from './slots.ts'

/**
 * A ramp warms a number up: brokers and WhatsApp judge a new number by how many people it contacts in a day, and by bursts. So a
 * day has an allowance, and its messages are spread over the contact hours. A day is a calendar day in the installation's time
 * zone. Sent messages are not counted separately: they are read from the batches (one message each) that the broker accepted or
 * may have accepted, or that are SENDING. So the count stays correct after a refusal, a person's decision, a pause or a crash.
 */
export interface RampDay {
  /** Messages that may still start today. */
  left: number
  /** Milliseconds from one message's start to the next one's. */
  gapMs: number
  /** Midnight. */
  endsAt: Date
}

/** @param daysBefore earlier days on which something was sent @returns messages that may be sent on that day */
export function rampQuota({ perDay, times, plus, max }: Ramp, daysBefore: number): number {
  // In floating point 100 × 1.15 is 114.99999999999999.
  return Math.max(1, Math.min(max, Math.floor(perDay * times ** daysBefore + plus * daysBefore + 1e-6)))
}

/** @param hours the campaign's contact hours, in minutes: a day's messages are spread over them */
export function rampGapMs({ gapMs }: Ramp, quota: number, hours: { from: number; to: number }): number {
  return gapMs ?? ((hours.to - hours.from) * 60_000) / quota
}

/**
 * What a campaign's ramp allows today. Locks the campaign's lane until the transaction ends, so that of two claims the second
 * counts the first one's message.
 * @param now the claim's time: its messages are counted at this time
 */
export async function rampToday(
  tx: Tx,
  ramp: Ramp,
  campaign: { id: string; hours: { from: number; to: number } },
  now: Date,
  timezone: string,
): Promise<RampDay> {
  await lockSlot(tx, campaign.id, now)
  const { endsAt, taken, daysBefore } = await rampCount(tx, campaign.id, now, timezone)
  const quota = rampQuota(ramp, daysBefore)
  return { left: Math.max(0, quota - taken), gapMs: rampGapMs(ramp, quota, campaign.hours), endsAt }
}

export interface RampCount {
  /** Midnight. */
  endsAt: Date
  /** Messages counted today. */
  taken: number
  /** Days before today on which something was sent. */
  daysBefore: number
}

/** The days are found one by one, each with one step in the index: there are few, however many messages they hold. */
export async function rampCount(sql: Sql, campaignId: string, now: Date, timezone: string): Promise<RampCount> {
  const { rows } = await sql.query<RampCount>(
    `WITH RECURSIVE today AS (
       SELECT date_trunc('day', $2::timestamptz AT TIME ZONE $3) AT TIME ZONE $3 AS begins_at,
              (date_trunc('day', $2::timestamptz AT TIME ZONE $3) + interval '1 day') AT TIME ZONE $3 AS ends_at
     ), earlier(begins_at) AS (
       SELECT begins_at FROM today
       UNION ALL
       SELECT date_trunc('day', before.claimed_at AT TIME ZONE $3) AT TIME ZONE $3
       FROM earlier e CROSS JOIN LATERAL (
         SELECT b.claimed_at FROM "Batch" b
         WHERE b.campaign_id = $1 AND b.claimed_at < e.begins_at
           AND b.kind = 'SEND' AND (b.status IN ('SENDING', 'IN_DOUBT') OR b.accepted > 0)
         ORDER BY b.claimed_at DESC LIMIT 1
       ) before
     )
     SELECT t.ends_at AS "endsAt", (SELECT count(*)::int - 1 FROM earlier) AS "daysBefore",
            (SELECT count(*)::int FROM "Batch" b
             WHERE b.campaign_id = $1 AND b.claimed_at >= t.begins_at AND b.claimed_at < t.ends_at
               AND b.kind = 'SEND' AND (b.status IN ('SENDING', 'IN_DOUBT') OR b.accepted > 0)) AS taken
     FROM today t`,
    [campaignId, now, timezone],
  )
  return rows[0]!
}
