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
  let goBackTo: string | undefined
  let woken = false
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()

  const rounds = async () => {
    while (woken && !stopped) {
      woken = false
      const round = await applyEvents(pool, { limit: EVENTS_PER_ROUND, now: options.now(), after })
      after = round.last ?? after
      if (round.seen === EVENTS_PER_ROUND) woken = true
      if (round.firstWaiting !== null) comeBack(round.firstWaiting)
    }
  }
  const comeBack = (event: string) => {
    goBackTo = goBackTo === undefined || BigInt(event) < BigInt(goBackTo) ? event : goBackTo
    timer ??= setTimeout(() => {
      timer = undefined
      from(String(BigInt(goBackTo ?? after) - 1n))
      goBackTo = undefined
    }, WAIT_MS)
  }
  const from = (event: string) => {
    if (BigInt(event) < BigInt(after)) after = event
    wake()
  }
  const wake = () => {
    if (woken || stopped) return
    woken = true
    running = running.then(rounds).catch(options.onError)
  }
  return {
    wake,
    startOver: () => from('0'),
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
