import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { runCamp } from '../../src/cli/main.ts'
import { systemClock } from '../../src/clock.ts'
import { campVersion } from '../../src/config.ts'
import { camp } from '../support/camp.ts'
import { commandTree } from '../support/commands.ts'
import { useDatabase } from '../support/database.ts'
import { makeCampaign, makeScene, type Scene, setBudget } from '../support/fixtures.ts'
import { ADMIN, adminEnv, succeed } from '../support/login.ts'
import { scratchFolder } from '../support/scratch.ts'

const db = useDatabase()
const folder = scratchFolder('serve-test')
const stopping = new AbortController()
let url: string
let served: Promise<number>
let scene: Scene
/** Clients: they have the server's address, and a home of their own. */
let ana: NodeJS.ProcessEnv
let bob: NodeJS.ProcessEnv

const MAX_COMMANDS = 4
const PASSWORD: Record<string, string> = { [ADMIN.email]: ADMIN.password, 'bob@example.com': 'battery staple' }
async function client(email: string): Promise<NodeJS.ProcessEnv> {
  const env = { CAMP_URL: url, CAMP_HOME: scratchFolder('client') }
  await succeed(camp(['login', email, '--password-stdin'], { env, stdin: PASSWORD[email]! }))
  return env
}

beforeAll(async () => {
  const env = await adminEnv(db)
  await succeed(
    camp(['user', 'add', 'bob@example.com', '--name', 'Bob', '--role', 'USER', '--password-stdin'], {
      env,
      stdin: 'battery staple',
    }),
  )
  const stderr = new PassThrough()
  served = runCamp(['serve', '--listen', '127.0.0.1:0', '--max-upload', '1', '--max-commands', String(MAX_COMMANDS)], {
    env: { ...env, LOG_LEVEL: 'silent' },
    streams: { stdin: new PassThrough(), stdout: new PassThrough(), stderr },
    clock: systemClock,
    signal: stopping.signal,
  })
  let said = ''
  stderr.on('data', chunk => {
    said += chunk
  })
  url = await vi.waitFor(() => /Listening on (\S+)/.exec(said)![1]!, 60_000)
  scene = await makeScene(db.pool)
  ana = await client(ADMIN.email)
  bob = await client('bob@example.com')
  await succeed(camp(['wallet', 'add', 'W', '--idgis', '7'], { env: ana }))
  await succeed(camp(['broker', 'add', 'B', '--adapter', 'SANDBOX', '--cost', '0.0450'], { env: ana }))
  await succeed(camp(['credential', 'set', 'W', 'B', 'url=http://127.0.0.1:9'], { env: ana }))
  await setBudget(db.pool, (await db.prisma.wallet.findFirstOrThrow({ where: { name: 'W' } })).id, '100.00')
})
afterAll(async () => {
  stopping.abort()
  expect(await served).toBe(0)
})

