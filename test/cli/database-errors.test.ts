import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest'
import { openPool } from '../../src/database/pool.ts'
import { openProxy } from '../chaos/proxy.ts'
import { camp, type Run } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { refusingPostgres, untrustedPostgres } from '../support/fake-postgres.ts'
import { adminEnv } from '../support/login.ts'
import { administer, TEMPLATE, withDatabase } from '../support/server.ts'

const db = useDatabase()
const server = inject('postgresUrl')
const suffix = randomBytes(4).toString('hex')
const PASSWORD = `geheim/${suffix}`
const role = (name: string) => `${name}_${suffix}`
const ROLES = ['weak', 'closed', 'crowded', 'reader', 'hasty', 'old']
const DATABASES = ['empty', 'foreign', 'broken', 'lost']
const named = (database: string) => `camp_${database}_${suffix}`

let env: NodeJS.ProcessEnv
beforeAll(async () => {
  env = await adminEnv(db)
  for (const name of ROLES) await administer(server, `CREATE ROLE ${role(name)} LOGIN PASSWORD '${PASSWORD}'`)
  for (const name of ['empty', 'foreign']) await administer(server, `CREATE DATABASE ${named(name)}`)
  for (const name of ['broken', 'lost']) await administer(server, `CREATE DATABASE ${named(name)} TEMPLATE ${TEMPLATE}`)
  for (const name of ['reader', 'hasty', 'old'])
    await db.pool.query(`GRANT ALL ON ALL TABLES IN SCHEMA public TO ${role(name)}`)
  await administer(server, `ALTER ROLE ${role('closed')} NOLOGIN`)
  await administer(server, `ALTER ROLE ${role('crowded')} CONNECTION LIMIT 0`)
  await administer(server, `ALTER ROLE ${role('reader')} SET default_transaction_read_only = on`)
  await administer(server, `ALTER ROLE ${role('hasty')} SET statement_timeout = '200ms'`)
})
afterAll(async () => {
  for (const name of DATABASES) await administer(server, `DROP DATABASE IF EXISTS ${named(name)} WITH (FORCE)`)
  for (const name of ROLES) {
    await db.pool.query(`DROP OWNED BY ${role(name)}`)
    await administer(server, `DROP ROLE ${role(name)}`)
  }
})

function urlOf(change: { user?: string; password?: string; database?: string; parameters?: string }): string {
  const url = new URL(change.database === undefined ? db.url : withDatabase(server, change.database))
  if (change.user !== undefined) [url.username, url.password] = [change.user, encodeURIComponent(PASSWORD)]
  if (change.password !== undefined) url.password = change.password
  if (change.parameters !== undefined) url.search = change.parameters
  return url.href
}

async function on(database: string, statement: string): Promise<void> {
  const pool = openPool(withDatabase(server, named(database)))
  await pool.query(statement).finally(() => pool.end())
}

async function failing(line: string, url: string): Promise<Run> {
  const run = await camp(line.split(' '), { env: { ...env, DATABASE_URL: url } })
  expectASentence(run)
  return run
}

