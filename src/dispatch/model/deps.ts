import type pg from 'pg'
import type { HolidayTest } from '../../calendar/custom-holidays.ts'
import type { Monotonic, Sleep } from '../../clock.ts'
import type { Http } from '../../http/client.ts'
import type { Log } from '../../log.ts'
import type { Enqueuer } from '../../queue/queues.ts'
import type { Keys } from '../../security/keys.ts'

export interface DispatchDeps extends ClaimDeps {
  pool: pg.Pool
  queues: Enqueuer
  http: Http
  log: Log
  /** By the clock of `now`. */
  sleep: Sleep
  /** Aborted when this process shuts down: no further request is written. */
  draining: AbortSignal
  /**
   * The URL for a broker's callbacks, for all its messages or for one; undefined if it cannot call back.
   * @param brokerUrl the broker's own address, if its credential names one
   */
  callbackUrl: (brokerId: string, brokerUrl: string | undefined, leadId: string | undefined) => string | undefined
}

export interface ClaimDeps extends SlotDeps {
  pool: pg.Pool
  /** The database's time, so that all workers pace by one clock (worker.ts). */
  now: () => Date
  keys: Keys
  monotonic: Monotonic
  leaseMs: (adapterTimeoutMs: number | undefined) => number
}

export interface SlotDeps {
  timezone: string
  /** The country's holidays; the installation's own are read with each batch. */
  isHoliday: HolidayTest
  random: () => number
}
