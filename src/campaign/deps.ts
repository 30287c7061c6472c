import type pg from 'pg'
import type { Clock } from '../clock.ts'

/** The moves of a campaign's life that a person (or the schedule) makes: each one transaction, with its audit. */
export interface MoveDeps {
  pool: pg.Pool
  clock: Clock
}
