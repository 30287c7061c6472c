import type pg from 'pg'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'

export interface DoctorDeps {
  config: Config
  clock: Clock
  /** The URL of the database; in embedded mode it starts the server. @throws CampError */
  databaseUrl: () => Promise<string>
}

export interface DatabaseDeps extends DoctorDeps {
  pool: pg.Pool
  /** Of the database. */
  url: string
}
