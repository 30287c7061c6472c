import type { ClosingLook } from '../../broker/port.ts'
import { adapterOf } from '../../broker/registry.ts'
import { isDataError, namedError } from '../../database/faults.ts'
import { type Tx, transaction } from '../../database/pool.ts'
import { completeClosing, doubtClosing, holdsClosing, requeueClosing } from '../../lifecycle/closing-writes.ts'
import { failCampaign, pauseForReview } from '../../lifecycle/transition.ts'
import { SecretMismatch } from '../../security/fingerprint.ts'
import { NO_CREDENTIAL, openCredential } from '../../security/open-credential.ts'
import { finishIfDone } from '../finish/finish.ts'
import type { DispatchDeps } from '../model/deps.ts'
import { enqueueAll } from '../plan/enqueue.ts'
import { NO_WORDS } from '../settle/settle-with-retry.ts'

/** Milliseconds between two looks at a run. */
export const LOOK_MS = 30_000

/**
 * A run that no look has shown for this long was not started. Before that a look proves nothing: the broker may still be working
 * (docs/wire/salesforce.md#marketing-cloud-run; the vendor names no delay).
 */
const SETTLING_MS = 5 * 60_000

/**
 * Looks at the closings whose run has not ended as far as is known: those that the broker took (SENDING without a lease), and those
 * in doubt whose broker can be asked. A run that a look shows is waited for until its end, regardless of who started it, because it
 * came after all that was imported; one that ended in an error fails its campaign. A run that no look shows did not happen: if it
 * was in doubt, it is requeued; if the broker had taken it, a person decides. A closing that cannot be looked at stays as it is.
 * @param id only this one
 */
