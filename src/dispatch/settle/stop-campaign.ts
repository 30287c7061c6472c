import type { CodeStop } from '../../broker/classify-code.ts'
import type { Tx } from '../../database/pool.ts'
import { lastStarts } from '../../lifecycle/last-start.ts'
import { failCampaign, pauseForReview } from '../../lifecycle/transition.ts'
import type { ClaimedBatch } from '../model/claimed-batch.ts'

const ENDS = { PAUSE: pauseForReview, FAIL: failCampaign } as const

/**
 * Ends a running campaign's sending because of a code, until a person resumes it. A batch that was claimed before the campaign's
 * last start ends nothing: a person may have removed the cause since, and what is sent now will tell.
 */
export async function stopCampaign(tx: Tx, batch: ClaimedBatch, { ends, reason }: CodeStop, now: Date): Promise<void> {
  if (await isOfEarlierStart(tx, batch)) return
  await ENDS[ends](tx, batch.campaign.id, reason, now)
}

/** By the token of the start while that has one, which is exact; else by the times of the claim and the start. */
async function isOfEarlierStart(tx: Tx, { campaign, firstOf, claimedAt }: ClaimedBatch): Promise<boolean> {
  const { rows } = await tx.query<{ unanswered_start: string | null }>(
    `SELECT unanswered_start FROM "Campaign" WHERE id = $1`,
    [campaign.id],
  )
  const start = rows[0]!.unanswered_start
  if (start !== null) return firstOf !== start
  // The first batch of a start that was answered meanwhile, by this batch or another, may have been claimed in its millisecond.
  if (firstOf !== null) return false
  const since = (await lastStarts(tx, [campaign.id])).get(campaign.id)
  return since !== undefined && claimedAt < since
}
