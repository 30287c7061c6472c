import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { setBudget } from '../support/fixtures.ts'
import { ADMIN, adminEnv, serverEnv, succeed, userEnv } from '../support/login.ts'
import { scratchFolder } from '../support/scratch.ts'

const db = useDatabase()
const folder = scratchFolder('others')
let ana: NodeJS.ProcessEnv
let bob: NodeJS.ProcessEnv
let phone = 11_987_000_000

beforeAll(async () => {
  ana = await adminEnv(db)
  bob = await userEnv(db, ana)
  await succeed(camp(['wallet', 'add', 'W', '--idgis', '7'], { env: ana }))
  await succeed(camp(['broker', 'add', 'B', '--adapter', 'SANDBOX', '--cost', '0.0450'], { env: ana }))
  await succeed(camp(['credential', 'set', 'W', 'B', 'url=http://127.0.0.1:9'], { env: ana }))
  await setBudget(db.pool, (await db.prisma.wallet.findFirstOrThrow()).id, '100.00')
})

async function imported(env: NodeJS.ProcessEnv): Promise<string> {
  const file = join(folder, `${phone}.csv`)
  writeFileSync(file, `telefone\n${phone++}\n`)
  const line = ['campaign', 'import', file, '--wallet', 'W', '--broker', 'B', '--message', 'Olá', '--json']
  return (await succeed(camp(line, { env }))).json().id
}
const approve = (id: string, env: NodeJS.ProcessEnv) => camp(['campaign', 'approve', id, '--yes', '--json'], { env })

/** A user with a password that ana has set, logged in by it. */
async function withPassword(email: string, role: string): Promise<NodeJS.ProcessEnv> {
  const add = ['user', 'add', email, '--name', 'X', '--role', role, '--password-stdin']
  await succeed(camp(add, { env: ana, stdin: 'a first horse' }))
  const env = serverEnv(db)
  const run = await succeed(camp(['login', email, '--password-stdin'], { env, stdin: 'a first horse' }))
  expect(run.err).toContain(`warning: ${ADMIN.email} has set this password`)
  return env
}

describe('a token that was made for another', () => {
  it('is made for no ADMIN', async () => {
    await withPassword('eve@example.com', 'ADMIN')
    const refused = await camp(['user', 'token', 'eve@example.com'], { env: ana })
    expect(refused).toMatchObject({ code: 7, out: '', err: expect.stringContaining('They make it themselves') })
  })

  it('ends where its user becomes an ADMIN', async () => {
    const carl = await userEnv(db, ana, 'carl@example.com')
    await succeed(camp(['user', 'set', 'carl@example.com', '--role', 'ADMIN'], { env: ana }))
    expect((await camp(['whoami'], { env: carl })).code).toBe(7)
  })

  it('is marked in every row of the audit, also by a token that was made with it', async () => {
    const id = await imported(bob)
    await succeed(camp(['campaign', 'cancel', id, '--yes'], { env: bob }))
    const { out } = await succeed(camp(['user', 'token', 'bob@example.com', '--quiet'], { env: bob }))
    const again = { ...serverEnv(db), CAMP_TOKEN: out.trim() }
    expect((await camp(['whoami', '--json'], { env: again })).json().via).toMatchObject({ email: ADMIN.email })
    const rows = (await succeed(camp(['audit', 'list', '--on', id, '--json'], { env: ana }))).json()
    expect(rows.map((row: { action: string; by: string; via: string }) => [row.action, row.by, row.via])).toEqual([
      ['campaign.cancel', 'bob@example.com', ADMIN.email],
      ['campaign.import', 'bob@example.com', ADMIN.email],
    ])
    const text = (await succeed(camp(['audit', 'list', '--on', id], { env: ana }))).out
    expect(text).toMatch(/as bob@example\.com, by ana@example\.com +campaign\.cancel/)
    const shown = (await succeed(camp(['campaign', 'show', id], { env: ana }))).out
    expect(shown).toMatch(/^cancelled .* by bob@example\.com \(via ana@example\.com\)$/m)
    const hers = (
      await camp(['audit', 'list', '--user', ADMIN.email, '--action', 'campaign.', '--json'], { env: ana })
    ).json()
    expect(hers.map((row: { subject_id: string }) => row.subject_id)).toContain(id)
  })

  it('lets its maker not approve what was imported with it', async () => {
    const id = await imported(bob)
    expect(await approve(id, ana)).toMatchObject({ code: 7, err: expect.stringContaining('a token that you created') })
    expect((await camp(['campaign', 'show', id], { env: ana })).out).not.toContain('Approve it: camp campaign approve')
  })
})

