import type pg from 'pg'
import type { Clock } from '../clock.ts'
import type { PrismaClient } from '../database/prisma.ts'
import type { Keys } from '../security/keys.ts'
import type { Tally } from './tally.ts'

export interface LegacyDeps {
  pool: pg.Pool
  prisma: PrismaClient
  keys: Keys
  clock: Clock
  /** The old system's dates are in it. */
  timezone: string
  signal: AbortSignal
  /** After each part of the messages: how many were read. */
  onProgress: (rows: number) => void
}

export interface LegacyRequest {
  /** A dump's path, or mysql://… */
  from: string
  password: string | undefined
  /** Of the tables: wp_ */
  prefix: string
  /** By the old name of a provider: the broker in camp. */
  brokers: Readonly<Record<string, string>>
  /** By id_carteira: the wallet's idgis number. */
  idgis: Readonly<Record<string, number>>
  /** Undoes texts that were converted to UTF-8 twice. */
  doubleEncoded: boolean
  dryRun: boolean
  rejects: { file: string; overwrite: boolean } | null
  userId: string
}

/** What each step takes. */
export interface Step {
  deps: LegacyDeps
  request: LegacyRequest
  tally: Tally
}
