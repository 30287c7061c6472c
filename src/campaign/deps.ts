import type pg from 'pg'
import type { Clock } from '../clock.ts'

/**
 * Dependencies of a campaign's transitions that a person or the schedule makes. Each transition is one transaction, with its
 * audit.
 */
export interface MoveDeps {
  pool: pg.Pool
  clock: Clock
}