const IMPORT = ['--wallet', 'W', '--broker', 'B', '--message', 'Olá']
function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${url}${path}`, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), headers })
const asked = (argv: string[]) => ({
  version: campVersion(),
  argv,
  terminal: { stdin: false, stdout: false, stderr: false, columns: null, color: null },
  language: 'en',
})

describe('a command of another machine', () => {
  it('is run as the user who has logged in there, and keeps the session there', async () => {
    expect((await succeed(camp(['whoami', '--json'], { env: bob }))).json()).toMatchObject({
      email: 'bob@example.com',
      via: { email: ADMIN.email },
    })
    expect(existsSync(join(bob.CAMP_HOME!, 'session'))).toBe(true)
    expect((await camp(['logout', '--json'], { env: { ...bob, CAMP_HOME: folder } })).json()).toEqual({
      logged_out: false,
    })
  })

  it('imports a file from there, and writes the rejects there', async () => {
    const path = file('lista "1".csv', 'telefone\n11987654321\n123\n')
    const rejects = join(folder, 'rejects.csv')
    const run = await succeed(
      camp(['campaign', 'import', path, ...IMPORT, '--rejects', rejects, '--json'], { env: bob }),
    )
    expect(run.json()).toMatchObject({ source_file: 'lista "1".csv', rows: 2, rejects: { file: rejects, rows: 1 } })
    expect(readFileSync(rejects, 'utf8')).toMatch(/^telefone;.*\n123;/)
    const shown = await succeed(camp(['campaign', 'show', run.json().id], { env: bob }))
    expect(shown.out).toMatch(/^leads +2: .*PENDING 1/m)
  })

  it('overwrites no file there, unless it is told to, and its rejects are private', async () => {
    const path = file('more.csv', 'telefone\n11955550001\n123\n')
    const rejects = file('precious.csv', 'precious')
    const line = ['campaign', 'import', path, ...IMPORT, '--rejects', rejects, '--json']
    expect(await camp(line, { env: bob })).toMatchObject({ code: 4, err: expect.stringContaining('--overwrite') })
    expect(readFileSync(rejects, 'utf8')).toBe('precious')
    await succeed(camp([...line, '--overwrite'], { env: bob }))
    expect(readFileSync(rejects, 'utf8')).toMatch(/^telefone;.*\n123;/)
    expect(statSync(rejects).mode & 0o777).toBe(0o600)
  })

  it('takes what is piped in, and gives a report to be piped on', async () => {
    const run = await succeed(
      camp(['campaign', 'import', '-', ...IMPORT, '--json'], { env: bob, stdin: 'telefone\n11987650001\n' }),
    )
    const report = await succeed(camp(['campaign', 'report', run.json().id, '--json'], { env: bob }))
    expect(report.json()).toBeDefined()
  })

  it('ends with the exit code that it has here', async () => {
    const id = await makeCampaign(db.pool, scene, { leads: 1, status: 'PENDING_APPROVAL' })
    expect(await camp(['campaign', 'approve', id], { env: bob })).toMatchObject({
      code: 7,
      out: '',
      err: expect.stringContaining(ADMIN.email),
    })
    expect((await camp(['campaign', 'show', 'C-none'], { env: bob })).code).toBe(3)
    expect((await camp(['campaign', 'import', join(folder, 'none.csv'), ...IMPORT], { env: bob })).code).toBe(3)
    expect((await camp(['campaign', 'import', folder, ...IMPORT], { env: bob })).code).toBe(5)
    expect((await camp(['wallet', 'nonsense'], { env: bob })).code).toBe(2)
  })

  it('asks at the terminal there', async () => {
    const id = await makeCampaign(db.pool, scene, { leads: 1, status: 'PENDING_APPROVAL' })
    const no = await camp(['campaign', 'approve', id], { env: ana, answer: 'n' })
    expect(no.code).toBe(130)
    expect(no.err).toContain('Approve it?')
    await succeed(camp(['campaign', 'approve', id], { env: ana, answer: 'y' }))
    expect((await camp(['campaign', 'show', id, '--json'], { env: ana })).json().status).toBe('APPROVED')
  })

  it('ends with Ctrl-C there, as it does here', async () => {
    const id = await makeCampaign(db.pool, scene, { leads: 1, status: 'PROCESSING' })
    const interrupt = new AbortController()
    const watching = camp(['campaign', 'watch', id], { env: bob, signal: interrupt.signal })
    await vi.waitFor(async () => expect(await busy()).toBeGreaterThan(0), 60_000)
    interrupt.abort()
    expect((await watching).code).toBe(130)
    await vi.waitFor(async () => expect(await busy()).toBe(0), 60_000)
  })

  it('ends where its client is gone', async () => {
    const id = await makeCampaign(db.pool, scene, { leads: 1, status: 'PROCESSING' })
    const gone = new AbortController()
    const token = readFileSync(join(bob.CAMP_HOME!, 'session'), 'utf8').trim()
    const answer = await fetch(`${url}/v1/runs`, {
      method: 'POST',
      body: JSON.stringify(asked(['campaign', 'watch', id])),
      headers: { authorization: `Bearer ${token}` },
      signal: gone.signal,
    })
    expect(answer.status).toBe(200)
    await vi.waitFor(async () => expect(await busy()).toBeGreaterThan(0), 60_000)
    gone.abort()
    await vi.waitFor(async () => expect(await busy()).toBe(0), 60_000)
  })

  /** Connections of commands that run: the test's own pool and the server's look are idle. */
  async function busy(): Promise<number> {
    const { rows } = await db.pool.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'camp'
         AND query LIKE '%Campaign%' AND pid <> pg_backend_pid() AND backend_start > now() - interval '30 seconds'`,
    )
    return rows[0]!.n
  }
})

