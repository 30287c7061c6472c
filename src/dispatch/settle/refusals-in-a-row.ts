import type { Tx } from '../../database/pool.ts'
import { pauseForReview } from '../../lifecycle/transition.ts'

/**
 * After this many refusals in a row, without an accepted message, the campaign is paused before more of the list is lost: the
 * cause may be a wrong template or a faulty broker (docs/design.md#refusals-in-a-row).
 */
const REFUSALS_IN_A_ROW = 50

/** To be called when a batch was settled of which every message was refused. */
export async function pauseIfAllAreRefused(tx: Tx, campaignId: string, at: Date): Promise<void> {
  const { rows } = await tx.query<{ refused: number }>(
    `SELECT coalesce(sum(refused), 0)::int AS refused FROM (
       SELECT refused, sum(accepted) OVER (ORDER BY settled_at DESC, number DESC) AS accepted_since
       FROM (SELECT * FROM "Batch" WHERE campaign_id = $1 AND settled_at IS NOT NULL ORDER BY settled_at DESC, number DESC LIMIT $2) b
     ) streak WHERE accepted_since = 0`,
    [campaignId, REFUSALS_IN_A_ROW],
  )
  const refused = rows[0]!.refused
  if (refused < REFUSALS_IN_A_ROW) return
  await pauseForReview(
    tx,
    campaignId,
    `the last ${refused} messages were all refused: see camp campaign leads --status ERROR`,
    at,
  )
}
