import type pg from 'pg'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { OpenedOccurrence } from '../recurrence/open-due.ts'
import { isAnyDue } from '../recurrence/recurrence.ts'

export interface Recurrences {
  /** Checks whether an occurrence is due. It returns at once: a file of a million rows takes time, and sending must continue. */
  wake(): void
  /** A running import is aborted, and its occurrence stays due. */
  stop(): Promise<void>
}

export interface RecurrencesOptions {
  pool: pg.Pool
  /** Passed to the process that imports. */
  databaseUrl: string
  clock: Clock
  onFired: (fired: OpenedOccurrence) => void
  onError: (error: unknown) => void
}

export function startRecurrences({ pool, databaseUrl, clock, onFired, onError }: RecurrencesOptions): Recurrences {
  const stopping = new AbortController()
  let running: Promise<void> | undefined

  const round = async () => {
    if (!(await isAnyDue(pool, clock.now()))) return
    // Loaded here: most workers never need it.
    const { openDueApart } = await import('../recurrence/open-due-apart.ts')
    for (const fired of await openDueApart({ databaseUrl, clock, signal: stopping.signal })) onFired(fired)
  }
  return {
    wake: () => {
      if (stopping.signal.aborted) return
      running ??= round()
        .catch(error => {
          if (!stopping.signal.aborted) onError(error)
        })
        .finally(() => {
          running = undefined
        })
    },
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}

const EVENTS = {
  OPENED: 'recurrence.opened',
  NOTHING_NEW: 'recurrence.nothing_new',
  NOT_YET: 'recurrence.not_yet',
} as const

export function logFired(log: Log, { recurrence, at, status, file, campaign, reason }: OpenedOccurrence): void {
  const told = { recurrence, at, file, campaign: campaign?.agendamentoId, reason }
  const message = `recurring campaign: ${status}`
  if (status === 'FAILED') log.warn({ event: 'recurrence.failed', ...told }, message)
  else if (status === 'SKIPPED') log.warn({ event: 'recurrence.skipped', ...told }, message)
  else log.info({ event: EVENTS[status], ...told }, message)
}
