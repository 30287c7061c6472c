import { setTimeout as delay } from 'node:timers/promises'
import { isPassing, namedError } from '../../database/faults.ts'
import type { Settled } from '../model/batch-outcome.ts'
import type { ClaimedBatch } from '../model/claimed-batch.ts'
import type { DispatchDeps } from '../model/deps.ts'
import { notWritten } from '../send/send.ts'
import { aboutOf, giveUpAt, settleWithRetry } from './settle-with-retry.ts'

/**
 * A claim whose commit was not answered: no request of it was written, and none will be. Where the server has committed it all the
 * same, its leads are PENDING again at once; else it is as if it had not been. What the server does not tell is the sweep's.
 * @returns undefined where its lease had run out
 * @throws error, where nothing was claimed
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
  return settleWithRetry(deps, batch, { outcomes: batch.leads.map(() => notWritten('DATABASE')), withheld: true })
}

const ASK_AGAIN_MS = 500

/**
 * What became of the claim's transaction, asked for as long as a settle would be tried (settle-with-retry.ts). By the number of the
 * attempt alone it cannot be told: where the claim was rolled back, another worker's has the same.
 * @returns undefined where the server does not tell
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
      // A number that the server does not know: it is another one, or older than the claim.
      return isPassing(error) ? 'in progress' : undefined
    }
  }
}
