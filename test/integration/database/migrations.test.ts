import { randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import pg from 'pg'
import { afterAll, describe, expect, inject, it } from 'vitest'
import { assertMigrated, migrate, schemaDrift, schemaState } from '../../../src/database/migrations.ts'
import { camp } from '../../support/camp.ts'
import { administer, withDatabase } from '../../support/server.ts'

const server = inject('postgresUrl')
const made: string[] = []
const MIGRATIONS = readdirSync('prisma/migrations')
  .filter(name => /^\d{14}_/.test(name))
  .sort()

async function emptyDatabase(): Promise<string> {
  const name = `camp_m_${randomBytes(6).toString('hex')}`
  await administer(server, `CREATE DATABASE ${name}`)
  made.push(name)
  return withDatabase(server, name)
}

afterAll(async () => {
  for (const name of made) await administer(server, `DROP DATABASE ${name} WITH (FORCE)`)
})

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

const env = (url: string) => ({ DATABASE_URL: url, CAMP_SECRET: 'a-test-secret-of-enough-length' })

it('finds that the migrations make what schema.prisma says', async () => {
  expect(await schemaDrift(server)).toMatch(/^-- This is an empty migration\.\s*$/)
})

describe('migrating', () => {
  it('brings an empty database to all tables, the queue included, and does nothing the second time', async () => {
    const url = await emptyDatabase()
    expect(await migrate(url)).toEqual(MIGRATIONS)
    expect(await migrate(url)).toEqual([])
    await withClient(url, async client => {
      await assertMigrated(client)
      const { rows } = await client.query(
        `SELECT to_regclass('"CampaignLead"') AS leads, to_regnamespace('camp_queue') AS queue`,
      )
      expect(rows).toEqual([{ leads: '"CampaignLead"', queue: 'camp_queue' }])
    })
  })

  it('is done once by two at the same moment', async () => {
    const url = await emptyDatabase()
    const applied = await Promise.all([migrate(url), migrate(url), migrate(url)])
    expect(applied.flat()).toEqual(MIGRATIONS)
    expect((await withClient(url, schemaState)).pending).toEqual([])
  })

  it('is a command', async () => {
    const url = await emptyDatabase()
    const first = await camp(['db', 'migrate', '--json'], { env: env(url) })
    expect([first.code, first.json().applied]).toEqual([0, MIGRATIONS])
    const status = await camp(['db', 'status', '--json'], { env: env(url) })
    expect(status.json()).toMatchObject({ mode: 'server', running: true, pending: [], unknown: [] })
    expect(status.out).not.toContain(new URL(url).password)
  })
})

describe('a command that meets', () => {
  it('a database without tables exits 4 and names camp db migrate', async () => {
    const { code, err, out } = await camp(['wallet', 'list', '--json'], { env: env(await emptyDatabase()) })
    expect([code, out]).toEqual([4, ''])
    expect(err).toMatch(/behind[\s\S]*Run: camp db migrate/)
  })

  it('a database of a newer camp exits 4 and says to update', async () => {
    const url = await emptyDatabase()
    await migrate(url)
    await withClient(url, client =>
      client.query(`INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
                    VALUES ('x', 'x', '29991231000000_future', now(), 1)`),
    )
    const { code, err } = await camp(['wallet', 'list'], { env: env(url) })
    expect(code).toBe(4)
    expect(err).toMatch(/newer camp \(29991231000000_future\)[\s\S]*Update camp/)
    const migrated = await camp(['db', 'migrate'], { env: env(url) })
    expect(migrated).toMatchObject({ code: 4, out: '', err: expect.stringContaining('Update camp') })
  })

  it('no database at all exits 8', async () => {
    const { code, err } = await camp(['wallet', 'list'], { env: env('postgresql://nobody@127.0.0.1:1/camp') })
    expect(code).toBe(8)
    expect(err).toContain('the database cannot be reached')
  })
})
