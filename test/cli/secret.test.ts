import { once } from 'node:events'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { makeCampaign } from '../support/fixtures.ts'
import { ADMIN, adminEnv, succeed, userEnv } from '../support/login.ts'
import { spawnCamp } from '../support/process.ts'
import { scratchFolder } from '../support/scratch.ts'
import { emptied } from '../support/tampering.ts'
import { until } from '../support/worker.ts'

const db = useDatabase()
const OTHER = 'another-secret-of-enough-length'
const URL = 'http://127.0.0.1:9/'
let env: NodeJS.ProcessEnv
let folder: string

beforeEach(async () => {
  await emptied(db.pool, '"User", "Wallet", "Broker", "SecretFingerprint", "AuditEvent"')
  folder = scratchFolder('secret')
  env = { ...(await adminEnv(db)), CAMP_PUBLIC_URL: 'https://camp.example' }
  await succeed(run('wallet add Sul --idgis 7'))
  for (const [name, adapter] of [
    ['Caixa', 'SANDBOX'],
    ['Folha', 'GOSAC'],
  ]) {
    await succeed(run(`broker add ${name} --adapter ${adapter} --cost 0.0450`))
  }
  await succeed(run(`credential set Sul Caixa url=${URL}`))
})

const run = (line: string, as = env, stdin = '') => camp(line.split(' '), { env: as, stdin })
const withSecret = (secret: string) => ({ ...env, CAMP_SECRET: secret })

/** A file that holds a secret. */
function secretIn(secret: string): string {
  const file = join(folder, 'new-secret')
  writeFileSync(file, `${secret}\n`, { mode: 0o600 })
  return file
}

async function everything() {
  const { rows } = await db.pool.query(
    `SELECT (SELECT json_agg(c ORDER BY c.id) FROM "Credential" c) AS credentials, (SELECT json_agg(f) FROM "SecretFingerprint" f) AS mark,
            (SELECT count(*)::int FROM "AuditEvent") AS events`,
  )
  return rows[0]
}

describe('another CAMP_SECRET', () => {
  it.each([
    'whoami',
    `login ${ADMIN.email} --password-stdin`,
    'credential list',
    'credential show Sul Caixa',
    'credential set Sul Caixa url=http://127.0.0.1:8',
    'credential test Sul Caixa',
    'credential remove Sul Caixa --yes',
    `user token ${ADMIN.email}`,
    'user list',
    'broker show Folha',
    'campaign list',
    'campaign run --due',
    'worker',
    'secret rotate --yes --file THIRD',
  ])('is refused with 2 by camp %s, which touches nothing', async line => {
    const before = await everything()
    const argv = line.replace('THIRD', secretIn('a-third-secret-of-enough-length'))
    const { code, out, err } = await run(argv, withSecret(OTHER), `${ADMIN.password}\n`)
    expect([code, out]).toEqual([2, ''])
    expect(err).toBe(
      'error: CAMP_SECRET is not the secret of this database: nothing was changed\n' +
        '  Set CAMP_SECRET to the secret of the other machines, after camp secret rotate the new one (docs/security.md).\n',
    )
    expect(await everything()).toEqual(before)
  })

  it('is refused by a worker process before it listens, and its campaign is untouched', async () => {
    const { rows } = await db.pool.query(
      `SELECT u.id AS "userId", w.id AS "walletId", b.id AS "brokerId" FROM "User" u, "Wallet" w, "Broker" b WHERE b.name = 'Caixa'`,
    )
    const id = await makeCampaign(db.pool, rows[0], { leads: 2 })
    await succeed(run(`campaign run ${id}`))
    const worker = spawnCamp(['worker', '--listen', '127.0.0.1:0'], withSecret(OTHER))
    worker.stdin.end()
    const [out, err] = [text(worker.stdout), text(worker.stderr)]
    expect(await worker.ended).toEqual([2, null])
    expect(await out).toBe('')
    expect(await err).toMatch(/^error: CAMP_SECRET is not the secret of this database/m)
    const { rows: after } = await db.pool.query(
      `SELECT c.status, (SELECT count(*)::int FROM "CampaignLead" WHERE campaign_id = c.id AND status = 'PENDING') AS pending
       FROM "Campaign" c WHERE c.id = $1`,
      [id],
    )
    expect(after).toEqual([{ status: 'PROCESSING', pending: 2 }])
  })
})

