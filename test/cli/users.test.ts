import { beforeAll, describe, expect, it } from 'vitest'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { ADMIN, adminEnv, serverEnv, succeed, userEnv } from '../support/login.ts'

const db = useDatabase()
let admin: NodeJS.ProcessEnv
let user: NodeJS.ProcessEnv
beforeAll(async () => {
  const first = await camp(['user', 'add', 'eve@example.com', '--name', 'Eve', '--role', 'USER'], {
    env: serverEnv(db),
  })
  expect(first).toMatchObject({ code: 4, err: expect.stringContaining('must be an ADMIN') })
  const bare = await camp(['user', 'add', 'eve@example.com', '--name', 'Eve', '--role', 'ADMIN'], {
    env: serverEnv(db),
  })
  expect(bare).toMatchObject({ code: 2, err: expect.stringContaining('--password-stdin') })
  admin = await adminEnv(db)
  user = await userEnv(db, admin)
})

describe('camp user add', () => {
  it('is closed once there is a user', async () => {
    const add = ['user', 'add', 'eve@example.com', '--name', 'Eve', '--role', 'ADMIN', '--password-stdin']
    expect((await camp(add, { env: serverEnv(db), stdin: 'long enough' })).code).toBe(7)
    expect((await camp(add, { env: user, stdin: 'long enough' })).code).toBe(7)
  })

  it('answers with the user and never with a password', async () => {
    const add = ['user', 'add', 'Carla@Example.com', '--name', 'Carla', '--role', 'user', '--password-stdin', '--json']
    const run = await succeed(camp(add, { env: admin, stdin: 'long enough\n' }))
    expect(run.json()).toMatchObject({
      email: 'carla@example.com',
      name: 'Carla',
      role: 'USER',
      has_password: true,
      disabled_at: null,
    })
    expect(run.out).not.toMatch(/argon2|long enough/)
    expect((await camp(add, { env: admin, stdin: 'long enough\n' })).code).toBe(4)
  })

  it.each([
    [['eve', '--name', 'E', '--role', 'USER'], 5],
    [['eve@example.com', '--name', 'E', '--role', 'KING'], 2],
    [['eve@example.com', '--name', ' ', '--role', 'USER'], 2],
    [['eve@example.com', '--role', 'USER'], 2],
  ])('refuses %j with %i', async (args, code) => {
    expect((await camp(['user', 'add', ...args], { env: admin })).code).toBe(code)
  })

  it('refuses a short password', async () => {
    const add = ['user', 'add', 'eve@example.com', '--name', 'E', '--role', 'USER', '--password-stdin']
    expect((await camp(add, { env: admin, stdin: 'short' })).code).toBe(5)
  })
})

describe('roles', () => {
  it.each([
    ['wallet add W --idgis 1'],
    ['wallet set W --name V'],
    ['wallet remove W --yes'],
    ['broker add B --adapter SANDBOX --cost 1'],
    ['broker set B --cost 1'],
    ['broker remove B --yes'],
    ['credential set W B url=http://localhost'],
    ['credential show W B'],
    ['credential test W B'],
    ['credential remove W B --yes'],
    ['budget set W 2026-11 10'],
    ['template add T --code t --content x'],
    ['template remove T --yes'],
    ['fish add F 11987654321'],
    ['fish remove F --yes'],
    ['blocklist remove --phone 11987654321 --yes'],
    ['user disable ana@example.com'],
    ['user set ana@example.com --name X'],
    ['user set bob@example.com --role ADMIN'],
    ['user token ana@example.com'],
  ])('a USER may not: %s', async line => {
    expect(await camp(line.split(' '), { env: user })).toMatchObject({
      code: 7,
      out: '',
      err: expect.stringContaining('ADMIN'),
    })
  })

  it.each([
    'wallet list',
    'broker list',
    'credential list',
    'budget list',
    'template list',
    'fish list',
    'user list',
    'blocklist stats',
    'budget audit',
  ])('a USER may: %s', async line => {
    const run = await succeed(camp([...line.split(' '), '--json'], { env: user }))
    expect(run.json()).toBeDefined()
  })

  it('no one may read without a login', async () => {
    for (const line of ['wallet list', 'user list', 'blocklist check 11987654321', 'budget audit']) {
      expect((await camp(line.split(' '), { env: serverEnv(db) })).code).toBe(7)
    }
  })

  it('a USER may set their own name and password, and make their own token', async () => {
    expect((await camp(['user', 'set', 'bob@example.com', '--name', 'Roberto'], { env: user })).code).toBe(0)
    const run = await succeed(camp(['user', 'token', 'bob@example.com', '--days', '1', '--json'], { env: user }))
    expect(
      (await camp(['whoami', '--json'], { env: { ...serverEnv(db), CAMP_TOKEN: run.json().token } })).json(),
    ).toMatchObject({
      name: 'Roberto',
    })
  })
})

