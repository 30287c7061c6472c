import type pg from 'pg'
import type { Monotonic } from '../clock.ts'
import { type Look, look } from '../installation/look.ts'
import type { Mark } from '../installation/mark.ts'
import type { Marks } from '../installation/marks.ts'
import { raiseMark } from '../installation/raise.ts'
import type { Log } from '../log.ts'
import { sleep } from './timing.ts'

export interface GuardDeps {
  pool: pg.Pool
  marks: Marks
  log: Log
  monotonic: Monotonic
}

/** Keeps a worker from sending from a database that is older than what was already sent. */
export interface Guard {
  /**
   * Checks whether this database may be sent from; each further call (a worker's round) raises the mark, or checks again
   * whether a person has decided.
   */
  beat(): Promise<void>
  /**
   * To be called before anything is claimed, started or imported. The mark outside is then no older than `MARK_GOOD_FOR_MS`.
   * @throws if neither the database nor a mark store accepts the mark: nothing may be claimed
   */
  mayClaim(): Promise<boolean>
  /** The last known state. HELD: waits for a person, or for another worker's mark. UNMARKED: the mark could not be written. */
  state(): 'CLEAR' | 'HELD' | 'UNMARKED'
  /** Marks what was claimed since the last mark, within two seconds or not at all. */
  stop(): Promise<void>
}

/**
 * A backup that is taken while leads are claimed, less than this before every worker is lost permanently, looks current when it
 * is restored; any older one does not.
 */
const MARK_GOOD_FOR_MS = 1_000
const STOP_MS = 2_000

const WAITS_FOR_PERSON = 'nothing is sent from this database until a person decides: camp db accept-restore'

export function openGuard({ pool, marks, log, monotonic }: GuardDeps): Guard {
  if (marks.stores.length === 0) {
    log.warn(
      { event: 'guard.no_mark_store', reason: marks.homeless },
      'no mark is kept: CAMP_HOME cannot be used, and there is no REDIS_URL. A restored backup is detected only by its address and age',
    )
  }
  let known: { id: string; mark: Mark } | undefined
  let markedAt = Number.NEGATIVE_INFINITY
  let waiting: { at: number; until: number } | undefined
  let told: string | undefined
  let raising: Promise<boolean> | undefined
  let hasFailed = false
  let trailing: NodeJS.Timeout | undefined

  const raise = async (): Promise<boolean> => {
    // Read before the statement: claims made while it runs are not covered by its mark.
    const from = monotonic()
    if (known) {
      const mark = await raiseMark(pool, known.id, known.mark)
      if (mark) {
        known.mark = mark
        await marks.write(known.id, mark)
        markedAt = from
        return true
      }
    }
    const remembered = known
    const mayWait = waiting === undefined || monotonic() < waiting.until
    markedAt = Number.NEGATIVE_INFINITY
    return heed(await look({ pool, marks }, { remembered, waitedAt: waiting?.at, mayWait }), from)
  }
  const heed = (seen: Look, from: number): boolean => {
    if (seen.kind === 'CLEAR') {
      if (told !== undefined) log.info({ event: 'guard.clear' }, 'this database may be sent from again')
      known = { id: seen.installationId, mark: seen.mark }
      markedAt = from
      waiting = told = undefined
      return true
    }
    known = undefined
    if (seen.kind === 'WAIT') waiting ??= { at: seen.mark, until: monotonic() + seen.withinMs }
    const reason = seen.kind === 'HELD' ? seen.hold.reason : seen.finding.reason
    if (told !== `${seen.kind} ${reason}`) {
      told = `${seen.kind} ${reason}`
      if (seen.kind === 'HELD')
        log.error({ event: 'guard.held', kind: seen.hold.kind, since: seen.hold.at, reason }, WAITS_FOR_PERSON)
      else
        log.warn({ event: 'guard.waiting', reason }, 'nothing is sent until another worker is active on this database')
    }
    return false
  }
  const once = () => {
    raising ??= raise()
      .then(
        may => {
          hasFailed = false
          return may
        },
        error => {
          hasFailed = true
          markedAt = Number.NEGATIVE_INFINITY
          throw error
        },
      )
      .finally(() => {
        raising = undefined
      })
    return raising
  }
  const markLater = () => {
    trailing ??= setTimeout(() => {
      trailing = undefined
      // If it fails, the mark is raised before the next claim.
      once().catch(() => undefined)
    }, MARK_GOOD_FOR_MS)
  }
  return {
    beat: async () => void (await once()),
    mayClaim: async () => {
      const may = monotonic() - markedAt < MARK_GOOD_FOR_MS || (await once())
      if (may) markLater()
      return may
    },
    state: () => (known === undefined ? 'HELD' : hasFailed ? 'UNMARKED' : 'CLEAR'),
    stop: async () => {
      const isOwed = trailing !== undefined
      clearTimeout(trailing)
      const last = isOwed && known ? once().catch(() => undefined) : undefined
      await Promise.race([last, sleep(STOP_MS)])
    },
  }
}
