import type pg from 'pg'
import { locking } from '../database/lock-order.ts'
import { type Tx, transaction } from '../database/pool.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import type { Actor } from './actor.ts'
import { recordAudit, signingAudits } from './audit-log.ts'
import { signAfterReset, signWithNext } from './checkpoints.ts'
import { lockSecret, writeFingerprint } from './fingerprint.ts'
import type { Keys } from './keys.ts'
import { openSealed, opens, sealJson } from './seal.ts'

export interface Rotation {
  /** The database's current secret. */
  from: Keys
  to: Keys
  /**
   * Called when everything is resealed, before the commit: stores the new secret so that it survives a crash. It may be called
   * again.
   */
  keep?: () => Promise<void>
}

/**
 * Seals everything (credentials, and the fingerprint) with another secret, and signs the chain of checkpoints with it, in one
 * transaction: if the process dies, all of it is done or none. Of two concurrent rotations the second is refused.
 * @returns how many credentials were resealed
 * @throws SecretMismatch if `from` is not the database's; CampError STATE, naming the credentials that `from` does not open
 */
export async function rotateSecret(
  pool: pg.Pool,
  actor: Pick<Actor, 'id'>,
  { from, to, keep }: Rotation,
): Promise<number> {
  return transaction(pool, async tx => {
    await lockSecret(tx, from)
    const rows = await lockCredentials(tx)
    assertOpen(from, rows)
    for (const { id, config } of rows) {
      // updated_at stays: its keys are unchanged.
      const sealed = sealJson(to, openSealed(from, config, id), id)
      await tx.query(`UPDATE "Credential" SET config = $2 WHERE id = $1`, [id, sealed])
    }
    await writeFingerprint(tx, to)
    await signingAudits({ keys: from, wrote: false }, () =>
      recordAudit(tx, {
        userId: actor.id,
        action: 'secret.rotate',
        subject: 'SecretFingerprint',
        subjectId: '1',
        detail: { credentials: rows.length },
      }),
    )
    await signWithNext(tx, from, to)
    await keep?.()
    return rows.length
  })
}

/**
 * Makes `to` the database's secret when the current one is lost. Nothing is resealed: credentials that `to` does not open must
 * be set again.
 * @returns the credentials that it does not open
 */
export async function resetSecret(
  pool: pg.Pool,
  actor: Pick<Actor, 'id'>,
  to: Keys,
): Promise<{ wallet: string; broker: string }[]> {
  return transaction(pool, async tx => {
    await writeFingerprint(tx, to)
    const rows = await lockCredentials(tx)
    const closed = rows
      .filter(({ id, config }) => !opens(to, config, id))
      .map(({ wallet, broker }) => ({ wallet, broker }))
    await signingAudits({ keys: to, wrote: false }, () =>
      recordAudit(tx, {
        userId: actor.id,
        action: 'secret.reset',
        subject: 'SecretFingerprint',
        subjectId: '1',
        detail: { credentials: rows.length, closed: closed.length },
      }),
    )
    await signAfterReset(tx, to)
    return closed
  })
}

interface SealedRow {
  id: string
  config: unknown
  wallet: string
  broker: string
}

async function lockCredentials(tx: Tx): Promise<SealedRow[]> {
  const { rows } = await locking(tx, 'Credential').query<SealedRow>(
    `SELECT k.id, k.config, w.name AS wallet, b.name AS broker
     FROM "Credential" k JOIN "Wallet" w ON w.id = k.wallet_id JOIN "Broker" b ON b.id = k.broker_id
     ORDER BY k.id FOR UPDATE OF k`,
  )
  return rows
}

/** A credential that is left behind would be lost together with the old secret. */
function assertOpen(from: Keys, rows: readonly SealedRow[]): void {
  const closed = rows.filter(({ id, config }) => !opens(from, config, id))
  if (closed.length === 0) return
  const names = closed.map(({ wallet, broker }) => `"${wallet}" at "${broker}"`).join(', ')
  throw new CampError(
    'CREDENTIAL_UNREADABLE',
    t`these credentials were sealed with another secret, and cannot be resealed: ${names}`,
    {
      hint: t`Set each again with all its keys (camp credential set WALLET BROKER key=value), or remove it: camp credential
      remove`,
    },
  )
}