/** A sentence with what to do next: nothing of the engine's inside, and no password. */
function expectASentence({ out, err }: Run): void {
  expect(out).toBe('')
  expect(err).toMatch(/^error: .+\n {2}.+/)
  expect(err).not.toMatch(/bug in camp|\n +at | 0: |\.rs:|Invocation|Invalid `|geheim/)
  expect(err).not.toContain(PASSWORD)
  expect(err).not.toContain(new URL(server).password)
}

describe('the login', () => {
  it('with a wrong password is 7, and says how a password is written', async () => {
    const run = await failing('wallet list', urlOf({ password: 'wrong' }))
    expect(run.code).toBe(7)
    expect(run.err).toMatch(/refuses the login: password authentication failed for user "camp"[\s\S]*%40/)
  })

  it('of a user that is not there is 7', async () => {
    expect(await failing('db migrate', urlOf({ user: 'ghost' }))).toMatchObject({ code: 7 })
  })

  it('of a user that may not log in is 7, with the statement that lets it', async () => {
    const run = await failing('db status', urlOf({ user: role('closed') }))
    expect(run.code).toBe(7)
    expect(run.err).toContain(`ALTER ROLE "${role('closed')}" LOGIN`)
  })

  it('without a password is 7', async () => {
    const proxy = await openProxy(() => Number(new URL(server).port))
    // The driver leaves the login half done: a server that waits for its end drops no database meanwhile.
    onTestFinished(() => proxy.close())
    const url = new URL(urlOf({ password: '' }))
    url.port = String(proxy.port)
    const run = await failing('wallet list', url.href)
    expect(run).toMatchObject({ code: 7 })
    expect(run.err).toContain('DATABASE_URL has none')
  })
})

describe('the database', () => {
  it('that is not there is 8, and its user is named in the statement that makes it', async () => {
    for (const line of ['wallet list', 'db migrate', 'db status', 'worker']) {
      const run = await failing(line, urlOf({ user: role('weak'), database: 'nada' }))
      expect(run.code, line).toBe(8)
      expect(run.err).toMatch(/no such database: database "nada" does not exist[\s\S]*CREATE DATABASE/)
      expect(run.err).toContain(`OWNER "${role('weak')}"`)
    }
  })

  it('that a URL does not name is the one of its user’s name', async () => {
    const run = await failing('wallet list', urlOf({ user: role('weak'), database: '' }))
    expect(run.code).toBe(8)
    expect(run.err).toMatch(/without one it is the user’s name/)
  })

  it('of another program is not migrated, whether it has migrations of its own or none', async () => {
    await on('foreign', `CREATE TABLE "User" (id int)`)
    expect(await failing('db migrate', urlOf({ database: named('foreign') }))).toMatchObject({
      code: 4,
      err: expect.stringContaining('tables of another program'),
    })
    await on(
      'foreign',
      `CREATE TABLE _prisma_migrations (migration_name text, finished_at timestamptz, rolled_back_at timestamptz);
       INSERT INTO _prisma_migrations VALUES ('20200101000000_theirs', now(), NULL)`,
    )
    for (const line of ['db migrate', 'wallet list']) {
      const run = await failing(line, urlOf({ database: named('foreign') }))
      expect(run).toMatchObject({ code: 4, err: expect.stringContaining('20200101000000_theirs') })
    }
  })

  it('whose migration was interrupted says which', async () => {
    await on(
      'broken',
      `UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = (SELECT max(migration_name) FROM _prisma_migrations)`,
    )
    const run = await failing('db migrate', urlOf({ database: named('broken') }))
    expect(run).toMatchObject({
      code: 4,
      err: expect.stringMatching(/an earlier migration was interrupted: \d{14}_\w+/),
    })
  })

  it('that has lost a table is 8', async () => {
    await on('lost', `ALTER TABLE "SecretFingerprint" RENAME TO "Other"`)
    const run = await failing('wallet list', urlOf({ database: named('lost') }))
    expect(run).toMatchObject({ code: 8, err: expect.stringContaining("does not have camp's tables") })
  })

  it('older than camp needs is 8, and its version is named', async () => {
    await db.pool.query(
      `CREATE SCHEMA shadow;
       CREATE FUNCTION shadow.current_setting(text) RETURNS text LANGUAGE sql RETURN '130014'`,
    )
    await db.pool.query(`GRANT USAGE ON SCHEMA shadow TO ${role('old')}`)
    await administer(server, `ALTER ROLE ${role('old')} SET search_path = shadow, public, pg_catalog`)
    for (const line of ['wallet list', 'db migrate', 'db status']) {
      const run = await failing(line, urlOf({ user: role('old') }))
      expect(run).toMatchObject({ code: 8, err: expect.stringContaining('PostgreSQL 13, and camp needs 14') })
    }
  })
})

describe('a right that is missing is 7, with the statement that grants it', () => {
  it('on the schema', async () => {
    const run = await failing('db migrate', urlOf({ user: role('weak'), database: named('empty') }))
    expect(run.code).toBe(7)
    expect(run.err).toContain(`GRANT USAGE, CREATE ON SCHEMA public TO "${role('weak')}"`)
  })

  it('on the database', async () => {
    await on('empty', `GRANT CREATE ON SCHEMA public TO ${role('weak')}`)
    onTestFinished(() => on('empty', `DROP OWNED BY ${role('weak')}`))
    const run = await failing('db migrate', urlOf({ user: role('weak'), database: named('empty') }))
    expect(run.code).toBe(7)
    expect(run.err).toContain(`GRANT CONNECT, CREATE ON DATABASE "${named('empty')}" TO "${role('weak')}"`)
  })

  it('on a table, asked by pg and by Prisma', async () => {
    const url = urlOf({ user: role('weak') })
    expect(await failing('wallet list', url)).toMatchObject({ code: 7, err: expect.stringContaining('GRANT SELECT') })
    await db.pool.query(`GRANT SELECT ON _prisma_migrations TO ${role('weak')}`)
    expect(await failing('wallet list', url)).toMatchObject({ code: 7, err: expect.stringContaining('GRANT SELECT') })
  })
})

describe('a limit of the server is 8:', () => {
  it('no connection left', async () => {
    const run = await failing('wallet list', urlOf({ user: role('crowded') }))
    expect(run).toMatchObject({ code: 8, err: expect.stringContaining('it has no connection left') })
  })

  it('no writes', async () => {
    const run = await failing('wallet add Norte --idgis 77', urlOf({ user: role('reader') }))
    expect(run).toMatchObject({ code: 8, err: expect.stringContaining('takes no writes') })
  })

  it('a time limit', async () => {
    const holder = await db.pool.connect()
    onTestFinished(() => holder.release())
    await holder.query(`BEGIN; LOCK TABLE "Wallet" IN ACCESS EXCLUSIVE MODE`)
    const run = await failing('wallet list', urlOf({ user: role('hasty') })).finally(() => holder.query('ROLLBACK'))
    expect(run).toMatchObject({
      code: 8,
      err: expect.stringMatching(/ended it before.*statement timeout[\s\S]*undone/),
    })
  })
})

describe('the way to it', () => {
  it('with TLS where the server has none is 8', async () => {
    const run = await failing('wallet list', urlOf({ parameters: '?sslmode=verify-full' }))
    expect(run).toMatchObject({ code: 8, err: expect.stringContaining('speaks no TLS') })
  })

  it('with a certificate that is not trusted is 8', async () => {
    for (const line of ['wallet list', 'db migrate']) {
      const run = await failing(line, await untrustedPostgres())
      expect(run).toMatchObject({
        code: 8,
        err: expect.stringMatching(/certificate is not accepted[\s\S]*sslrootcert/),
      })
    }
  })

  it('with a certificate file that is not there is 2', async () => {
    const run = await failing('wallet list', urlOf({ parameters: '?sslmode=verify-full&sslrootcert=/nowhere/ca.pem' }))
    expect(run).toMatchObject({ code: 2, err: expect.stringContaining('/nowhere/ca.pem') })
  })

  it.each(['geheim@x/y@127.0.0.1:1/camp', 'geheim@ss/@127.0.0.1:1/camp'])(
    'by a host that a password has made (%s) is 8, and says how a password is written',
    async tail => {
      const run = await failing('wallet list', `postgres://camp:${tail}`)
      expect(run.code).toBe(8)
      expect(run.err).toMatch(/(ENOTFOUND|EAI_AGAIN)[\s\S]*@ as %40, \/ as %2F, # as %23/)
    },
  )

  it.each(['geheim/x@127.0.0.1:1/camp', 'geheim#x@127.0.0.1:1/camp', 'geheim?x@127.0.0.1:1/camp'])(
    'that cannot be read as a URL (%s) is 2, and says how a password is written',
    async tail => {
      const run = await camp(['wallet', 'list'], { env: { ...env, DATABASE_URL: `postgres://camp:${tail}` } })
      expect(run).toMatchObject({ code: 2, err: expect.stringMatching(/DATABASE_URL.*%40, \/ as %2F/) })
      expect(run.err).not.toContain('geheim')
    },
  )

  it.each([
    ['08P01', 'no such database: camp', 8, 'PgBouncer knows'],
    ['08P01', 'no such user: camp', 7, 'auth_file'],
    ['08P01', 'server login failed: FATAL password authentication failed for user "camp"', 7, 'auth_file'],
    ['08P01', 'no more connections allowed (max_client_conn)', 8, 'max_client_conn'],
    ['08P01', 'query_wait_timeout', 8, 'PgBouncer’s log'],
    ['08P01', 'unsupported startup parameter: options', 8, 'REDIS_URL'],
    ['28000', 'no pg_hba.conf entry for host "10.0.0.9", user "camp", database "camp", no encryption', 7, 'sslmode'],
    ['53300', 'sorry, too many clients already', 8, 'max_connections'],
    ['57P03', 'the database system is starting up', 8, 'Wait until it has started'],
    ['57P03', 'the database system is not accepting connections', 8, 'standby'],
    ['XX000', 'Tenant or user not found', 8, 'See the server’s log'],
    ['42704', 'unrecognized configuration parameter "nosuch"', 8, 'its parameters'],
  ])('through what says FATAL %s %s is %i', async (code, message, exit, hint) => {
    for (const line of ['wallet list', 'db migrate', 'db status']) {
      const run = await failing(line, await refusingPostgres(code, message))
      expect(run.err).toContain(message)
      expect(run).toMatchObject({ code: exit, err: expect.stringContaining(hint) })
    }
  })
})

it('a queue on PostgreSQL that a pooler refuses says what to set; the campaign runs', async () => {
  const { openQueues } = await import('../../src/queue/queues.ts')
  const databaseUrl = await refusingPostgres('08P01', 'unsupported startup parameter: options')
  const queues = openQueues({ redisUrl: undefined, databaseUrl })
  onTestFinished(() => queues.close())
  await expect(queues.enqueue('broker', [{ batchId: 'batch', enqueue_seq: 1, delayMs: 0 }])).rejects.toMatchObject({
    kind: 'UNREACHABLE',
    message: expect.stringContaining('unsupported startup parameter: options'),
    hint: expect.stringMatching(/CAMP_DIRECT_URL[\s\S]*REDIS_URL[\s\S]*is stored/),
  })
})
