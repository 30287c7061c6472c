import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { beforeAll, beforeEach } from 'vitest'
import type { Entry } from '../../src/blocklist/blocklist.ts'
import type { SyncDeps, SyncRequest } from '../../src/blocklist/sync/request.ts'
import { syncBlocklist } from '../../src/blocklist/sync/sync.ts'
import { systemClock } from '../../src/clock.ts'
import type { TestDatabase } from './database.ts'
import { makeScene } from './fixtures.ts'
import { scratchFolder } from './scratch.ts'
import { emptied } from './tampering.ts'

/** `camp blocklist sync FROM --source lista`, every flag at its default. */
const SYNC: Omit<SyncRequest, 'from' | 'userId'> = {
  source: 'lista',
  purpose: null,
  preset: null,
  replace: false,
  allowShrink: false,
  refetch: false,
  only: null,
  map: {},
  encoding: null,
  delimiter: null,
  sheet: null,
  mostBytes: 100 * 1024 * 1024,
  rejects: null,
}

/** Where lists lie while they are read. */
const HOME = scratchFolder('sync-home')
export const SPOOL = join(HOME, 'spool')

/** Syncs into a test file's database, whose blocklist is empty before each test. */
export function syncOn(db: TestDatabase) {
  let userId: string
  beforeAll(async () => {
    userId = (await makeScene(db.pool)).userId
  })
  beforeEach(() => emptied(db.pool, '"Blocklist", "BlocklistSync", "AuditEvent"'))
  return {
    userId: () => userId,

    sync: (from: string, options: Partial<SyncRequest> = {}, deps: Partial<SyncDeps> = {}) =>
      syncBlocklist(
        {
          pool: db.pool,
          clock: systemClock,
          home: HOME,
          signal: new AbortController().signal,
          stdin: Readable.from([]),
          timeoutMs: 5_000,
          ...deps,
        },
        { ...SYNC, ...options, from, userId },
      ),

    /** A source's entries, phones before documents, each as "value reason purpose". */
    async entries(source = 'lista'): Promise<string[]> {
      const { rows } = await db.pool.query<Entry>(
        `SELECT * FROM "Blocklist" WHERE source = $1 ORDER BY phone, cpf_cnpj`,
        [source],
      )
      return rows.map(({ phone, cpf_cnpj, reason, purpose }) =>
        [phone ?? cpf_cnpj, reason, purpose].filter(part => part !== null).join(' '),
      )
    },
  }
}

/** A file that goes with the test. @returns its path */
export async function fileOf(content: string | Buffer, name = 'lista.csv'): Promise<string> {
  const folder = scratchFolder('list')
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}
