import { setTimeout as delay } from 'node:timers/promises'
import { isDataError, isPassing, namedError } from '../../database/faults.ts'
import type { Log } from '../../log.ts'

export interface PersistDeps {
  now: () => Date
  random: () => number
  log: Log
}

export interface Persisted {
  /** What is written, for the log: "settle". */
  what: string
  /** Of which batch. */
  about: object
  /** After this a sweep has decided, or will. */
  giveUpAt: Date
}

/** A database that is back is written to within this. */
const MAX_DELAY_MS = 1_000

/**
 * Writes what is known already and must not be lost: whatever passes (the database is away, its disk is full, a statement took too
 * long) is tried again until `giveUpAt`.
 * @throws what `write` threw: at once where it is a fault of the data or of the statement, else after `giveUpAt`
 */
async function persist<T>(
  { now, random, log }: PersistDeps,
  { what, about, giveUpAt }: Persisted,
  write: () => Promise<T>,
): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await write()
    } catch (error) {
      if (!isPassing(error) || now() > giveUpAt) throw error
      // The first, and then ever more seldom: the 2nd, the 4th, the 8th.
      if (Number.isInteger(Math.log2(failures))) {
        log.warn({ event: 'settle.retry', ...about, err: namedError(error), failures }, `${what} failed, trying again`)
      }
      await delay(Math.min(MAX_DELAY_MS, 100 * 2 ** Math.min(failures, 10)) * (0.5 + random() / 2))
    }
  }
}

/**
 * The same for an outcome that holds texts of a broker: where the database refuses them, the outcome is written without them.
 * @param without the same outcome with no text but our own
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
