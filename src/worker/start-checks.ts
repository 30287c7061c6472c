import type pg from 'pg'
import { assertMigrated } from '../database/migrations.ts'
import type { Queues } from '../queue/queues.ts'
import { assertSecret } from '../security/fingerprint.ts'
import type { Keys } from '../security/keys.ts'
import { brokersToServe } from './brokers.ts'

export interface StartDeps {
  pool: pg.Pool
  queues: Queues
  keys: Keys
  /** Names; undefined: all brokers. */
  brokers: readonly string[] | undefined
}

/** A worker consumes nothing before all of these succeed, in this order. Each @throws the CampError that ends the worker. */
const START_CHECKS: readonly ((deps: StartDeps) => Promise<unknown>)[] = [
  ({ pool }) => assertMigrated(pool),
  ({ pool, keys }) => assertSecret(pool, keys),
  ({ queues }) => queues.check(),
  ({ pool, brokers }) => brokersToServe(pool, brokers),
]

export async function assertReady(deps: StartDeps): Promise<void> {
  for (const check of START_CHECKS) await check(deps)
}
