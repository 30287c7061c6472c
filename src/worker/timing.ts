import type { Clock } from '../clock.ts'
import { namedError, sentenceOf } from '../database/faults.ts'

/** Periodic work, never twice at once. Its errors go to `onError` and do not end it. */
export interface Round {
  start(): void
  /** Runs out of turn; resolves when that run, or the current one, has ended. */
  now(): Promise<void>
  /** No further run; resolves when the current one has ended. */
  stop(): Promise<void>
}

export function periodic(ms: number, onError: (error: unknown) => void, work: () => Promise<void>): Round {
  let turn: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  const now = () => {
    turn ??= work()
      .catch(onError)
      .finally(() => {
        turn = undefined
      })
    return turn
  }
  return {
    start: () => {
      timer = setInterval(now, ms)
    },
    now,
    stop: async () => {
      clearInterval(timer)
      await turn
    },
  }
}

/** Does not keep the process alive. */
export function sleep(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms).unref())
}

const SELDOM_MS = 10_000

/**
 * Rate-limits repeated error logs: an unavailable service causes errors many times a second, on every connection. Each message
 * is logged at once, and then every ten seconds with a count.
 */
export function throttledLog(clock: Clock, tell: (err: unknown, times: number) => void): (error: unknown) => void {
  const told = new Map<string, { at: number; times: number }>()
  return error => {
    const message = sentenceOf(error)
    const now = clock.now().getTime()
    const last = told.get(message) ?? { at: Number.NEGATIVE_INFINITY, times: 0 }
    last.times++
    if (now - last.at >= SELDOM_MS) {
      tell(namedError(error), last.times)
      told.set(message, { at: now, times: 0 })
    } else told.set(message, last)
    // Messages may contain a job's id: old ones are dropped.
    if (told.size > 100) for (const [key, { at }] of told) if (now - at > SELDOM_MS) told.delete(key)
  }
}