describe('camp user disable', () => {
  it('shuts a user out, enable lets them in with a new token, and the list tells', async () => {
    const carl = await userEnv(db, admin, 'carl@example.com')
    await succeed(camp(['user', 'disable', 'carl@example.com'], { env: admin }))
    expect((await camp(['whoami'], { env: carl })).code).toBe(7)
    const listed = (await camp(['user', 'list', '--json'], { env: admin })).json()
    expect(listed.find((row: { email: string }) => row.email === 'carl@example.com').disabled_at).toMatch(/^\d{4}-.*Z$/)
    expect((await camp(['user', 'token', 'carl@example.com'], { env: admin })).code).toBe(4)
    await succeed(camp(['user', 'enable', 'carl@example.com'], { env: admin }))
    expect((await camp(['whoami'], { env: carl })).code).toBe(7)
    expect((await camp(['user', 'token', 'carl@example.com'], { env: admin })).code).toBe(0)
  })

  it('asks an ADMIN who disables themselves, if another one is left', async () => {
    await userEnv(db, admin, 'eva@example.com')
    await succeed(camp(['user', 'set', 'eva@example.com', '--role', 'ADMIN'], { env: admin }))
    const asked = await camp(['user', 'disable', ADMIN.email, '--json'], { env: admin })
    expect([asked.code, asked.error().code]).toEqual([2, 'TERMINAL_REQUIRED'])
    await succeed(camp(['user', 'set', 'eva@example.com', '--role', 'USER'], { env: admin }))
    const shown = (await camp(['user', 'show', ADMIN.email, '--json'], { env: admin })).json()
    expect(shown).toMatchObject({ role: 'ADMIN', disabled_at: null })
  })

  it('does not take the last ADMIN, nor an unknown user', async () => {
    expect((await camp(['user', 'disable', ADMIN.email], { env: admin })).code).toBe(4)
    expect((await camp(['user', 'set', ADMIN.email, '--role', 'USER'], { env: admin })).code).toBe(4)
    expect((await camp(['user', 'disable', 'nobody@example.com'], { env: admin })).code).toBe(3)
  })
})

describe('camp user password', () => {
  it('asks at a terminal for the old password and twice for the new one, and shows none', async () => {
    const env = serverEnv(db)
    await succeed(camp(['login', ADMIN.email, '--password-stdin'], { env, stdin: ADMIN.password }))
    const changed = await succeed(
      camp(['user', 'password'], {
        env,
        keys: [
          ['Old password', `${ADMIN.password}\n`],
          ['New password', 'a better horse\n'],
          ['Again', 'a better horse\n'],
        ],
      }),
    )
    expect(changed.err).not.toMatch(/horse/)
    expect(changed.out).toBe(
      'Your password is changed. Your sessions and tokens have ended: camp login ana@example.com\n',
    )
    expect((await camp(['whoami'], { env })).code).toBe(7)
    await succeed(camp(['login', ADMIN.email, '--password-stdin'], { env, stdin: 'a better horse' }))
    const back = ['user', 'password', '--password-stdin']
    await succeed(camp(back, { env, stdin: `a better horse\n${ADMIN.password}` }))
    await succeed(camp(['login', ADMIN.email, '--password-stdin'], { env: admin, stdin: ADMIN.password }))
  })

  it('changes nothing if the two inputs differ', async () => {
    const run = await camp(['user', 'password'], {
      env: admin,
      keys: [
        ['Old password', `${ADMIN.password}\n`],
        ['New password', 'a better horse\n'],
        ['Again', 'another horse\n'],
      ],
    })
    expect([run.code, run.err]).toEqual([2, expect.stringContaining('the two inputs differ: nothing was changed')])
    expect((await camp(['whoami'], { env: admin })).code).toBe(0)
  })

  it.each([
    ['one line', 2, 'two lines'],
    ['wrong\na better horse', 7, 'the old password is wrong'],
    [`${ADMIN.password}\n1q2w3e4r5t`, 5, 'neighbouring keys'],
    [`${ADMIN.password}\nshort`, 5, 'too short'],
  ])('refuses %j with %i', async (stdin, code, why) => {
    const run = await camp(['user', 'password', '--password-stdin'], { env: admin, stdin })
    expect([run.code, run.err]).toEqual([code, expect.stringContaining(why)])
  })

  it('needs a terminal or --password-stdin', async () => {
    const refused = await camp(['user', 'password', '--json'], { env: admin })
    expect(refused.error()).toMatchObject({
      code: 'TERMINAL_REQUIRED',
      hint: expect.stringContaining('--password-stdin'),
    })
  })

  it('of another user is set by an ADMIN alone, ends their sessions, and is in the audit', async () => {
    const gil = await userEnv(db, admin, 'gil@example.com')
    const reset = ['user', 'password', 'gil@example.com', '--password-stdin']
    expect((await camp(reset, { env: user, stdin: 'a better horse' })).code).toBe(7)
    const run = await succeed(camp(reset, { env: admin, stdin: 'a better horse' }))
    expect(run.out).toBe('The password of gil@example.com is set. Their sessions and tokens have ended.\n')
    expect(run.err).toContain("The audit records that you set gil@example.com's password")
    expect((await camp(['whoami'], { env: gil })).code).toBe(7)
    await succeed(camp(['login', 'gil@example.com', '--password-stdin'], { env: gil, stdin: 'a better horse' }))
    const [event] = (
      await camp(['audit', 'list', '--on', 'gil@example.com', '--action', 'user.set', '--json'], { env: admin })
    ).json()
    expect(event).toMatchObject({ by: ADMIN.email, detail: { password: 'reset' } })
  })
})
