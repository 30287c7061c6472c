import { moneyOf } from '../../budget/money.ts'
import { type Tx, transaction } from '../../database/pool.ts'
import { CampError } from '../../errors.ts'
import { t } from '../../language/text.ts'
import { isLegal } from '../../lifecycle/campaign-status.ts'
import { retryAndRecordLeads } from '../../lifecycle/lead-verdicts.ts'
import { makeMove } from '../../lifecycle/make-move.ts'
import { IMPORT_CODES } from '../../lifecycle/refusal-codes.ts'
import { refusedTransition } from '../../lifecycle/refused-transition.ts'
import { dateTimeText } from '../../time/date-time-text.ts'
import { lockCampaign } from '../campaign-header.ts'
import type { MoveDeps } from '../deps.ts'
import { notDueLeads } from './not-due.ts'

/**
 * Makes failed leads PENDING again: leads that a broker refused, that a person found not sent, or that the frequency cap held
 * back. Leads that the broker accepted and billed are excluded: sending those again is another message and needs a new campaign.
 * The campaign then waits for approval, or to be run if a message costs nothing. Leads whose code says that they are to be sent
 * later stay as they are until then (`notDueLeads`).
 * @param timezone the installation's, for the time in an error
 * @param codes only leads with these error codes
 * @returns the number of leads
 * @throws CampError STATE: no lead failed in that way, or the campaign's status does not allow it; DATA: a code that is never
 *   sent again
 */
export async function retryFailed(
  { pool, clock, timezone = 'UTC' }: MoveDeps & { timezone?: string },
  campaignId: string,
  userId: string,
  codes: readonly string[] | undefined,
): Promise<number> {
  const never = codes?.find(code => (IMPORT_CODES as readonly string[]).includes(code))
  if (never !== undefined) {
    throw new CampError(
      'ERROR_NOT_RETRYABLE',
      t`${never} is a refusal of the row at the import: such a lead is never sent again`,
      {
        hint: t`Correct the rows and import them. To write the refused rows to a file: camp campaign import FILE
          --rejects`,
      },
    )
  }
  return transaction(pool, async tx => {
    const now = clock.now()
    const { seqs: except, dueAt } = await notDueLeads(tx, campaignId, now)
    const retried = await retryAndRecordLeads(tx, { campaignId, userId, now, codes, except })
    const campaign = await lockCampaign(tx, campaignId)
    if (!isLegal('retry', campaign.status)) throw refusedTransition('retry', campaign)
    if (retried === 0 && dueAt)
      throw notYet(campaign.agendamento_id, except.length, dateTimeText(dueAt, { now, timezone }))
    if (retried === 0) throw await nothingToRetry(tx, campaign, codes)
    const free = moneyOf(campaign.cost_per_message) === 0n
    const reason = `${retried} failed leads will be sent again`
    // A past schedule does not apply to this start: with it, the approval would start the campaign at once or report the start as
    // missed.
    await tx.query(`UPDATE "Campaign" SET scheduled_at = NULL WHERE id = $1 AND scheduled_at <= $2`, [campaignId, now])
    await makeMove(tx, free ? 'retryFree' : 'retry', campaign, { userId, now, reason })
    return retried
  })
}

function notYet(handle: string, leads: number, dueAt: string): CampError {
  return new CampError('NOTHING_TO_RETRY', t`no failed lead of ${handle} is due: ${leads} may be sent again later`, {
    hint: t`The first is due at ${dueAt}; camp broker show BROKER --codes lists the times.`,
  })
}

/** With codes, the message says which codes the campaign's failed leads have: a misspelt code is seen at once. */
async function nothingToRetry(
  tx: Tx,
  { id, agendamento_id: handle }: { id: string; agendamento_id: string },
  codes: readonly string[] | undefined,
): Promise<CampError> {
  const report = t`See: camp campaign report ${handle}`
  if (codes === undefined)
    return new CampError('NOTHING_TO_RETRY', t`${handle} has no failed leads that can be sent again`, { hint: report })
  const { rows } = await tx.query<{ code: string; leads: number }>(
    `SELECT coalesce(error_code, 'UNKNOWN') AS code, count(*)::int AS leads
     FROM "CampaignLead" WHERE campaign_id = $1 AND status = 'ERROR' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 10`,
    [id],
  )
  const found = rows.map(({ code, leads }) => `${code} ${leads}`).join(', ')
  return new CampError(
    'NOTHING_TO_RETRY',
    codes.length === 1
      ? t`${handle} has no failed leads that can be sent again with code ${codes[0]!}`
      : t`${handle} has no failed leads that can be sent again with codes ${codes.join(', ')}`,
    {
      hint: [found === '' ? t`It has no failed leads.` : t`Its failed leads: ${found}.`, report],
    },
  )
}
