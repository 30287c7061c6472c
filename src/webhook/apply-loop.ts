import type pg from 'pg'
import { applyEvents } from './apply-events.ts'
import { dropUnknown, nextDue } from './waiting.ts'

export interface Applier {
  /** To be called when there may be new events. */
  wake(): void
  /** Limits the number of unknown events, and applies what is due. To be called from time to time. */
  tidy(): void
  /** Resolves when the current round has ended. */
  stop(): Promise<void>
}

export interface ApplierOptions {
  now: () => Date
  onError: (error: unknown) => void
  /** Called when callbacks of unknown messages were deleted because too many waited. */
  onDropped?: (dropped: { broker: string; dropped: number }) => void
}

const EVENTS_PER_ROUND = 5_000
/** Minimum delay before the next round for events that wait. */
const PAUSE_MS = 500
/** After this many unknown events their number is checked without waiting for the next tidy(). */
const UNKNOWN_BETWEEN_COUNTS = 20_000

/** Applies events when they arrive, and those that wait when they are due (waiting.ts). */
export function startApplier(pool: pg.Pool, { now, onError, onDropped }: ApplierOptions): Applier {
  let [woken, tidying, stopped] = [false, false, false]
  let unknown = 0
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()

  const rounds = async () => {
    while (woken && !stopped) {
      woken = false
      const round = await applyEvents(pool, { limit: EVENTS_PER_ROUND, now: now() })
      unknown += round.unknown
      if (tidying || unknown >= UNKNOWN_BETWEEN_COUNTS) await drop()
      if (round.more) woken = true
      if (!woken) await comeBack()
    }
  }
  const drop = async () => {
    ;[tidying, unknown] = [false, 0]
    for (const dropped of await dropUnknown(pool)) onDropped?.(dropped)
  }
  const comeBack = async () => {
    const due = await nextDue(pool)
    clearTimeout(timer)
    timer = undefined
    if (due === undefined || stopped) return
    timer = setTimeout(wake, Math.min(Math.max(due.getTime() - now().getTime(), PAUSE_MS), LONGEST_MS))
  }
  const wake = () => {
    if (woken || stopped) return
    woken = true
    running = running.then(rounds).catch(onError)
  }
  return {
    wake,
    tidy: () => {
      tidying = true
      wake()
    },
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}

/** The longest wait: another worker may have put off an event since. */
const LONGEST_MS = 60_000
