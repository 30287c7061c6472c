import type pg from 'pg'
import { locking } from '../database/lock-order.ts'
import { transaction } from '../database/pool.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import type { Enqueuer } from '../queue/queues.ts'
import { recordAudit } from '../security/audit-log.ts'
import { enqueueWindow, isPaced, resetEnqueued } from './plan/enqueue.ts'

export interface UnblockDeps {
  pool: pg.Pool
  queues: Enqueuer
  now: () => Date
}

export interface BlockedPlace {
  wallet: { id: string; name: string }
  broker: { id: string; name: string }
}

/**
 * Ends the wait that a broker asked for (Retry-After), of the credential or of single batches, or that an open circuit imposes.
 * Batches that waited are enqueued now. If the circuit is open, one of them is sent first, and the wait starts again if it fails.
 * @returns until when it would have waited, and how many campaigns go on
 * @throws CampError CREDENTIAL_NOT_WAITING: the credential does not wait
 */
export async function unblockCredential(
  { pool, queues, now }: UnblockDeps,
  { wallet, broker }: BlockedPlace,
  userId: string,
): Promise<{ until: Date; campaigns: number }> {
  const { until, campaigns } = await transaction(pool, async tx => {
    // A batch keeps its own wait after an answer to another batch has ended the credential's.
    const { rows } = await tx.query<{ id: string; until: Date | null; blocked_reason: string | null }>(
      `SELECT k.id, s.blocked_reason, greatest(s.blocked_until, (
                SELECT max(b.not_before) FROM "Batch" b JOIN "Campaign" c ON c.id = b.campaign_id
                WHERE c.wallet_id = k.wallet_id AND c.broker_id = k.broker_id AND c.status = 'PROCESSING'
                  AND b.status = 'QUEUED' AND b.failures > 0)) AS until
       FROM "Credential" k LEFT JOIN "SendSlot" s ON s.id = k.id
       WHERE k.wallet_id = $1 AND k.broker_id = $2`,
      [wallet.id, broker.id],
    )
    const blocked = rows[0]
    if (!blocked?.until || blocked.until <= now()) {
      throw new CampError(
        'CREDENTIAL_NOT_WAITING',
        t`the credential of "${wallet.name}" at "${broker.name}" is not waiting for the broker`,
      )
    }
    const { rows: campaigns } = await tx.query<{ id: string } & Parameters<typeof isPaced>[0]>(
      `SELECT c.id, c.throttling_type, r.rate_limit
       FROM "Campaign" c JOIN "Broker" r ON r.id = c.broker_id
       WHERE c.wallet_id = $1 AND c.broker_id = $2 AND c.status = 'PROCESSING' ORDER BY c.id`,
      [wallet.id, broker.id],
    )
    for (const { id } of campaigns) await resetEnqueued(locking(tx, 'Batch'), id)
    await locking(tx, 'SendSlot').query(
      `UPDATE "SendSlot" SET blocked_until = NULL, blocked_since = NULL, blocked_reason = NULL WHERE id = $1`,
      [blocked.id],
    )
    const { until, blocked_reason: reason } = blocked
    const detail = { wallet: wallet.name, broker: broker.name, until, reason }
    await recordAudit(tx, {
      userId,
      action: 'credential.unblock',
      subject: 'Credential',
      subjectId: blocked.id,
      detail,
    })
    return { until, campaigns }
  })
  for (const { id, ...row } of campaigns)
    await enqueueWindow(pool, queues, { id, brokerId: broker.id, paced: isPaced(row) }, now())
  return { until, campaigns: campaigns.length }
}
