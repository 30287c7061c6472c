import { type Sql, type Tx, transaction } from '../../database/pool.ts'
import { finishIfDone } from '../../dispatch/finish/finish.ts'
import { enqueueWindow, isPaced, lockQueued, resetEnqueued } from '../../dispatch/plan/enqueue.ts'
import { planCampaign } from '../../dispatch/plan/plan.ts'
import { CampError } from '../../errors.ts'
import { assertNotHeld } from '../../installation/not-held.ts'
import { t } from '../../language/text.ts'
import { isLegal } from '../../lifecycle/campaign-status.ts'
import { makeMove } from '../../lifecycle/make-move.ts'
import { refusedTransition } from '../../lifecycle/refused-transition.ts'
import type { Enqueuer } from '../../queue/queues.ts'
import { approvalHash } from '../approval/approval-hash.ts'
import { type CampaignHeader, lockCampaign, readCampaign } from '../campaign-header.ts'
import type { MoveDeps } from '../deps.ts'

/** Records why a campaign is in its state. */
export async function setReason(tx: Tx, id: string, reason: string, now: Date): Promise<void> {
  await tx.query(`UPDATE "Campaign" SET failure_reason = $2, updated_at = $3 WHERE id = $1`, [id, reason, now])
}

/**
 * APPROVED → PROCESSING: checks that the approval still holds, plans, commits, enqueues. Two concurrent calls start it once.
 * @param userId null: the schedule
 * @throws CampError STATE: not approved, the approval was voided by a change, or the database waits for a person
 */
export async function runCampaign(
  deps: MoveDeps & { queues: Enqueuer },
  id: string,
  userId: string | null,
): Promise<void> {
  const started = await transaction(deps.pool, async tx => {
    const campaign = await lockToBegin(tx, 'run', id)
    await assertNotHeld(tx)
    return (await approvalHolds(tx, campaign, deps.clock.now())) ? begin(deps, tx, 'run', campaign, userId) : undefined
  })
  if (!started) throw await approvalVoid(deps.pool, id)
  await enqueueFirst(deps, started)
}

/** PAUSED or FAILED → PROCESSING. */
export async function resumeCampaign(deps: MoveDeps & { queues: Enqueuer }, id: string, userId: string): Promise<void> {
  const resumed = await transaction(deps.pool, async tx => {
    const campaign = await lockToBegin(tx, 'resume', id)
    await assertNotHeld(tx)
    return (await approvalHolds(tx, campaign, deps.clock.now()))
      ? begin(deps, tx, 'resume', campaign, userId)
      : undefined
  })
  if (!resumed) throw await approvalVoid(deps.pool, id)
  await enqueueFirst(deps, resumed)
}

/**
 * Checks the status before it locks the batches: those of a running campaign must not be locked here, since a claim skips a
 * locked batch and its job would be lost.
 */
async function lockToBegin(tx: Tx, move: 'run' | 'resume', id: string): Promise<CampaignHeader> {
  const before = await readCampaign(tx, id)
  if (!isLegal(move, before.status)) throw refusedTransition(move, before)
  await lockQueued(tx, id)
  const campaign = await lockCampaign(tx, id)
  if (!isLegal(move, campaign.status)) throw refusedTransition(move, campaign)
  return campaign
}

async function begin(
  { clock }: MoveDeps,
  tx: Tx,
  move: 'run' | 'resume',
  campaign: CampaignHeader,
  userId: string | null,
): Promise<CampaignHeader> {
  const now = clock.now()
  await makeMove(tx, move, campaign, { userId, now, reason: null })
  await resetEnqueued(tx, campaign.id)
  await planCampaign(tx, campaign)
  // A campaign without a lead to send is finished before it begins.
  await finishIfDone(tx, campaign.id, now)
  return campaign
}

// Below this the statistics are good enough in any case.
const MANY_LEADS = 5_000

/**
 * Runs after the commit: a job that is lost here is enqueued by the sweeper. A table that an import has just filled has no
 * statistics until autovacuum runs about a minute later, and until then PostgreSQL picks the wrong plan for reading its ranges: a
 * million leads were sent at 3,500 a second for the first minute, and at 22,000 after it. Only the columns that ranges are read
 * by are analyzed: all columns take four times as long.
 */
export async function enqueueFirst(
  { pool, queues, clock }: MoveDeps & { queues: Enqueuer },
  campaign: CampaignHeader,
): Promise<void> {
  if (campaign.lead_count >= MANY_LEADS) await pool.query(`ANALYZE "CampaignLead" (campaign_id, seq, status), "Batch"`)
  const target = { id: campaign.id, brokerId: campaign.broker_id, paced: isPaced(campaign) }
  await enqueueWindow(pool, queues, target, clock.now())
}

/** @returns false if it was voided: the campaign waits for approval again, and that must be committed */
async function approvalHolds(tx: Tx, campaign: CampaignHeader, now: Date): Promise<boolean> {
  if (campaign.approval_hash === approvalHash(campaign)) return true
  const reason = 'the price, the template or another approved setting has changed since the approval'
  await makeMove(tx, 'void', campaign, { userId: null, now, reason })
  return false
}

async function approvalVoid(sql: Sql, id: string): Promise<CampError> {
  const { agendamento_id: handle } = await readCampaign(sql, id)
  return new CampError(
    'APPROVAL_VOID',
    t`${handle} must be approved again: its price, template or settings have changed since the approval`,
    {
      hint: t`An ADMIN approves it: camp campaign approve ${handle}`,
    },
  )
}
