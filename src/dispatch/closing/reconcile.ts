import type { ClosingLook } from '../../broker/port.ts'
import { adapterOf } from '../../broker/registry.ts'
import { namedError } from '../../database/faults.ts'
import { type Tx, transaction } from '../../database/pool.ts'
import { completeClosing, holdsClosing, requeueClosing } from '../../lifecycle/closing-writes.ts'
import { pauseForReview } from '../../lifecycle/transition.ts'
import { SecretMismatch } from '../../security/fingerprint.ts'
import { NO_CREDENTIAL, openCredential } from '../../security/open-credential.ts'
import { finishIfDone } from '../finish/finish.ts'
import type { DispatchDeps } from '../model/deps.ts'
import { enqueueAll } from '../plan/enqueue.ts'

/** Milliseconds between two looks at a run in doubt. */
export const LOOK_MS = 30_000

/**
 * A run that no look has shown for this long was not started. Before that a look proves nothing: the broker may still be working
 * (docs/wire/salesforce.md#marketing-cloud-run; the vendor names no delay).
 */
const SETTLING_MS = 5 * 60_000

/**
 * Resolves closings in doubt whose broker can be asked. A run that a look shows is done, regardless of who started it, because it
 * came after all that was imported. A run that no look shows did not happen, and is requeued. A closing that cannot be looked at
 * stays in doubt.
 */
export async function reconcileClosings(deps: DispatchDeps): Promise<void> {
  const { rows } = await deps.pool.query<Doubtful>(
    `SELECT b.id, b.attempt, b.broker_ref, b.settled_at, b.error, c.id AS campaign_id, c.agendamento_id, r.id AS broker_id,
            r.adapter, k.id AS credential_id, k.config AS sealed
     FROM "Batch" b
     JOIN "Campaign" c ON c.id = b.campaign_id
     JOIN "Broker" r ON r.id = c.broker_id
     LEFT JOIN "Credential" k ON k.wallet_id = c.wallet_id AND k.broker_id = c.broker_id
     WHERE b.kind = 'CLOSING' AND b.status = 'IN_DOUBT' AND b.not_before <= $1`,
    [deps.now()],
  )
  for (const row of rows) {
    try {
      await reconcile(deps, row)
    } catch (error) {
      if (error instanceof SecretMismatch) throw error
      // The other closings are still checked.
      deps.log.warn(
        { event: 'closing.look_failed', campaign: row.agendamento_id, batch: row.id, err: namedError(error) },
        'closing not checked',
      )
    }
  }
}

interface Doubtful {
  id: string
  attempt: number
  /** The mark that was seen before the run. */
  broker_ref: string
  /** Since when it is in doubt. */
  settled_at: Date
  error: string
  campaign_id: string
  agendamento_id: string
  broker_id: string
  adapter: string
  credential_id: string | null
  sealed: unknown
}

async function reconcile(deps: DispatchDeps, row: Doubtful): Promise<void> {
  const look = await lookAt(deps, row)
  const enqueue_seq = await transaction(deps.pool, tx => writeLook(deps, tx, row, look))
  if (enqueue_seq) await enqueueAll(deps.queues, row.broker_id, [enqueue_seq], deps.now())
}

/** @returns undefined if its broker supports no look: the worker that ran it died */
async function lookAt(deps: DispatchDeps, row: Doubtful): Promise<ClosingLook | undefined> {
  const adapter = await adapterOf(row.adapter)
  if (!adapter.closing?.look) return undefined
  if (row.credential_id === null) return { kind: 'FATAL', reason: NO_CREDENTIAL }
  const key = { id: row.credential_id, sealed: row.sealed }
  const { config, flaw } = await openCredential(deps.pool, deps.keys, adapter, key)
  return flaw === undefined ? adapter.closing.look(config, deps.http) : { kind: 'FATAL', reason: flaw }
}

async function writeLook(deps: DispatchDeps, tx: Tx, row: Doubtful, look: ClosingLook | undefined) {
  const at = deps.now()
  if (!(await holdsClosing(tx, row, 'IN_DOUBT'))) return undefined
  const about = { campaign: row.agendamento_id, batch: row.id, attempt: row.attempt }
  if (!look) {
    await lookAgain(tx, row.id, null)
    await askPerson(tx, row.campaign_id, row.error, at)
    return undefined
  }
  if (look.kind !== 'SEEN') {
    const waitMs = look.kind === 'NOT_ACCEPTED' ? (look.retryAfterMs ?? LOOK_MS) : LOOK_MS
    await tx.query(`UPDATE "Batch" SET error = $2 WHERE id = $1`, [row.id, `it cannot be checked: ${look.reason}`])
    await lookAgain(tx, row.id, new Date(at.getTime() + waitMs))
    deps.log.warn(
      { event: 'closing.look_failed', ...about, reason: look.reason },
      'closing in doubt: the broker did not answer the check',
    )
    return undefined
  }
  if (look.busy || look.mark !== row.broker_ref) {
    await completeClosing(tx, row.id, at, look.mark)
    await finishIfDone(tx, row.campaign_id, at)
    deps.log.info({ event: 'closing.found_done', ...about }, 'the closing that was in doubt was done')
    return undefined
  }
  if (at.getTime() < row.settled_at.getTime() + SETTLING_MS) {
    await lookAgain(tx, row.id, new Date(at.getTime() + LOOK_MS))
    return undefined
  }
  const error = `requested again: the first request did not run anything (${row.error})`
  const enqueue_seq = await requeueClosing(tx, row.id, { at, until: null, failures: 0, error })
  deps.log.info({ event: 'closing.found_absent', ...about }, 'the closing that was in doubt was not done')
  return enqueue_seq === undefined ? undefined : { batchId: row.id, enqueue_seq, at: null }
}

async function lookAgain(tx: Tx, id: string, at: Date | null): Promise<void> {
  await tx.query(`UPDATE "Batch" SET not_before = $2 WHERE id = $1`, [id, at])
}

/** The broker has no read that could show it: a person must check there. */
export async function askPerson(tx: Tx, campaignId: string, doubt: string, at: Date): Promise<void> {
  const what = `its last step at the broker is in doubt (${doubt}): check there, then decide with camp campaign resolve --closing`
  await pauseForReview(tx, campaignId, what, at)
}