export async function reconcileClosings(deps: DispatchDeps, id: string | null = null): Promise<void> {
  const { rows } = await deps.pool.query<Unended>(
    `SELECT b.id, b.attempt, b.status, b.broker_ref, b.settled_at, b.error, c.id AS campaign_id, c.agendamento_id, r.id AS broker_id,
            r.adapter, k.id AS credential_id, k.config AS sealed
     FROM "Batch" b
     JOIN "Campaign" c ON c.id = b.campaign_id
     JOIN "Broker" r ON r.id = c.broker_id
     LEFT JOIN "Credential" k ON k.wallet_id = c.wallet_id AND k.broker_id = c.broker_id
     WHERE b.kind = 'CLOSING' AND b.status IN ('SENDING', 'IN_DOUBT') AND (b.status = 'IN_DOUBT' OR b.lease_until IS NULL)
       AND b.broker_ref IS NOT NULL AND b.settled_at IS NOT NULL AND b.not_before <= $1 AND ($2::uuid IS NULL OR b.id = $2)`,
    [deps.now(), id],
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

interface Unended {
  id: string
  attempt: number
  /** SENDING: the broker took the run. */
  status: 'SENDING' | 'IN_DOUBT'
  /** The mark that was seen before the run, or RUNNING. */
  broker_ref: string
  /** Since when it was taken, or is in doubt. */
  settled_at: Date
  error: string | null
  campaign_id: string
  agendamento_id: string
  broker_id: string
  adapter: string
  credential_id: string | null
  sealed: unknown
}

/** Replaces the mark once a run has been seen in progress: any mark that is seen after it says that the run has ended. */
const RUNNING = 'running'

async function reconcile(deps: DispatchDeps, row: Unended): Promise<void> {
  const look = await lookAt(deps, row)
  const write = (seen: Seen) => transaction(deps.pool, tx => writeLook(deps, tx, row, seen))
  const enqueue_seq = await write({ look, reference: markOf(look) }).catch(error => {
    // The broker's texts are refused: what was seen counts without them.
    if (!isDataError(error)) throw error
    return write({ look: look && withoutText(look), reference: undefined })
  })
  if (enqueue_seq) await enqueueAll(deps.queues, row.broker_id, [enqueue_seq], deps.now())
}

interface Seen {
  look: ClosingLook | undefined
  /** The broker's name for the run, to be kept with the closing. */
  reference: string | undefined
}

function markOf(look: ClosingLook | undefined): string | undefined {
  return look?.kind === 'SEEN' ? look.mark : undefined
}

function withoutText(look: ClosingLook): ClosingLook {
  if (look.kind !== 'SEEN') return { ...look, reason: NO_WORDS }
  return look.failed === undefined ? look : { ...look, failed: NO_WORDS }
}

/** @returns undefined if its broker supports no look: the worker that ran it died */
async function lookAt(deps: DispatchDeps, row: Unended): Promise<ClosingLook | undefined> {
  const adapter = await adapterOf(row.adapter)
  if (!adapter.closing?.look) return undefined
  if (row.credential_id === null) return { kind: 'FATAL', reason: NO_CREDENTIAL }
  const key = { id: row.credential_id, sealed: row.sealed }
  const { config, flaw } = await openCredential(deps.pool, deps.keys, adapter, key)
  return flaw === undefined ? adapter.closing.look(config, deps.http, row.broker_ref) : { kind: 'FATAL', reason: flaw }
}

async function writeLook(deps: DispatchDeps, tx: Tx, row: Unended, { look, reference }: Seen) {
  const at = deps.now()
  if (!(await holdsClosing(tx, row, row.status))) return undefined
  const about = { campaign: row.agendamento_id, batch: row.id, attempt: row.attempt }
  if (!look) {
    await lookAgain(tx, row.id, null)
    await askPerson(tx, row.campaign_id, row.error ?? '', at)
    return undefined
  }
  if (look.kind !== 'SEEN') {
    const waitMs = look.kind === 'NOT_ACCEPTED' ? (look.retryAfterMs ?? LOOK_MS) : LOOK_MS
    await tx.query(`UPDATE "Batch" SET error = $2 WHERE id = $1`, [row.id, `it cannot be checked: ${look.reason}`])
    await lookAgain(tx, row.id, new Date(at.getTime() + waitMs))
    deps.log.warn(
      { event: 'closing.look_failed', ...about, reason: look.reason },
      'closing not ended as far as is known: the broker did not answer the check',
    )
    return undefined
  }
  if (look.busy) {
    await tx.query(`UPDATE "Batch" SET broker_ref = $2, error = NULL WHERE id = $1`, [row.id, RUNNING])
    await lookAgain(tx, row.id, new Date(at.getTime() + LOOK_MS))
    return undefined
  }
  if (look.mark !== row.broker_ref) return writeEnd(deps, tx, row, { failed: look.failed, reference })
  if (at.getTime() < row.settled_at.getTime() + SETTLING_MS) {
    await lookAgain(tx, row.id, new Date(at.getTime() + LOOK_MS))
    return undefined
  }
  return writeAbsence(deps, tx, row)
}

/** A look has shown a run that has ended. */
async function writeEnd(
  deps: DispatchDeps,
  tx: Tx,
  row: Unended,
  { failed, reference }: { failed: string | undefined; reference: string | undefined },
) {
  const at = deps.now()
  const about = { campaign: row.agendamento_id, batch: row.id, attempt: row.attempt }
  if (failed === undefined) {
    await completeClosing(tx, row.id, at, reference)
    await finishIfDone(tx, row.campaign_id, at)
    if (row.status === 'SENDING') deps.log.info({ event: 'closing.done', ...about, reference }, 'closing done')
    else deps.log.info({ event: 'closing.found_done', ...about }, 'the closing that was in doubt was done')
    return undefined
  }
  // Of a campaign that is cancelled it is never run again; else only a person's resume runs it.
  await requeueClosing(tx, row.id, { at, until: null, failures: 0, error: `its run ended in an error: ${failed}` })
  await failCampaign(tx, row.campaign_id, endedInError(failed), at)
  deps.log.warn({ event: 'closing.run_failed', ...about, reason: failed }, 'the run of a closing ended in an error')
  return undefined
}

function endedInError(words: string): string {
  return `its last step at the broker ended in an error: ${words}. Part may have been sent: check there; camp campaign resume runs it again`
}

/** No look has shown a run, and one that was started would have been seen by now. */
async function writeAbsence(deps: DispatchDeps, tx: Tx, row: Unended) {
  const at = deps.now()
  const about = { campaign: row.agendamento_id, batch: row.id, attempt: row.attempt }
  if (row.status === 'SENDING') {
    const error = `the broker took the run, and no run was seen in the ${SETTLING_MS / 60_000} minutes after it`
    await doubtClosing(tx, row.id, { at, error, lookAt: null })
    await askPerson(tx, row.campaign_id, error, at)
    deps.log.warn({ event: 'closing.in_doubt', ...about, reason: error }, 'closing in doubt')
    return undefined
  }
  const error = `requested again: the first request did not run anything (${row.error ?? ''})`
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
