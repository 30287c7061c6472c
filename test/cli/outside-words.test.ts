import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SignJWT } from 'jose'
import { beforeAll, expect, it } from 'vitest'
import { openSessionKey } from '../../src/security/session-key.ts'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { testKeys } from '../support/fixtures.ts'
import { adminEnv, serverEnv, succeed } from '../support/login.ts'
import { scratchFolder } from '../support/scratch.ts'

/** Names that every object answers to, unless it is asked for its own. */
const NAMES = ['constructor', 'toString', '__proto__', 'hasOwnProperty']

const db = useDatabase()
const folder = scratchFolder('words')
let env: NodeJS.ProcessEnv
beforeAll(async () => {
  env = await adminEnv(db)
  await succeed(camp(['wallet', 'add', 'Sul', '--idgis', '7'], { env }))
  await succeed(camp(['broker', 'add', 'SBX', '--adapter', 'SANDBOX', '--cost', '0.0450'], { env }))
  await succeed(camp(['broker', 'add', 'WPP', '--adapter', 'OTIMA_WPP', '--cost', '0.0450'], { env }))
  const content = NAMES.map(name => `{{${name}}}`).join(' ')
  await succeed(camp(['template', 'add', 'T', '--code', 't', '--content', content], { env }))
})

let files = 0
function file(text: string): string {
  const path = join(folder, `f${++files}.csv`)
  writeFileSync(path, text)
  return path
}
const importing = (text: string, broker: string, ...flags: string[]) =>
  camp(['campaign', 'import', file(text), '--wallet', 'Sul', '--broker', broker, '--json', ...flags], { env })

const PLAIN = 'telefone;nome\n11987650001;Ana\n'
const COLUMNS = `telefone;${NAMES.join(';')}\n11987650001;${NAMES.map((_, i) => `valor${i}`).join(';')}\n`
const VALUES = NAMES.map((_, i) => `valor${i}`).join(' ')

it('columns of such names are columns, in a message and in a template', async () => {
  const message = NAMES.map(name => `{{${name}}}`).join(' ')
  const made = (await succeed(importing(COLUMNS, 'SBX', '--message', message, '--dry-run'))).json()
  expect(made.first_leads[0].text).toBe(VALUES)
  const assigned = (await succeed(importing(COLUMNS, 'WPP', '--template', 't', '--dry-run'))).json()
  expect(assigned.first_leads[0].text).toBe(VALUES)
  const vars = ['--var', NAMES.map(name => `${name}=nome`).join(',')]
  const named = (await succeed(importing(PLAIN, 'WPP', '--template', 't', ...vars, '--dry-run'))).json()
  expect(named.first_leads[0].text).toBe('Ana Ana Ana Ana')
  const { id } = (await succeed(importing(COLUMNS, 'SBX', '--message', message))).json()
  const { rows } = await db.pool.query(`SELECT variables FROM "CampaignLead" WHERE campaign_id = $1 AND NOT is_fish`, [
    id,
  ])
  expect(Object.entries(rows[0].variables).sort()).toEqual(NAMES.map((name, i) => [name, `valor${i}`]).sort())
})

it.each(NAMES)('%s is no word of camp’s', async name => {
  const runs = [
    await importing(PLAIN, 'SBX', '--message', `Oi {{${name}}}`),
    await importing(PLAIN, 'WPP', '--template', 't', '--var', `${name}=nome`),
    await importing(PLAIN, 'WPP', '--template', 't', '--var', `nome=${name}`),
    ...(await Promise.all(
      ['map', 'encoding', 'delimiter', 'throttle', 'days', 'hours', 'state-laws', 'template', 'schedule', 'repeat'].map(
        option => importing(PLAIN, 'SBX', '--message', 'Oi', `--${option}`, option === 'map' ? `${name}=nome` : name),
      ),
    )),
  ]
  for (const argv of [
    [name],
    ['campaign', name],
    ['campaign', 'show', name],
    ['campaign', 'explain', name],
    ['campaign', 'list', '--status', name],
    ['budget', 'show', 'Sul', name],
    ['wallet', 'show', name],
    ['broker', 'add', 'x', '--adapter', name, '--cost', '1'],
    ['broker', 'add', 'x', '--adapter', 'SANDBOX', '--cost', name],
    ['broker', 'add', 'x', '--adapter', 'SANDBOX', '--cost', '1', '--rate', name],
    ['broker', 'add', 'x', '--adapter', 'SANDBOX', '--cost', '1', '--billing', name],
    ['credential', 'set', 'Sul', 'SBX', `${name}=x`],
    ['template', 'show', name],
    ['calendar', 'add', '2026-01-01', '--state', name],
    ['calendar', 'list', name],
    ['blocklist', 'check', name],
    ['blocklist', 'sync', 'x.csv', '--source', 'x', '--type', name],
    ['blocklist', 'sync', 'x.csv', '--source', 'x', '--map', `${name}=x`],
    ['user', 'add', 'x@example.com', '--name', 'x', '--role', name],
    ['demo', '--broker', name],
    ['sandbox', '--error-style', name],
    ['worker', '--brokers', name],
    ['worker', '--listen', name],
  ])
    runs.push(await camp(argv, { env }))
  for (const { code, err } of runs) {
    expect(err).not.toContain('bug in camp')
    expect([2, 3, 4, 5], err).toContain(code)
  }
})