describe('camp secret rotate', () => {
  it('seals everything with the new secret, and says what is void; run again, it says that it has happened', async () => {
    const token = (await succeed(run(`user token ${ADMIN.email} --quiet`))).out.trim()
    const file = secretIn(OTHER)
    const oldUrl = (await run('broker show Caixa --json')).json().webhook_url
    const rotated = (await succeed(run(`secret rotate --yes --json --file ${file}`))).json()
    expect(rotated).toMatchObject({ rotated: true, already: false, credentials: 1, secret_file: file })
    const renewed = withSecret(OTHER)
    expect(await run('whoami')).toMatchObject({ code: 2 })
    expect(await run('whoami', { ...renewed, CAMP_TOKEN: token })).toMatchObject({ code: 7 })
    await succeed(run(`login ${ADMIN.email} --password-stdin`, renewed, ADMIN.password))
    expect((await succeed(run('credential show Sul Caixa --json', renewed))).json()).toMatchObject({
      config: { url: URL },
    })
    const newUrl = (await run('broker show Caixa --json', renewed)).json().webhook_url
    expect(newUrl).not.toBe(oldUrl)
    expect(rotated.webhooks).toEqual([{ broker: 'Caixa', webhook_url: newUrl }])

    const before = await everything()
    for (const as of [env, renewed]) {
      const again = await succeed(run(`secret rotate --yes --json --file ${file}`, as))
      expect(again.json()).toMatchObject({ rotated: false, already: true })
    }
    expect((await run(`secret rotate --yes --file ${file}`)).out).toMatch(/is already done.* Set CAMP_SECRET to it/)
    expect(await everything()).toEqual(before)
  })

  it('says in words what ends and what stays', async () => {
    const { out } = await succeed(run('secret rotate --yes --file -', env, `${OTHER}\n`))
    expect(out).toMatch(/^Rotated: 1 credential is sealed with the new secret\.$/m)
    for (const words of [
      'Set CAMP_SECRET to the new secret on every machine',
      'camp login',
      'camp user token',
      'Caixa: https://',
    ]) {
      expect(out).toContain(words)
    }
    expect(out).not.toContain(OTHER)
  })

  it('makes a secret into a private file that outlasts the run, and takes that one the next time', async () => {
    const file = join(folder, 'made')
    await succeed(run(`secret rotate --yes --generate --file ${file}`))
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const made = readFileSync(file, 'utf8').trim()
    expect(made).toHaveLength(43)
    expect((await run(`secret rotate --yes --generate --file ${file} --json`)).json()).toMatchObject({ already: true })
    await succeed(run(`login ${ADMIN.email} --password-stdin`, withSecret(made), ADMIN.password))
  })

  it.each([
    ['--file -', 'short', 5, /stdin: a secret has at least 16 characters/],
    ['--file -', 'two lines of a\nfile that is no secret', 5, /one line/],
    ['--file -', ' with a space at its end ', 5, /without spaces at its start or end/],
    ['--file nowhere/there', '', 3, /nowhere\/there cannot be read: ENOENT[\s\S]*--generate/],
    ['--generate', '', 2, /--generate .* requires --file/],
    ['--generate --file -', '', 2, /- is stdin/],
    ['', '', 2, /the new secret is missing[\s\S]*--file FILE/],
  ])('refuses %j with %j on stdin', async (options, stdin, code, message) => {
    const before = await everything()
    const refused = await run(`secret rotate --yes ${options}`.trim(), env, stdin)
    expect([refused.code, refused.err]).toEqual([code, expect.stringMatching(message)])
    expect(await everything()).toEqual(before)
  })

  it('takes an ADMIN, and their word', async () => {
    const before = await everything()
    const bob = await userEnv(db, env)
    const file = secretIn(OTHER)
    expect((await run(`secret rotate --yes --file ${file}`, bob)).code).toBe(7)
    expect(await run(`secret rotate --file ${file}`)).toMatchObject({ code: 2, err: expect.stringContaining('--yes') })
    expect((await everything()).mark).toEqual(before.mark)
  })

  it('has not happened where its process is killed before the commit, and happens when it is run again', async () => {
    const before = await everything()
    const file = join(folder, 'made')
    const argv = ['secret', 'rotate', '--yes', '--generate', '--file', file]
    const holder = await db.pool.connect()
    onTestFinished(() => holder.release(true))
    await holder.query(`BEGIN; LOCK TABLE "AuditEvent" IN ACCESS EXCLUSIVE MODE`)
    const rotating = spawnCamp(argv, env)
    rotating.stdin.end()
    // Everything is resealed, and nothing committed.
    await until('it waits for the audit', waiting, n => n === 1)
    rotating.kill('SIGKILL')
    await once(rotating, 'exit')
    await holder.query('ROLLBACK')
    // Its server process gets the lock now, and finds its client gone.
    await until('its transaction is gone', open, n => n === 0)
    expect(await everything()).toEqual(before)
    await succeed(run('credential show Sul Caixa'))

    await succeed(camp(argv, { env }))
    const made = readFileSync(file, 'utf8').trim()
    await succeed(run(`login ${ADMIN.email} --password-stdin`, withSecret(made), ADMIN.password))
    expect((await succeed(run('credential show Sul Caixa --json', withSecret(made)))).json()).toMatchObject({
      config: { url: URL },
    })
  })
})

