import { setTimeout as delay } from 'node:timers/promises'
import { isPassing, namedError } from '../../database/faults.ts'
import type { Settled } from '../model/batch-outcome.ts'
import type { ClaimedBatch } from '../model/claimed-batch.ts'
import type { DispatchDeps } from '../model/deps.ts'
import { withheldOutcome } from '../send/send.ts'
import { aboutOf, giveUpAt, settleWithRetry } from './settle-with-retry.ts'

/**
 * Settles a claim whose commit was not answered: no request of it was written, and none will be. If the server has committed it,
 * its leads are PENDING again at once; else nothing was claimed. If the server cannot say, the sweep handles it.
 * @returns undefined if its lease had expired
 * @throws error, if the claim was not committed or that is unknown
 */
export async function settleUnanswered(
  deps: DispatchDeps,
  batch: ClaimedBatch,
  error: unknown,
): Promise<Settled | undefined> {
  const fate = await commitStatusOf(deps, batch)
  deps.log.warn(
    { event: 'claim.unanswered', ...aboutOf(batch), err: namedError(error), fate },
    'the commit of a claim got no answer',
  )
  if (fate !== 'committed') throw error
  return settleWithRetry(deps, batch, withheldOutcome(batch, 'DATABASE'))
}

const ASK_AGAIN_MS = 500

/**
 * The status of the claim's transaction, polled for as long as a settle would be retried (settle-with-retry.ts). The attempt's
 * number alone does not show it: if the claim was rolled back, another worker's claim has the same number.
 * @returns undefined if the server cannot say
 */
async function commitStatusOf({ pool, now, random }: DispatchDeps, batch: ClaimedBatch): Promise<string | undefined> {
  while (now() < giveUpAt(batch)) {
    const fate = await ask()
    if (fate !== 'in progress') return fate
    await delay(ASK_AGAIN_MS * (0.5 + random()))
  }
  return undefined

  async function ask(): Promise<string | undefined> {
    try {
      const { rows } = await pool.query<{ fate: string | null }>(`SELECT pg_xact_status($1::xid8) AS fate`, [batch.xid])
      return rows[0]!.fate ?? undefined
    } catch (error) {
      // The server does not know this id: it is another server, or its data is older than the claim.
      return isPassing(error) ? 'in progress' : undefined
    }
  }
}
