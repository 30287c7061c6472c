import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Outcome } from '../../../src/broker/port.ts'
import { transaction } from '../../../src/database/pool.ts'
import { claimClosing } from '../../../src/dispatch/closing/claim.ts'
import { finishIfDone } from '../../../src/dispatch/finish/finish.ts'
import { planBatches } from '../../../src/dispatch/plan/plan.ts'
import { settleBatch } from '../../../src/dispatch/settle/settle.ts'
import { completeClosing } from '../../../src/lifecycle/closing-writes.ts'
import { claimBatch } from '../../support/by-hand.ts'
import { useDatabase } from '../../support/database.ts'
import { makeScene } from '../../support/fixtures.ts'
import { salesforceCredential } from '../../support/salesforce.ts'
import { closingDeps, makeContacts } from './closing-scene.ts'

const db = useDatabase()

const OUTCOMES: Record<'taken' | 'refused' | 'doubt', Outcome> = {
  taken: { kind: 'ACCEPTED' },
  refused: { kind: 'REJECTED', code: 'X', detail: 'x' },
  doubt: { kind: 'IN_DOUBT', reason: 'x' },
}
type Fate = keyof typeof OUTCOMES

const LEADS = 7

it('a closing comes after every round of sending that brought a lead in, and after no other', async () => {
  const round = fc.array(fc.option(fc.constantFrom<Fate>('taken', 'refused', 'refused', 'doubt'), { nil: null }), {
    minLength: LEADS,
    maxLength: LEADS,
  })
  await fc.assert(
    fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 4 }), async rounds => {
      const credential = salesforceCredential('http://127.0.0.1:9', { closing_delay_minutes: 0 })
      const scene = await makeScene(db.pool, { adapter: 'SALESFORCE', credential })
      const id = await makeContacts(db, scene, LEADS, { no_cap: true, status: 'PROCESSING' })
      // Each moment is later than the one before.
      let time = Date.now()
      const later = () => {
        time += 1_000
        return new Date(time)
      }
      const deps = await closingDeps(db, { now: later })
      await db.pool.query(`UPDATE "CampaignLead" SET status = 'ERROR' WHERE campaign_id = $1`, [id])
      for (const settledLeads of rounds) {
        const sent = await sendRound(id, settledLeads, deps)
        const owed = sent.some(fate => fate !== 'refused')
        expect(await stateOf(id)).toEqual({ status: owed ? 'PROCESSING' : 'FINISHED', waiting: owed ? 1 : 0 })
        if (owed) await close(id, deps)
        expect(await stateOf(id)).toEqual({ status: 'FINISHED', waiting: 0 })
      }
    }),
    { numRuns: 25 },
  )
})

/** Sends again the leads of the round that no batch has taken yet. @returns what became of them */
async function sendRound(
  id: string,
  settledLeads: readonly (Fate | null)[],
  deps: Awaited<ReturnType<typeof closingDeps>>,
) {
  const sent: Fate[] = []
  await transaction(db.pool, async sql => {
    await sql.query(`UPDATE "Campaign" SET status = 'PROCESSING' WHERE id = $1`, [id])
    await sql.query(
      `UPDATE "CampaignLead" SET status = 'PENDING'
       WHERE campaign_id = $1 AND status IN ('ERROR', 'IN_DOUBT') AND ($2::text[])[seq / 2] IS NOT NULL`,
      [id, settledLeads],
    )
    await planBatches(sql, { campaignId: id, size: 3, oneTextPerRequest: false })
    await finishIfDone(sql, id, deps.now())
  })
  const { rows } = await db.pool.query<{ id: string }>(
    `SELECT id FROM "Batch" WHERE campaign_id = $1 AND kind = 'SEND' AND status = 'QUEUED' ORDER BY number`,
    [id],
  )
  for (const row of rows) {
    const claim = await claimBatch(deps, row.id)
    if (claim.kind !== 'CLAIMED') throw new Error(claim.kind)
    const drawn = claim.batch.leads.map(lead => settledLeads[lead.seq / 2 - 1]!)
    sent.push(...drawn)
    await settleBatch(
      deps,
      claim.batch,
      { correlatesByProviderId: false },
      { outcomes: drawn.map(fate => OUTCOMES[fate]) },
    )
  }
  return sent
}

async function close(id: string, deps: Awaited<ReturnType<typeof closingDeps>>): Promise<void> {
  const { rows } = await db.pool.query<{ id: string }>(
    `SELECT id FROM "Batch" WHERE campaign_id = $1 AND kind = 'CLOSING' AND status = 'QUEUED'`,
    [id],
  )
  const claim = await claimClosing(deps, rows[0]!.id)
  expect(claim.kind).toBe('CLAIMED')
  await transaction(db.pool, async sql => {
    await completeClosing(sql, rows[0]!.id, deps.now(), undefined)
    await finishIfDone(sql, id, deps.now())
  })
}

async function stateOf(id: string): Promise<{ status: string; waiting: number }> {
  const { rows } = await db.pool.query<{ status: string; waiting: number }>(
    `SELECT c.status, count(b.id)::int AS waiting FROM "Campaign" c
     LEFT JOIN "Batch" b ON b.campaign_id = c.id AND b.kind = 'CLOSING' AND b.status = 'QUEUED'
     WHERE c.id = $1 GROUP BY c.id`,
    [id],
  )
  return rows[0]!
}
