import { locking } from '../database/lock-order.ts'
import type { Tx } from '../database/pool.ts'
import type { RefusalCode } from './refusal-codes.ts'

const CANCELLED: RefusalCode = 'CANCELLED'

/**
 * Ends leads of a person whose data is about to be erased, so that they get no message.
 * @returns the number of leads that were still PENDING
 * @transition lead.cancel
 */
export async function cancelErasedLeads(tx: Tx, leadIds: readonly string[]): Promise<number> {
  const { rowCount } = await locking(tx, 'CampaignLead').query(
    `UPDATE "CampaignLead" SET status = 'ERROR', error_code = '${CANCELLED}' WHERE id = ANY($1::uuid[]) AND status = 'PENDING'`,
    [leadIds],
  )
  return rowCount ?? 0
}
