import { beforeAll, describe, expect, test } from 'vitest'
import { openPool } from '../../../src/database/pool.ts'
import { applyEvents } from '../../../src/webhook/apply-events.ts'
import { inboxFigures, openInbox } from '../../../src/webhook/inbox.ts'
import { dropUnknown } from '../../../src/webhook/waiting.ts'
import { useDatabase } from '../../support/database.ts'
import { callback, type SentCampaign, sentCampaign } from './scene.ts'

const db = useDatabase()
const NOW = new Date()
const FLOOD = 200_000

/** Callbacks of unknown messages. @param next their next look, as SQL; NULL: they are new */
async function flood({ brokerId }: SentCampaign, n: number, next: string): Promise<void> {
  await db.pool.query(
    `INSERT INTO "WebhookEvent" (broker_id, event, provider_msg_id, payload, occurred_at, received_at, tries, unknown, next_try_at)
     SELECT $1, 'DELIVERED', 'strange-' || n, '{"id": "strange"}', $2, $2, 5, ${next} IS NOT NULL, ${next}
     FROM generate_series(1, $3::int) n`,
    [brokerId, NOW, n],
  )
}

const store = (campaign: SentCampaign, lead = 0) =>
  openInbox(db.pool, { now: () => NOW }).store(campaign.brokerId, [
    callback('DELIVERED', campaign.leads[lead]!.id),
    callback('OPT_OUT', campaign.leads[lead]!.id),
  ])

async function isBlocked({ leads }: SentCampaign, lead = 0): Promise<boolean> {
  const { rowCount } = await db.pool.query(`SELECT 1 FROM "Blocklist" WHERE phone = $1`, [leads[lead]!.phone])
  return rowCount === 1
}

/** A round, and how many rows of the inbox PostgreSQL read for it. */
async function counted(now: Date) {
  const one = openPool(db.url, { max: 1 })
  const reads = async () => {
    // What this connection has read so far is told with its next transaction's end.
    await one.query(`SELECT pg_stat_force_next_flush()`)
    const { rows } = await one.query<{ n: string }>(
      `SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) AS n FROM pg_stat_user_tables WHERE relname = 'WebhookEvent'`,
    )
    return Number(rows[0]!.n)
  }
  const before = await reads()
  const round = await applyEvents(one, { limit: 5_000, now })
  const read = (await reads()) - before
  await one.end()
  return { round, read }
}

describe('with 200,000 callbacks of unknown messages in the inbox', () => {
  let campaign: SentCampaign

  beforeAll(async () => {
    campaign = await sentCampaign(db.pool)
    await flood(campaign, FLOOD, `$2::timestamptz + interval '10 minutes'`)
  })

  test('a known one is applied in the first round, which looks at no other, and reads no more rows', async () => {
    await store(campaign)
    const { round, read } = await counted(NOW)
    expect(round).toEqual({ applied: 2, waiting: 0, unknown: 0, seen: 2, more: false })
    expect(read).toBeLessThan(20)
    expect(await isBlocked(campaign)).toBe(true)
  })

  test('all of them due: a round looks at so many of them, and at the known one first', async () => {
    await store(campaign, 1)
    const { round, read } = await counted(new Date(NOW.getTime() + 3_600_000))
    expect(round).toEqual({ applied: 2, waiting: 0, unknown: 500, seen: 502, more: false })
    // To take each, and to put it off.
    expect(read).toBeLessThan(3 * 502)
    expect(await isBlocked(campaign, 1)).toBe(true)
  })

  test('the oldest beyond a bound are deleted, and counted', async () => {
    const counts = await dropUnknown(db.pool)
    counts.push(...(await dropUnknown(db.pool)))
    expect(counts.map(({ dropped }) => dropped)).toEqual([50_000, 50_000])
    expect(await dropUnknown(db.pool)).toEqual([])
    expect(await inboxFigures(db.pool, campaign.brokerId)).toEqual({
      applied: 4,
      waiting: 100_000,
      unknown: 0,
      dropped: 100_000,
    })
    const { rows } = await db.pool.query(
      `SELECT min(provider_msg_id) FILTER (WHERE provider_msg_id = 'strange-100000') AS gone,
              min(provider_msg_id) FILTER (WHERE provider_msg_id = 'strange-100001') AS kept
       FROM "WebhookEvent" WHERE applied_at IS NULL`,
    )
    expect(rows).toEqual([{ gone: null, kept: 'strange-100001' }])
  })
})

test('a broker that tells more than a round may hold takes nothing from another one', async () => {
  const [loud, quiet] = [await sentCampaign(db.pool), await sentCampaign(db.pool)]
  await flood(loud, 1_000, 'NULL::timestamptz')
  await store(quiet)
  expect(await applyEvents(db.pool, { limit: 100, now: NOW })).toMatchObject({ applied: 2, seen: 102, more: true })
})

test('an opt-out comes before all else that its broker has told', async () => {
  const campaign = await sentCampaign(db.pool)
  await flood(campaign, 1_000, 'NULL::timestamptz')
  await store(campaign)
  await applyEvents(db.pool, { limit: 100, now: NOW })
  expect(await isBlocked(campaign)).toBe(true)
})
