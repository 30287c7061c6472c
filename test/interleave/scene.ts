import type pg from 'pg'
import type { CallbackEvent, Outcome } from '../../src/broker/port.ts'
import { runCampaign } from '../../src/campaign/actions/start.ts'
import { pauseCampaign } from '../../src/campaign/actions/stop.ts'
import { approveCampaign } from '../../src/campaign/approval/approve.ts'
import type { ClaimedBatch } from '../../src/dispatch/model/claimed-batch.ts'
import { openInbox } from '../../src/webhook/inbox.ts'
import { APPROVAL, byHand, claimed, outcomeOf } from '../support/by-hand.ts'
import { makeCampaign, makeScene, type Scene, setBudget, setSelfApproval } from '../support/fixtures.ts'

/** A state of the database in which actors meet, and what they need to know of it. */
export interface Setting extends Scene {
  name: SettingName
  at: Date
  brokerName: string
  main: string
  /** A running campaign with one batch, to people of the first's QUEUED batches. */
  other: string
  /** It waits for approval. */
  waiting: string
  /** Of the main campaign. */
  queued: string[]
  queuedOther: string[]
  /** In flight. */
  live: ClaimedBatch[]
  /** In flight, and their leases are over. */
  expired: ClaimedBatch[]
  /** A phone of the first QUEUED batch. */
  phone: string
  limit: string
}

/**
 * running: a campaign with a batch in each state. paused: the same, paused. poor: the same, and the budget pays for one batch
 * more. end: two last batches are in flight, one is in doubt. ended: FINISHED, with leads in doubt, failed and reported.
 */
export const SETTINGS = ['running', 'paused', 'poor', 'end', 'ended'] as const
export type SettingName = (typeof SETTINGS)[number]

const START = new Date('2026-12-01T15:00:00Z')
const MONTH = { year: 2026, month: 12 }
const COST = '0.1000'
const BATCH = 2

/** Makes it in an empty database. */
export async function makeSetting(pool: pg.Pool, name: SettingName): Promise<Setting> {
  const hand = byHand({ pool }, START)
  await setSelfApproval(pool, 'allow')
  const limit = '1.90'
  const scene = await makeScene(pool, { cost: COST, maxBatch: BATCH, budget: limit, month: MONTH })
  await pool.query(`UPDATE "Broker" SET billing = 'DELIVERED' WHERE id = $1`, [scene.brokerId])
  const short = name === 'end' || name === 'ended'
  const main = await begun(pool, hand, scene, { leads: short ? 8 : 14, firstPhone: 900_000_000 })
  const other = await begun(pool, hand, scene, { leads: 2, firstPhone: 900_000_009 })
  const status = 'PENDING_APPROVAL'
  const waiting = await makeCampaign(pool, scene, { leads: 3, firstPhone: 900_000_100, status })
  const batches = await hand.queued(main)
  const claim = async (i: number) => claimed(await hand.claim(batches[i]!))
  const send = async (i: number, ...kinds: Outcome['kind'][]) => settle(hand, await claim(i), kinds)
  await send(0, 'ACCEPTED', 'REJECTED')
  await send(1, 'IN_DOUBT', 'IN_DOUBT')
  const expired: ClaimedBatch[] = []
  const live: ClaimedBatch[] = []
  if (name === 'ended') {
    await send(2, 'ACCEPTED', 'ACCEPTED')
    await send(3, 'ACCEPTED', 'IN_DOUBT')
  } else {
    if (!short) expired.push(await claim(2))
    hand.wait(hand.LEASE_MS + 1)
    live.push(await claim(3))
    if (short) live.push(await claim(2))
  }
  // A failure that is counted makes all settles of the credential wait for one another.
  await pool.query(`UPDATE "SendSlot" SET failures = 0`)
  await report(pool, hand, scene, main)
  if (name === 'paused') await pauseCampaign(hand.deps, main, scene.userId)
  if (name === 'poor') await setBudget(pool, scene.walletId, '0.90', MONTH)
  const { rows } = await pool.query<{ name: string }>(`SELECT name FROM "Broker" WHERE id = $1`, [scene.brokerId])
  return {
    ...{ ...scene, name, at: hand.now(), brokerName: rows[0]!.name, main, other, waiting, live, expired },
    queued: await hand.queued(main),
    queuedOther: await hand.queued(other),
    phone: '5511900000008',
    limit: name === 'poor' ? '0.90' : limit,
  }
}

type Hand = ReturnType<typeof byHand>

async function begun(
  pool: pg.Pool,
  hand: Hand,
  scene: Scene,
  options: { leads: number; firstPhone: number },
): Promise<string> {
  const id = await makeCampaign(pool, scene, { ...options, status: 'PENDING_APPROVAL' })
  await approveCampaign(hand.deps, id, scene.userId, APPROVAL)
  await runCampaign(hand.deps, id, scene.userId)
  await hand.answered(id)
  return id
}

async function settle(hand: Hand, batch: ClaimedBatch, kinds: readonly Outcome['kind'][]): Promise<void> {
  await hand.settle(batch, { outcomes: kinds.map(outcomeOf) })
}

/** Callbacks that are in the inbox: about a sent lead, one in doubt, and two of each batch in flight. */
async function report(pool: pg.Pool, hand: Hand, { brokerId }: Scene, campaignId: string): Promise<void> {
  const { rows } = await pool.query<{ id: string }>(
    `SELECT id FROM "CampaignLead" WHERE campaign_id = $1 ORDER BY seq`,
    [campaignId],
  )
  const told = [
    [0, 'DELIVERED'],
    [2, 'DELIVERED'],
    [4, 'FAILED'],
    [5, 'READ'],
    [6, 'READ'],
    [7, 'FAILED'],
  ] as const
  const events = told.map(([lead, event]): CallbackEvent => {
    return { event, leadId: rows[lead]!.id, occurredAt: hand.now(), payload: {} }
  })
  await openInbox(pool, { now: hand.now }).store(brokerId, events)
}
