import type pg from 'pg'
import { v7 as uuid } from 'uuid'
import type { CallbackEvent } from '../../../src/broker/port.ts'
import { type CampaignOptions, makeCampaign, makeScene, type Scene } from '../../support/fixtures.ts'

export interface SentCampaign extends Scene {
  id: string
  batchId: string
  /** In dispatch order. */
  leads: { id: string; phone: string }[]
}

/** A campaign whose one batch has been settled: its leads SENT, their cost booked at 0.0450 each. */
export async function sentCampaign(
  pool: pg.Pool,
  options: Partial<CampaignOptions> & { billing?: 'ACCEPTED' | 'DELIVERED' } = {},
): Promise<SentCampaign> {
  const scene = await makeScene(pool)
  await pool.query(`UPDATE "Broker" SET billing = $2 WHERE id = $1`, [scene.brokerId, options.billing ?? 'ACCEPTED'])
  const id = await makeCampaign(pool, scene, { leads: 10, status: 'PROCESSING', ...options })
  const batchId = uuid()
  await pool.query(
    `WITH lead AS (
       UPDATE "CampaignLead" SET status = 'SENT', billed = true, batch_number = 1, sent_at = now()
       WHERE campaign_id = $1 RETURNING seq
     ), cost AS (
       SELECT min(seq) AS from_seq, max(seq) AS to_seq, count(*)::int AS n, count(*) * 0.0450 AS amount FROM lead
     ), budget AS (
       UPDATE "Budget" SET used_budget = used_budget + (SELECT amount FROM cost) WHERE wallet_id = $2 RETURNING id
     ), batch AS (
       INSERT INTO "Batch" (id, campaign_id, number, from_seq, to_seq, size, zone, status, attempt, budget_id, unit_cost,
                            reserved, accepted, claimed_at, settled_at)
       SELECT $3, $1, 1, from_seq, to_seq, n, '', 'DONE', 1, budget.id, 0.0450, amount, n, now(), now() FROM cost, budget
       RETURNING id, budget_id
     )
     INSERT INTO "BudgetEntry" (id, budget_id, kind, amount, messages, batch_id)
     SELECT gen_random_uuid(), batch.budget_id, 'RESERVE', amount, n, batch.id FROM cost, batch`,
    [id, scene.walletId, batchId],
  )
  const { rows: leads } = await pool.query<{ id: string; phone: string }>(
    `SELECT id, phone FROM "CampaignLead" WHERE campaign_id = $1 ORDER BY seq`,
    [id],
  )
  return { ...scene, id, batchId, leads }
}

/** What the worker could not tell of: the leads IN_DOUBT, their batch too. */
export async function leaveInDoubt(pool: pg.Pool, campaign: SentCampaign): Promise<void> {
  await pool.query(`UPDATE "CampaignLead" SET status = 'IN_DOUBT', error_message = 'timeout' WHERE campaign_id = $1`, [
    campaign.id,
  ])
  await pool.query(`UPDATE "Batch" SET status = 'IN_DOUBT', accepted = 0 WHERE id = $1`, [campaign.batchId])
}

export function callback(
  event: CallbackEvent['event'],
  leadId: string,
  rest: Partial<CallbackEvent> = {},
): CallbackEvent {
  return { event, leadId, occurredAt: new Date('2026-11-24T12:00:00Z'), payload: { from: 'the test' }, ...rest }
}
