import type pg from 'pg'
import { runCampaign } from '../../src/campaign/actions/start.ts'
import { approveCampaign } from '../../src/campaign/approval/approve.ts'
import { APPROVAL, byHand, claimed, outcomeOf } from './by-hand.ts'
import type { TestDatabase } from './database.ts'
import { makeCampaign, makeScene, type Scene, setBudget, setSelfApproval } from './fixtures.ts'

export interface Told {
  scene: Scene
  campaignId: string
  /** The ids of its two batches: six leads each, seq 2 to 24. */
  batches: [string, string]
}

/**
 * A campaign that was approved and sent at 0.0450: of the first batch four were accepted (seq 2 to 8), one was refused (10) and one is
 * in doubt (12); of the second all were accepted (14 to 24). Its wallet has budgets for November and December.
 */
export async function sendCampaign(db: TestDatabase): Promise<Told> {
  const hand = byHand(db, new Date('2026-11-24T15:00:00Z'))
  const scene = await makeScene(db.pool, { maxBatch: 6, budget: '10.00', month: { year: 2026, month: 11 } })
  await setBudget(db.pool, scene.walletId, '10.00', { year: 2026, month: 12 })
  const campaignId = await makeCampaign(db.pool, scene, {
    leads: 12,
    status: 'PENDING_APPROVAL',
    columns: { unit_cost: null },
  })
  await setSelfApproval(db.pool, 'allow')
  await approveCampaign(hand.deps, campaignId, scene.userId, APPROVAL)
  await runCampaign(hand.deps, campaignId, scene.userId)
  const batches = await hand.queued(campaignId)
  const kinds = [
    ['ACCEPTED', 'ACCEPTED', 'ACCEPTED', 'ACCEPTED', 'REJECTED', 'IN_DOUBT'],
    ['ACCEPTED', 'ACCEPTED', 'ACCEPTED', 'ACCEPTED', 'ACCEPTED', 'ACCEPTED'],
  ] as const
  for (const [i, id] of batches.entries())
    await hand.settle(claimed(await hand.claim(id)), { outcomes: kinds[i]!.map(outcomeOf) })
  return { scene, campaignId, batches: batches as [string, string] }
}

/** Changes rows as a superuser can, triggers off. Each statement is one of plain SQL. */
export async function asSuperuser(sql: pg.ClientBase, statements: readonly string[]): Promise<void> {
  await sql.query('SET LOCAL session_replication_role = replica')
  for (const statement of statements) await sql.query(statement)
  await sql.query('SET LOCAL session_replication_role = origin')
}

/** Empties tables and what refers to them, records that are append-only too. @param names with their quotes, and commas between */
export async function emptied(pool: pg.Pool, names: string): Promise<void> {
  await pool.query(`BEGIN; SET LOCAL session_replication_role = replica; TRUNCATE ${names} CASCADE; COMMIT`)
}
