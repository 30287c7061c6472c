import type { Tx } from '../../database/pool.ts'
import { lockSlot } from './slots.ts'

/**
 * A broker may limit how many requests of one credential are in flight at once, beside its rate (`Broker.concurrency`). Claims
 * count them under the lock of the credential's slot, of all its campaigns and on all workers. A batch for which there is no room
 * is parked, and the settle of one in flight enqueues it.
 */
export interface Limited {
  credentialId: string
  walletId: string
  brokerId: string
  /** The most requests in flight. */
  most: number
  /** Whether a request carries one message: a batch is then several requests. */
  isSingle: boolean
}

/** How many requests may start. Locks the credential's slot until the transaction ends. @returns 0 or more */
export async function freeRequests(tx: Tx, limited: Limited, now: Date): Promise<number> {
  await lockSlot(tx, limited.credentialId, now)
  const { rows } = await tx.query<{ requests: number }>(
    limited.isSingle
      ? `SELECT count(l.id)::int AS requests
         FROM "Campaign" c
         JOIN "Batch" b ON b.campaign_id = c.id AND b.status = 'SENDING' AND b.kind = 'SEND'
         JOIN "CampaignLead" l ON l.campaign_id = c.id AND l.seq BETWEEN b.from_seq AND b.to_seq
          AND l.batch_number = b.number AND l.status = 'SENDING'
         WHERE c.wallet_id = $1 AND c.broker_id = $2 AND c.status NOT IN ('FINISHED', 'ARCHIVED')`
      : `SELECT count(*)::int AS requests
         FROM "Campaign" c JOIN "Batch" b ON b.campaign_id = c.id AND b.status = 'SENDING' AND b.kind = 'SEND'
         WHERE c.wallet_id = $1 AND c.broker_id = $2 AND c.status NOT IN ('FINISHED', 'ARCHIVED')`,
    [limited.walletId, limited.brokerId],
  )
  return Math.max(0, limited.most - rows[0]!.requests)
}