it.each([
  ['blocklist', 'sync', 'http://u:%zz@127.0.0.1:1/list', '--source', 'x'],
  ['blocklist', 'sync', 'http://%E0%A4%A@127.0.0.1:1/list', '--source', 'x'],
  ['blocklist', 'sync', 'http://[::1', '--source', 'x'],
])('a URL that cannot be read is wrong usage: %s %s %s', async (...argv) => {
  expect(await camp(argv, { env })).toMatchObject({ code: 2, err: expect.stringMatching(/^error: .*URL/) })
})

it.each([
  ['REDIS_URL', 'redis+sentinel://u:%zz@127.0.0.1:1/master'],
  ['CAMP_PUBLIC_URL', 'https://[x'],
  ['CAMP_TIMEZONE', '__proto__'],
  ['REDIS_URL', 'redis://u:%zz@127.0.0.1:1'],
])('a setting that cannot be read is wrong usage: %s=%s', async (name, value) => {
  const run = await camp(['wallet', 'list'], { env: { ...env, [name]: value } })
  expect(run).toMatchObject({ code: 2, err: expect.stringContaining(name) })
})

it('a PostgreSQL URL with a bare % is taken as before, and no bug', async () => {
  for (const url of ['postgres://u:100%@127.0.0.1:1/camp', 'postgres://u:%zz@127.0.0.1:1/camp'])
    expect(await camp(['wallet', 'list'], { env: { ...env, DATABASE_URL: url } })).toMatchObject({ code: 8 })
})

it.each(['no-uuid', '', '__proto__', "x'; --", '\u0000'])(
  'a token whose subject is %j belongs to no user',
  async subject => {
    const { privateKey } = await openSessionKey(db.pool, await testKeys())
    const token = await new SignJWT()
      .setProtectedHeader({ alg: 'EdDSA' })
      .setIssuer('camp')
      .setSubject(subject)
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(privateKey)
    expect(await camp(['whoami'], { env: { ...serverEnv(db), CAMP_TOKEN: token } })).toMatchObject({
      code: 7,
      err: expect.stringContaining('camp login'),
    })
  },
)

it('an http URL beyond this machine is warned of; keys in a URL are not shown', async () => {
  const secret = 'http://u:p@broker.example/x?token=abc&page=2&key#access_token=def'
  const set = await succeed(camp(['credential', 'set', 'Sul', 'SBX', `url=${secret}`], { env }))
  expect(set.err).toMatch(/^warning: url is http: /)
  const { out } = await succeed(camp(['credential', 'show', 'Sul', 'SBX'], { env }))
  expect(out).toBe(
    'url  http://********@broker.example/x?token=********&page=********&********#access_token=********\n',
  )
  for (const url of ['http://127.0.0.1:1', 'http://localhost:1', 'http://[::1]:1', 'https://broker.example'])
    expect((await succeed(camp(['credential', 'set', 'Sul', 'SBX', `url=${url}`], { env }))).err).toBe('')
  const shown = (publicUrl: string) => camp(['broker', 'show', 'SBX'], { env: { ...env, CAMP_PUBLIC_URL: publicUrl } })
  expect((await succeed(shown('http://camp.example'))).err).toMatch(/^warning: CAMP_PUBLIC_URL is http: /)
  for (const url of ['https://camp.example', 'http://127.0.0.1:9']) expect((await succeed(shown(url))).err).toBe('')
})
