import { beforeEach, describe, expect, it } from 'vitest'
import { logIn } from '../../../src/security/login.ts'
import { addUser } from '../../../src/security/users.ts'
import { useDatabase } from '../../support/database.ts'
import { emptied } from '../../support/tampering.ts'

const db = useDatabase()
const start = new Date('2026-11-28T12:00:00Z')
let now = start
const ana = { email: 'ana@example.com', name: 'Ana', role: 'ADMIN', password: 'correct horse' } as const

beforeEach(async () => {
  now = start
  await emptied(db.pool, '"User", "LoginAttempt"')
  await addUser(db.prisma, null, ana, now)
})

const enter = (password: string, { origin = 'here', email = 'ana@example.com' } = {}) =>
  logIn({ pool: db.pool, prisma: db.prisma, origin, now }, email, password).then(
    user => user.email,
    error => error.message as string,
  )
const WRONG = 'the e-mail or the password is wrong'
const waits = (seconds: number) => expect.stringContaining(`in ${seconds} s`)
const wait = (seconds: number) => {
  now = new Date(now.getTime() + seconds * 1000)
}

/** Fails until it has to wait for so long. */
async function failUntil(seconds: number): Promise<void> {
  for (let i = 0; i < 100; i++) {
    const said = await enter('wrong')
    const due = Number(/in (\d+) s/.exec(said)?.[1] ?? 0)
    if (due >= seconds) return
    wait(due)
  }
  expect.unreachable('it never had to wait')
}

describe('a login that fails', () => {
  it('is in the audit with its e-mail and place, also of an e-mail that is no user’s; its password is not', async () => {
    await enter('wrong password')
    await enter('wrong password', { email: 'mallory@example.com', origin: '10.0.0.9' })
    const events = await db.prisma.auditEvent.findMany({
      where: { action: 'user.login.failed' },
      orderBy: { id: 'asc' },
    })
    expect(events.map(({ user_id, detail }) => [user_id, detail])).toEqual([
      [null, { email: 'ana@example.com', origin: 'here', failures: 1 }],
      [null, { email: 'mallory@example.com', origin: '10.0.0.9', failures: 1 }],
    ])
    expect(JSON.stringify(events)).not.toContain('wrong password')
  })

  it.each(['ana@example.com', 'nobody@example.com'])(
    'slows %s: five at once, then one, two, four seconds',
    async email => {
      for (let i = 0; i < 5; i++) expect(await enter('wrong', { email })).toBe(WRONG)
      expect(await enter('wrong', { email })).toBe(WRONG)
      expect(await enter('wrong', { email })).toEqual(waits(1))
      wait(1)
      expect(await enter('wrong', { email })).toBe(WRONG)
      expect(await enter('wrong', { email })).toEqual(waits(2))
      wait(1)
      expect(await enter('wrong', { email })).toEqual(waits(1))
      wait(1)
      expect(await enter('wrong', { email })).toBe(WRONG)
      expect(await enter('wrong', { email })).toEqual(waits(4))
    },
  )

  it('is not looked at while it waits, though the password is right; a right one afterwards ends all waiting', async () => {
    for (let i = 0; i < 6; i++) await enter('wrong')
    expect(await enter(ana.password)).toEqual(waits(1))
    wait(1)
    expect(await enter(ana.password)).toBe(ana.email)
    for (let i = 0; i < 5; i++) expect(await enter('wrong')).toBe(WRONG)
  })

  it('waits for a quarter of an hour at most', async () => {
    await failUntil(900)
    wait(899)
    expect(await enter(ana.password)).toEqual(waits(1))
    wait(1)
    expect(await enter(ana.password)).toBe(ana.email)
  })

  it('is counted before its password is looked at: of many at once no more than the free ones are', async () => {
    const said = await Promise.all(Array.from({ length: 20 }, () => enter('wrong')))
    expect(said.filter(text => text === WRONG)).toHaveLength(6)
  })

  it('is forgotten after a day', async () => {
    for (let i = 0; i < 6; i++) await enter('wrong')
    wait(2 * 86_400)
    await enter('wrong', { email: 'mallory@example.com' })
    for (let i = 0; i < 5; i++) expect(await enter('wrong')).toBe(WRONG)
  })
})

describe('failures from elsewhere', () => {
  it('do not keep the owner out where they have logged in', async () => {
    expect(await enter(ana.password, { origin: 'her desk' })).toBe(ana.email)
    for (let place = 0; place < 60; place++) await enter('wrong', { origin: `10.0.0.${place}` })
    expect(await enter('wrong', { origin: '10.0.1.1' })).toMatch(/in \d+ s/)
    expect(await enter(ana.password, { origin: 'her desk' })).toBe(ana.email)
  })

  it('are counted together where it has not: a minute at most', async () => {
    for (let place = 0; place < 50; place++) await enter('wrong', { origin: `10.0.0.${place}` })
    for (let place = 0; place < 12; place++) {
      await enter('wrong', { origin: `10.0.1.${place}` })
      wait(60)
    }
    await enter('wrong', { origin: '10.0.2.1' })
    expect(await enter(ana.password, { origin: 'a new place' })).toEqual(waits(60))
    wait(60)
    expect(await enter(ana.password, { origin: 'a new place' })).toBe(ana.email)
  })
})

describe('failures of many e-mails from one place', () => {
  const spray = async (times: number) => {
    for (let i = 0; i < times; i++) expect(await enter('wrong', { email: `user${i}@example.com` })).toBe(WRONG)
  }

  it('slow the place: twenty at once, then one, two, four seconds, five minutes at most', async () => {
    await spray(20)
    for (const seconds of [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]) {
      expect(await enter('wrong', { email: `after${seconds}@example.com` })).toBe(WRONG)
      expect(await enter('wrong', { email: 'next@example.com' })).toBe(
        `too many failed logins from this place: the next one is possible in ${seconds} s`,
      )
      wait(seconds)
    }
  })

  it('do not slow who has logged in there, nor another place', async () => {
    expect(await enter(ana.password)).toBe(ana.email)
    await spray(21)
    expect(await enter('wrong', { email: 'next@example.com' })).toEqual(waits(1))
    expect(await enter(ana.password)).toBe(ana.email)
    expect(await enter('wrong', { email: 'next@example.com', origin: 'another place' })).toBe(WRONG)
  })

  it('are not reset by a right password: it takes back its own attempt', async () => {
    await spray(20)
    expect(await enter(ana.password)).toBe(ana.email)
    expect(await enter('wrong', { email: 'x@example.com' })).toBe(WRONG)
    expect(await enter('wrong', { email: 'y@example.com' })).toEqual(waits(1))
  })

  it('are forgotten after a day without one', async () => {
    await spray(21)
    wait(86_401)
    await enter('wrong', { origin: 'another place' })
    await spray(20)
  })
})

it.each(['ana', '*', 'a\u0000b@example.com', `${'a'.repeat(400)}@example.com`])(
  'takes no e-mail that is none',
  async email => {
    expect(await enter('wrong', { email })).toBe(WRONG)
  },
)
