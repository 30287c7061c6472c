import { locking } from '../../database/lock-order.ts'
import type { Tx } from '../../database/pool.ts'
import { type SlotAnswer, takeSlots } from '../pacing/slots.ts'

/**
 * Plans the closings of single requests (Closing.perReference): one batch for each request.
 * @param batches those accepted since the last closing
 */
export async function planPerRequest(tx: Tx, campaignId: string, batches: readonly string[]): Promise<void> {
  await locking(tx, 'Campaign').query(`SELECT 1 FROM "Campaign" WHERE id = $1 FOR NO KEY UPDATE`, [campaignId])
  await tx.query(
    `INSERT INTO "Batch" (id, campaign_id, kind, number, from_seq, to_seq, size, zone, parent_id)
     SELECT gen_random_uuid(), $1, 'CLOSING',
            (SELECT max(number) FROM "Batch" WHERE campaign_id = $1) + row_number() OVER (ORDER BY number), 0, -1, 0, '', id
     FROM "Batch" WHERE id = ANY($2::uuid[])`,
    [campaignId, batches],
  )
}

/** Takes the credential's next free slot, as a request would. */
export function reserveTurn(
  tx: Tx,
  { credential_id, rate_limit }: { credential_id: string | null; rate_limit: string | null },
  now: Date,
): Promise<SlotAnswer> {
  const lanes =
    credential_id === null || rate_limit === null ? [] : [{ id: credential_id, takesMs: 1000 / Number(rate_limit) }]
  return takeSlots(tx, lanes, now)
}
