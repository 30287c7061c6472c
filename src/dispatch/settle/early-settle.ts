import type { Adapter } from '../../broker/port.ts'
import { isPassing, namedError } from '../../database/faults.ts'
import type { LeadOutcome } from '../model/batch-outcome.ts'
import type { ClaimedBatch } from '../model/claimed-batch.ts'
import type { DispatchDeps } from '../model/deps.ts'
import { isAnswer, settleKnown } from './settle-known.ts'
import { aboutOf } from './settle-with-retry.ts'

/** A batch whose requests all end within this time of its first answer is settled once: nearly every batch is. */
const PATIENCE_MS = 1_500

/** For a batch of several requests: settles the answers that have arrived while others have not (settle-known.ts). */
export interface EarlySettle {
  /** @param outcomes of one request, by lead */
  add(outcomes: ReadonlyMap<string, LeadOutcome>): void
  /** All requests have ended. @returns whether some leads may have been settled: the result of a commit may be unknown */
  end(): Promise<boolean>
}

/** @param onOpened the campaign's other batches may be claimed (first-batch.ts) */
export function settlingEarly(
  deps: DispatchDeps,
  batch: ClaimedBatch,
  adapter: Pick<Adapter, 'correlatesByProviderId'>,
  onOpened: () => void,
): EarlySettle {
  const waiting = new Map<string, LeadOutcome>()
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let isOver = false
  let wasTried = false

  const arm = () => {
    if (isOver || timer || running || waiting.size === 0) return
    timer = setTimeout(() => {
      timer = undefined
      running = write().finally(() => {
        running = undefined
        arm()
      })
    }, PATIENCE_MS)
  }
  const write = async () => {
    wasTried = true
    const known = new Map(waiting)
    try {
      const settled = await settleKnown(deps, batch, adapter, known)
      if (!settled) isOver = true
      if (settled?.opened) onOpened()
      for (const lead of known.keys()) waiting.delete(lead)
    } catch (error) {
      // A permanent error is left to the last settle, which can omit the broker's texts.
      if (!isPassing(error)) isOver = true
      deps.log.warn(
        { event: 'settle.deferred', ...aboutOf(batch), err: namedError(error) },
        'known answers not settled yet',
      )
    }
  }
  return {
    add: outcomes => {
      for (const [lead, outcome] of outcomes) {
        if (isAnswer(outcome)) waiting.set(lead, outcome)
      }
      arm()
    },
    end: async () => {
      isOver = true
      clearTimeout(timer)
      await running
      return wasTried
    },
  }
}