describe('an error with --json', () => {
  it('is the same document from a command that the server ran, and from one that it refused', async () => {
    const env = { ...ana, FORCE_COLOR: '1' }
    const ran = await camp(['campaign', 'show', 'nope', '--json'], { env })
    expect(ran).toMatchObject({ code: 3, out: '' })
    expect(JSON.parse(ran.err)).toEqual({
      error: { code: 'CAMPAIGN_NOT_FOUND', message: 'no campaign "nope"', hint: 'See: camp campaign list' },
    })
    const usage = await camp(['campaign', 'show', '--nope', '--json'], { env })
    expect([usage.code, usage.error().code]).toEqual([2, 'INVALID_COMMAND_LINE'])
    const refused = await camp(['db', 'stop', '--json'], { env })
    expect([refused.code, refused.error().code]).toEqual([2, 'NOT_SERVED'])
    const unknown = await camp(['wallet', 'list', '--json'], { env: { ...env, CAMP_HOME: folder } })
    expect([unknown.code, unknown.error().code]).toEqual([7, 'NOT_LOGGED_IN'])
  })
})

describe('what a client may not', () => {
  it.each([
    ['worker'],
    ['db', 'stop'],
    ['secret', 'rotate', '--yes'],
    ['serve'],
    ['--json', 'worker'],
    ['whoami', '--env-file', '/etc/camp.env'],
    ['whoami', '--env-file=/etc/camp.env'],
    ['whoami', '--debug'],
    ['campaign', 'import', '/etc/*.csv', '--repeat', '* * * * *', ...IMPORT],
  ])('run %s %s %s', async (...argv) => {
    const run = await camp(
      argv.filter(word => word !== undefined),
      { env: ana },
    )
    expect(run.code).toBe(2)
    expect(run.out).toBe('')
  })

  it('reach a file of the server: a path is asked of the client, which gives what its own command line names', async () => {
    const token = readFileSync(join(bob.CAMP_HOME!, 'session'), 'utf8').trim()
    const argv = ['campaign', 'import', '/etc/passwd', ...IMPORT, '--rejects', '../../../tmp/evil.csv']
    const answer = await post('/v1/runs', asked(argv), { authorization: `Bearer ${token}` })
    const lines = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
    let said = ''
    while (!said.includes('need')) said += (await lines.read()).value
    const frames = said
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    const { run } = frames.find(frame => frame.run)
    expect(frames.find(frame => frame.path !== undefined)).toEqual({ need: 0, path: '/etc/passwd' })
    expect((await post(`/v1/runs/${run}/inputs/1`, 'x')).status).toBe(404)
    expect((await post(`/v1/runs/${run}/inputs/0`, 'telefone\n11987650077\n123\n')).status).toBe(204)
    for (let part = await lines.read(); !part.done; part = await lines.read()) said += part.value
    expect(said).not.toContain('root:')
    expect(said).toContain('{"file":"../../../tmp/evil.csv"')
    expect(existsSync('/tmp/evil.csv')).toBe(false)
    expect((await post(`/v1/runs/${run}/inputs/0`, 'x')).status).toBe(404)
  })

  it('keep a place: a login whose client is gone ends, though it waits for a password', async () => {
    for (let i = 0; i < 2 * MAX_COMMANDS; i++) await vi.waitFor(async () => (await beginLogin()).abort(), 60_000)
    expect((await succeed(camp(['whoami', '--json'], { env: bob }))).json()).toMatchObject({ email: 'bob@example.com' })
  })

  it('take all places by logins', async () => {
    const open: AbortController[] = []
    onTestFinished(() => {
      for (const one of open) one.abort()
    })
    while (open.length < MAX_COMMANDS / 2) open.push(await vi.waitFor(beginLogin, 60_000))
    await expect(beginLogin()).rejects.toThrow('503')
    await succeed(camp(['whoami'], { env: bob }))
  })

  /** A login at a terminal that gives no password. @throws with the status, where it is not taken */
  async function beginLogin(): Promise<AbortController> {
    const client = new AbortController()
    const terminal = { stdin: true, stdout: true, stderr: true, columns: 80, color: false }
    const request = { ...asked(['login', ADMIN.email]), terminal }
    const answer = await fetch(`${url}/v1/runs`, {
      method: 'POST',
      body: JSON.stringify(request),
      signal: client.signal,
    })
    if (answer.status !== 200) throw new Error(String(answer.status))
    await answer.body!.getReader().read()
    return client
  }

  it('act without a token, or with one that is none', async () => {
    const env = { CAMP_URL: url, CAMP_HOME: scratchFolder('nobody') }
    expect(await camp(['wallet', 'list'], { env })).toMatchObject({
      code: 7,
      err: expect.stringContaining('camp login'),
    })
    expect((await camp(['wallet', 'list'], { env: { ...env, CAMP_TOKEN: 'nonsense' } })).code).toBe(7)
    expect((await camp(['user', 'add', 'x@y.z', '--name', 'X', '--role', 'ADMIN'], { env })).code).toBe(7)
  })

  it('send too much, or what is no request', async () => {
    expect((await post('/v1/runs', 'x'.repeat(2 * 1024 * 1024))).status).toBe(413)
    expect((await post('/v1/runs', '{')).status).toBe(409)
    expect((await post('/v1/runs', { ...asked([]), more: 1 })).status).toBe(400)
    expect((await post('/v1/runs', asked(['who\0ami']))).status).toBe(400)
    expect((await fetch(`${url}/v1/runs`)).status).toBe(404)
    expect((await post('/v1/runs/none/cancel', '')).status).toBe(404)
    const large = file('large.csv', `telefone\n${'11987654321\n'.repeat(120_000)}`)
    expect(await camp(['campaign', 'import', large, ...IMPORT], { env: bob })).toMatchObject({
      code: 5,
      err: expect.stringContaining('1048576 bytes'),
    })
  })

  it('be another version', async () => {
    const answer = await post('/v1/runs', { ...asked(['whoami']), version: '0.0.1' })
    expect([answer.status, await answer.json()]).toEqual([409, { version: campVersion() }])
  })

  it('have both a server and a database', async () => {
    const both = await camp(['whoami'], { env: { ...bob, DATABASE_URL: db.url } })
    expect(both).toMatchObject({ code: 2, err: expect.stringContaining('CAMP_URL and DATABASE_URL are both set') })
  })

  it('find a server where there is none', async () => {
    const run = await camp(['whoami'], { env: { ...bob, CAMP_URL: 'http://127.0.0.1:9' } })
    expect(run).toMatchObject({ code: 8, err: expect.stringContaining('cannot be reached') })
  })
})

