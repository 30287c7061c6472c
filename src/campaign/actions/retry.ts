import { moneyOf } from '../../budget/money.ts'
import { transaction } from '../../database/pool.ts'
import { CampError } from '../../errors.ts'
import { isLegal } from '../../lifecycle/campaign-status.ts'
import { retryAndRecordLeads } from '../../lifecycle/lead-verdicts.ts'
import { makeMove } from '../../lifecycle/make-move.ts'
import { IMPORT_CODES } from '../../lifecycle/refusal-codes.ts'
import { refusedTransition } from '../../lifecycle/refused-transition.ts'
import { lockCampaign } from '../campaign-header.ts'
import type { MoveDeps } from '../deps.ts'

/**
 * Makes the leads that failed PENDING again: those that a broker refused, that a person found not sent, that the frequency cap
 * held back. What the broker accepted and billed is not among them: to send that again is another message, and a new campaign.
 * The campaign then waits for approval, or, where a message costs nothing, to be run.
 * @param codes only leads with these error codes
 * @returns how many
 * @throws CampError STATE: nothing failed in that way, or the campaign is at work; DATA: a code that is never sent again
 */
export async function retryFailed(
  { pool, clock }: MoveDeps,
  campaignId: string,
  userId: string,
  codes: readonly string[] | undefined,
): Promise<number> {
  const never = codes?.find(code => (IMPORT_CODES as readonly string[]).includes(code))
  if (never !== undefined) {
    throw new CampError(
      'ERROR_NOT_RETRYABLE',
      `${never} is a refusal of the row at the import: such a lead is never sent again`,
      {
        hint: 'Correct the rows and import them. To write the refused rows to a file: camp campaign import FILE --rejects',
      },
    )
  }
  return transaction(pool, async tx => {
    const now = clock.now()
    const retried = await retryAndRecordLeads(tx, { campaignId, userId, now, codes })
    const campaign = await lockCampaign(tx, campaignId)
    if (!isLegal('retry', campaign.status)) throw refusedTransition('retry', campaign)
    if (retried === 0) {
      throw new CampError('NOTHING_TO_RETRY', `${campaign.agendamento_id} has no failed leads that can be sent again`, {
        hint: `See: camp campaign report ${campaign.agendamento_id}`,
      })
    }
    const free = moneyOf(campaign.cost_per_message) === 0n
    const reason = `${retried} failed leads will be sent again`
    // A schedule that has passed says nothing about this start: the approval would start it at once, or find it missed.
    await tx.query(`UPDATE "Campaign" SET scheduled_at = NULL WHERE id = $1 AND scheduled_at <= $2`, [campaignId, now])
    await makeMove(tx, free ? 'retryFree' : 'retry', campaign, { userId, now, reason })
    return retried
  })
}
