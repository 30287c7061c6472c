import type pg from 'pg'
import { applyEvents } from './apply.ts'

export interface Applier {
  /** There are new events. */
  wake(): void
  /** Looks at everything that waits, from the first event on: now and then, for what was skipped. */
  startOver(): void
  /** Resolves when the round at work is over. */
  stop(): Promise<void>
}

const EVENTS_PER_ROUND = 5_000
const WAIT_MS = 500

/**
 * Applies events as they come. It goes on from the last one it saw, so that events that nobody knows are not looked at again
 * with every new one; where a lead is not settled yet it goes back to that event a moment later.
 */
export function startApplier(pool: pg.Pool, options: { now: () => Date; onError: (error: unknown) => void }): Applier {
  let after = '0'
  /** Where the next round begins, if before `after`. A round at work must not overwrite it. */
  let startAt: string | undefined
  let waitingFrom: string | undefined
  let woken = false
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()

  const rounds = async () => {
    while (woken && !stopped) {
      woken = false
      after = earlier(after, startAt)
      startAt = undefined
      const round = await applyEvents(pool, { limit: EVENTS_PER_ROUND, now: options.now(), after })
      after = round.last ?? after
      if (round.seen === EVENTS_PER_ROUND) woken = true
      if (round.firstWaiting !== null) comeBackTo(round.firstWaiting)
    }
  }
  const comeBackTo = (event: string) => {
    waitingFrom = earlier(String(BigInt(event) - 1n), waitingFrom)
    timer ??= setTimeout(() => {
      timer = undefined
      startFrom(waitingFrom ?? after)
      waitingFrom = undefined
    }, WAIT_MS)
  }
  const startFrom = (event: string) => {
    startAt = earlier(event, startAt)
    wake()
  }
  const wake = () => {
    if (woken || stopped) return
    woken = true
    running = running.then(rounds).catch(options.onError)
  }
  return {
    wake,
    startOver: () => startFrom('0'),
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}

function earlier(event: string, other: string | undefined): string {
  return other !== undefined && BigInt(other) < BigInt(event) ? other : event
}