it('knows every option and argument that is a file: each is asked of the client, or its command is not served', async () => {
  const known = [
    'audit export --csv <file>',
    'audit export --xlsx <file>',
    'backup <file>',
    'blocklist add --file <file>',
    'blocklist add --rejects <file>',
    'blocklist export --csv <file>',
    'blocklist sync --rejects <file>',
    'campaign import --message-file <file>',
    'campaign import --rejects <file>',
    'campaign import <file>',
    'campaign leads --csv <file>',
    'campaign leads --xlsx <file>',
    'campaign rejects --file <file>',
    'campaign rejects --rejects <file>',
    'credential set --file <file>',
    'init --settings <file>',
    'legacy import --rejects <file>',
    'report --csv <file>',
    'report --xlsx <file>',
    'restore <file>',
    'sandbox --journal <file>',
    'secret rotate --file <file>',
    'template add --content-file <file>',
    'template set --content-file <file>',
  ]
  const found = [...(await commandTree())].flatMap(([name, command]) =>
    [
      ...command.options.map(({ flags }) => flags).filter(flags => flags.includes('<file>')),
      ...command.registeredArguments.map(argument => `<${argument.name()}>`).filter(argument => argument === '<file>'),
    ].map(what => `${name} ${what}`),
  )
  expect(found.sort()).toEqual(known)
})

it('remembers the newest checkpoint with the server: one that is deleted later is missed by every client', async () => {
  await succeed(camp(['wallet', 'add', 'Checked', '--idgis', '77'], { env: ana }))
  const verify = async () => {
    const { code, out, err } = await camp(['audit', 'verify'], { env: bob })
    return { code, said: out + err }
  }
  expect((await verify()).said).not.toContain('does not exist')
  await db.pool.query(
    `BEGIN; SET LOCAL session_replication_role = replica; DELETE FROM "Checkpoint"; DELETE FROM "AuditEvent"; COMMIT`,
  )
  expect(await verify()).toEqual({ code: 6, said: expect.stringMatching(/checkpoint \d+ does not exist/) })
})