describe('a credential that cannot be opened', () => {
  beforeEach(async () => {
    await succeed(run('credential set Sul Folha url=http://127.0.0.1:9 token=t-1'))
    await db.pool.query(
      `UPDATE "Credential" SET config = jsonb_set(config, '{tag}', '"AAAAAAAAAAAAAAAAAAAAAA=="')
       WHERE broker_id = (SELECT id FROM "Broker" WHERE name = 'Folha')`,
    )
  })

  it('is named where it is asked for, with the cure', async () => {
    const { code, err } = await run('credential show Sul Folha')
    expect([code, err]).toEqual([
      4,
      expect.stringMatching(/"Sul" at "Folha" cannot be opened[\s\S]*camp credential set "Sul" "Folha"/),
    ])
  })

  it('is replaced where all required keys are given; where some are, the missing ones are named', async () => {
    const partly = await run('credential set Sul Folha token=t-2')
    expect([partly.code, partly.err]).toEqual([
      5,
      expect.stringMatching(/cannot be opened.*missing key "url"[\s\S]*GOSAC takes: url \(required\)/),
    ])
    await succeed(run('credential set Sul Folha url=http://127.0.0.1:8 token=t-2'))
    expect((await succeed(run('credential show Sul Folha --json'))).json().config).toMatchObject({
      url: 'http://127.0.0.1:8',
    })
    const { rows } = await db.pool.query(
      `SELECT detail FROM "AuditEvent" WHERE action = 'credential.set' ORDER BY at DESC LIMIT 1`,
    )
    expect(rows[0].detail).toMatchObject({ replaced: true, keys: ['token', 'url'] })
  })

  it('is named by a rotation, which does not begin', async () => {
    const before = await everything()
    const refused = await run(`secret rotate --yes --file ${secretIn(OTHER)}`)
    expect([refused.code, refused.err]).toEqual([4, expect.stringContaining('"Sul" at "Folha"')])
    expect(await everything()).toEqual(before)
  })
})

describe('camp secret reset', () => {
  const reset = (as: NodeJS.ProcessEnv, password: string, email = ADMIN.email) =>
    run(`secret reset ${email} --password-stdin --yes --json`, as, password)

  it('takes the current secret where the old one is lost, by an ADMIN’s password, and names what is to be given again', async () => {
    const lost = withSecret(OTHER)
    expect((await reset(lost, 'wrong horse')).code).toBe(7)
    expect((await run('whoami', lost)).code).toBe(2)
    expect((await succeed(reset(lost, ADMIN.password))).json()).toEqual({
      reset: true,
      closed: [{ wallet: 'Sul', broker: 'Caixa' }],
    })
    await succeed(run(`login ${ADMIN.email} --password-stdin`, lost, ADMIN.password))
    expect((await run('credential show Sul Caixa', lost)).code).toBe(4)
    await succeed(run(`credential set Sul Caixa url=${URL}`, lost))
    expect((await run('whoami')).code).toBe(2)
    expect((await succeed(reset(lost, ADMIN.password))).json()).toEqual({ reset: false, closed: [] })
  })

  it('takes no USER', async () => {
    await succeed(run('user add bob@example.com --name Bob --role USER --password-stdin', env, 'battery staple'))
    expect((await reset(withSecret(OTHER), 'battery staple', 'bob@example.com')).code).toBe(7)
    expect((await run('whoami')).code).toBe(0)
  })
})

async function waiting(): Promise<number> {
  const { rows } = await db.pool.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  )
  return rows[0]!.n
}

async function open(): Promise<number> {
  const { rows } = await db.pool.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL`,
  )
  return rows[0]!.n
}

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  let all = ''
  for await (const chunk of stream) all += chunk
  return all
}
