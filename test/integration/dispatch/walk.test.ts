import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import { approvalHash } from '../../../src/campaign/approval/approval-hash.ts'
import { readCampaign } from '../../../src/campaign/campaign-header.ts'
import { progressOf } from '../../../src/campaign/read/progress.ts'
import { BATCH_TRANSITIONS } from '../../../src/lifecycle/batch-status.ts'
import { TRANSITIONS } from '../../../src/lifecycle/campaign-status.ts'
import { LEAD_TRANSITIONS } from '../../../src/lifecycle/lead-status.ts'
import { zoneOf } from '../../../src/recipient/regions.ts'
import { useDatabase } from '../../support/database.ts'
import {
  beginWalk,
  claimOne,
  expire,
  hear,
  settleOne,
  take,
  topUp,
  WALK_BATCH,
  type Walk,
  walks,
} from '../../support/walk.ts'

const db = useDatabase()

const TABLES = ['Campaign', 'Batch', 'CampaignLead'] as const

/** Every change of a status of a campaign, a batch or a lead, by any statement. */
beforeAll(async () => {
  await db.pool.query(`
    CREATE TABLE "StateChange" (n serial, kind text, id uuid, before text, after text);
    CREATE FUNCTION note_state() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN INSERT INTO "StateChange" (kind, id, before, after) VALUES (TG_TABLE_NAME, NEW.id, OLD.status, NEW.status); RETURN NULL; END'`)
  for (const table of TABLES) {
    await db.pool.query(`
      CREATE TRIGGER state_changed AFTER UPDATE OF status ON "${table}" FOR EACH ROW
        WHEN (NEW.status IS DISTINCT FROM OLD.status) EXECUTE FUNCTION note_state()`)
  }
})

it('after any history of a campaign: its statuses follow the tables, its batches never meet, and all leads come to an end', async () => {
  await fc.assert(
    fc.asyncProperty(walks(1), async steps => {
      const walk = await beginWalk(db, { 11: '1.50', 12: '1.50' })
      let seen = await checkStates(walk, 0)
      for (const step of steps) {
        const claims = walk.inFlight.length
        await take(walk, step)
        seen = await checkStates(walk, seen)
        await checkBatches(walk)
        for (const batch of walk.inFlight.slice(claims)) checkClaim(batch.leads)
      }
      await bringToAnEnd(walk)
      await checkStates(walk, seen)
    }),
    { numRuns: 25 },
  )
})

const legal = {
  Campaign: changesOf(TRANSITIONS),
  Batch: changesOf(BATCH_TRANSITIONS),
  CampaignLead: changesOf(LEAD_TRANSITIONS),
}

function changesOf(table: Readonly<Record<string, { from: readonly string[]; to: string }>>): ReadonlySet<string> {
  return new Set(Object.values(table).flatMap(({ from, to }) => from.map(before => `${before} → ${to}`)))
}

/** @param seen how many changes were looked at before @returns how many there are */
async function checkStates({ id }: Walk, seen: number): Promise<number> {
  const { rows } = await db.pool.query<{ kind: (typeof TABLES)[number]; before: string; after: string }>(
    `SELECT kind, before, after FROM "StateChange"
     WHERE id = $1 OR id IN (SELECT id FROM "Batch" WHERE campaign_id = $1 UNION ALL SELECT id FROM "CampaignLead" WHERE campaign_id = $1)
     ORDER BY n`,
    [id],
  )
  const changes = rows.slice(seen)
  for (const { kind, before, after } of changes) expect(legal[kind], kind).toContain(`${before} → ${after}`)
  const campaign = await readCampaign(db.pool, id)
  // A price is changed by a step of its own: each batch that began to send in this one did so under the approval that holds now.
  if (changes.some(({ kind, after }) => kind === 'Campaign' && after === 'PROCESSING'))
    expect(campaign.approval_hash).toBe(approvalHash(campaign))
  if (campaign.status === 'FINISHED') expect(await openOf(id)).toEqual({ leads: 0, batches: 0 })
  return rows.length
}

async function openOf(id: string): Promise<{ leads: number; batches: number }> {
  const { rows } = await db.pool.query<{ leads: number; batches: number }>(
    `SELECT (SELECT count(*)::int FROM "CampaignLead" WHERE campaign_id = $1 AND status IN ('PENDING', 'SENDING')) AS leads,
            (SELECT count(*)::int FROM "Batch" WHERE campaign_id = $1 AND status IN ('QUEUED', 'SENDING')) AS batches`,
    [id],
  )
  return rows[0]!
}

/** No lead is in two open batches, and none is left where no sweep looks. */
async function checkBatches({ id }: Walk): Promise<void> {
  const { rows: open } = await db.pool.query<{ number: number; from_seq: number; to_seq: number; status: string }>(
    `SELECT number, from_seq, to_seq, status FROM "Batch"
     WHERE campaign_id = $1 AND status IN ('QUEUED', 'SENDING') ORDER BY from_seq, to_seq`,
    [id],
  )
  for (const [i, batch] of open.entries())
    if (i > 0) expect(batch.from_seq, JSON.stringify(open)).toBeGreaterThan(open[i - 1]!.to_seq)
  const { rows: leads } = await db.pool.query<{ seq: number; status: string; batch_number: number | null }>(
    `SELECT seq, status, batch_number FROM "CampaignLead" WHERE campaign_id = $1 AND status IN ('PENDING', 'SENDING')`,
    [id],
  )
  for (const { seq, status, batch_number } of leads) {
    const holder = open.find(batch => batch.from_seq <= seq && seq <= batch.to_seq)
    if (status === 'SENDING') expect(holder).toMatchObject({ number: batch_number, status: 'SENDING' })
  }
  const progress = await progressOf(db.pool, id)
  expect(progress.accepted + progress.refused + progress.inDoubt).toBeLessThanOrEqual(progress.total)
}

/** Never more than a request may hold, of one time zone. */
function checkClaim(leads: readonly { phone: string }[]): void {
  expect(leads.length).toBeLessThanOrEqual(WALK_BATCH)
  expect(new Set(leads.map(lead => zoneOf(lead.phone))).size).toBe(1)
}

/** With money and a broker that takes everything, it ends: nothing was lost on the way. */
async function bringToAnEnd(walk: Walk): Promise<void> {
  const all = { outcomes: Array<'ACCEPTED'>(WALK_BATCH).fill('ACCEPTED'), whole: 'no' as const }
  await topUp(walk, 1_000_000n)
  for (let turn = 0; turn < 100; turn++) {
    for (const batch of walk.inFlight.splice(0)) await settleOne(walk, batch, all)
    const { status } = await readCampaign(db.pool, walk.id)
    if (status === 'CANCELLED' || status === 'FINISHED') break
    await hear(walk)
    await take(walk, { do: 'goOn' })
    if (!(await claimOne(walk, 0))) await expire(walk)
  }
  await expire(walk)
  const campaign = await readCampaign(db.pool, walk.id)
  expect(['FINISHED', 'CANCELLED']).toContain(campaign.status)
  expect(await openOf(walk.id)).toEqual({ leads: 0, batches: 0 })
}