describe('a password that another has set', () => {
  it('keeps its first maker over two hands, and ends where its maker is disabled', async () => {
    const carol = await withPassword('carol@example.com', 'ADMIN')
    const { out } = await succeed(camp(['user', 'token', 'bob@example.com', '--quiet'], { env: carol }))
    const token = { ...serverEnv(db), CAMP_TOKEN: out.trim() }
    expect(await approve(await imported(token), ana)).toMatchObject({ code: 7 })
    const add = ['user', 'add', 'dave@example.com', '--name', 'D', '--role', 'USER', '--password-stdin']
    await succeed(camp(add, { env: carol, stdin: 'a second horse' }))
    const dave = serverEnv(db)
    await succeed(camp(['login', 'dave@example.com', '--password-stdin'], { env: dave, stdin: 'a second horse' }))
    expect(await approve(await imported(dave), ana)).toMatchObject({ code: 7 })

    const erin = serverEnv(db)
    await withPassword('erin@example.com', 'ADMIN')
    await succeed(camp(['login', 'erin@example.com', '--password-stdin'], { env: erin, stdin: 'a first horse' }))
    const own = { env: erin, stdin: 'a first horse\na third horse\n' }
    await succeed(camp(['user', 'password', 'erin@example.com', '--password-stdin'], own))
    await succeed(camp(['login', 'erin@example.com', '--password-stdin'], { env: erin, stdin: 'a third horse' }))
    const hers = await succeed(camp(['user', 'token', 'bob@example.com', '--quiet'], { env: erin }))
    const byErin = { ...serverEnv(db), CAMP_TOKEN: hers.out.trim() }
    await succeed(camp(['whoami'], { env: byErin }))
    await succeed(camp(['user', 'disable', 'erin@example.com'], { env: ana }))
    expect(await camp(['whoami'], { env: byErin })).toMatchObject({ code: 7, err: expect.stringContaining('erin@') })
  })

  it('does not make four eyes of two, until its owner has set their own', async () => {
    const dora = await withPassword('dora@example.com', 'ADMIN')
    const id = await imported(ana)
    const refused = await approve(id, dora)
    expect(refused).toMatchObject({ code: 7, err: expect.stringContaining('set the password of your login') })
    const own = ['user', 'password', 'dora@example.com', '--password-stdin']
    await succeed(camp(own, { env: dora, stdin: 'a first horse\nher second horse\n' }))
    await succeed(camp(['login', 'dora@example.com', '--password-stdin'], { env: dora, stdin: 'her second horse' }))
    await succeed(approve(id, dora))
    await succeed(
      camp(['user', 'password', 'dora@example.com', '--password-stdin'], { env: ana, stdin: 'taken over by ana' }),
    )
    await succeed(camp(['login', 'dora@example.com', '--password-stdin'], { env: dora, stdin: 'taken over by ana' }))
    expect((await approve(await imported(ana), dora)).code).toBe(7)
    const audit = await camp(['audit', 'list', '--action', 'user.set', '--limit', '2', '--json'], { env: ana })
    expect(audit.json()).toMatchObject([
      { by: ADMIN.email, via: null, detail: { password: 'reset' } },
      { by: 'dora@example.com', via: ADMIN.email, detail: { password: 'changed' } },
    ])
  })
})

describe("one's own new password", () => {
  const set = (env: NodeJS.ProcessEnv, stdin: string) =>
    camp(['user', 'password', 'fay@example.com', '--password-stdin'], { env, stdin })

  it('takes the old one', async () => {
    const fay = await withPassword('fay@example.com', 'USER')
    expect(await set(fay, 'a new fine horse')).toMatchObject({ code: 2, err: expect.stringContaining('two lines') })
    expect(await set(fay, 'a wrong horse\na new fine horse')).toMatchObject({
      code: 7,
      err: expect.stringContaining('the old password is wrong'),
    })
    const failed = (await camp(['audit', 'list', '--action', 'user.login.failed', '--json'], { env: ana })).json()
    expect(failed[0]).toMatchObject({ by: null, detail: { email: 'fay@example.com', failures: 1 } })
    await succeed(set(fay, 'a first horse\na new fine horse'))
  })

  it('is no first one for a holder of a token', async () => {
    const own = ['user', 'password', 'bob@example.com', '--password-stdin']
    expect(await camp(own, { env: bob, stdin: 'a stolen horse' })).toMatchObject({
      code: 7,
      err: expect.stringContaining('cannot be set with a token'),
    })
  })
})
