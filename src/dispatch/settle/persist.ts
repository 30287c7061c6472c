import { setTimeout as delay } from 'node:timers/promises'
import { isDataError, isPassing, namedError } from '../../database/faults.ts'
import type { Log } from '../../log.ts'

export interface PersistDeps {
  now: () => Date
  random: () => number
  log: Log
}

export interface Persisted {
  /** The name of the write, for the log: "settle". */
  what: string
  /** The fields that name the batch, for the log. */
  about: object
  /** No retry after this time: a sweep has decided, or will. */
  giveUpAt: Date
}

/** The longest wait between two tries: the write follows within this time once the database is back. */
const MAX_DELAY_MS = 1_000

/**
 * Writes an outcome that is known and must not be lost: a temporary error (the database is unreachable, its disk is full, a
 * statement took too long) is retried until `giveUpAt`.
 * @throws what `write` threw: at once for an error of the data or of the statement, else after `giveUpAt`
 */
export async function persist<T>(
  { now, random, log }: PersistDeps,
  { what, about, giveUpAt }: Persisted,
  write: () => Promise<T>,
): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await write()
    } catch (error) {
      if (!isPassing(error) || now() > giveUpAt) throw error
      // Logged at the 1st, 2nd, 4th, 8th failure and so on.
      if (Number.isInteger(Math.log2(failures))) {
        log.warn({ event: 'settle.retry', ...about, err: namedError(error), failures }, `${what} failed, trying again`)
      }
      await delay(Math.min(MAX_DELAY_MS, 100 * 2 ** Math.min(failures, 10)) * (0.5 + random() / 2))
    }
  }
}

/**
 * The same for an outcome that contains texts of a broker: if the database refuses them, the outcome is written without them.
 * @param without the same outcome with only camp's own texts
 */
export async function persistOutcome<Outcome, T>(
  deps: PersistDeps,
  persisted: Persisted,
  { outcome, without }: { outcome: Outcome; without: (outcome: Outcome) => Outcome },
  write: (outcome: Outcome) => Promise<T>,
): Promise<T> {
  try {
    return await persist(deps, persisted, () => write(outcome))
  } catch (error) {
    if (!isDataError(error)) throw error
    const { what, about } = persisted
    deps.log.error(
      { event: 'settle.texts_refused', ...about, err: namedError(error) },
      `${what} refused because of its data: stored without its texts`,
    )
    return persist(deps, persisted, () => write(without(outcome)))
  }
}
