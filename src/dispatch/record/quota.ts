import type pg from 'pg'
import type { Quota } from '../../broker/port.ts'
import { locking } from '../../database/lock-order.ts'
import { transaction } from '../../database/pool.ts'

/** Keeps what the broker said of the credential's quota, for camp doctor. */
export async function keepQuota(
  { pool, now }: { pool: pg.Pool; now: () => Date },
  credentialId: string,
  { used, limit }: Quota,
): Promise<void> {
  await transaction(pool, async tx => {
    await locking(tx, 'SendSlot').query(
      `INSERT INTO "SendSlot" (id, next_at, quota_used, quota_limit, quota_at) VALUES ($1, $2, $3, $4, $2)
       ON CONFLICT (id) DO UPDATE SET quota_used = excluded.quota_used, quota_limit = excluded.quota_limit, quota_at = excluded.quota_at`,
      [credentialId, now(), used, limit],
    )
  })
}
