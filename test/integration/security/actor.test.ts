import { generateKeyPairSync } from 'node:crypto'
import { userInfo } from 'node:os'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Actor, authenticate } from '../../../src/security/actor.ts'
import { issueToken, saveSession } from '../../../src/security/session.ts'
import { addUser, changeUser, disableUser } from '../../../src/security/users.ts'
import { useDatabase } from '../../support/database.ts'
import { scratchFolder } from '../../support/scratch.ts'
import { emptied } from '../../support/tampering.ts'

const db = useDatabase()
const pair = generateKeyPairSync('ed25519')
const start = new Date('2026-11-24T12:00:00Z')
const clock = { now: () => start }
const later = (ms: number) => new Date(start.getTime() + ms)

let home: string
beforeEach(async () => {
  home = scratchFolder('actor')
  await emptied(db.pool, '"User"')
})

async function authenticateWith(given: { token?: string; databaseUrl?: string; now?: Date }): Promise<Actor> {
  const config = { token: given.token, databaseUrl: given.databaseUrl, home }
  return authenticate({
    pool: db.pool,
    sessionKey: async () => pair,
    config,
    clock: { now: () => given.now ?? start },
  })
}

const server = { databaseUrl: 'postgresql://server/camp' }
const ana = { email: 'Ana@Example.com', name: 'Ana', role: 'ADMIN', password: 'correct horse' } as const
const bob = { email: 'bob@example.com', name: 'Bob', role: 'USER', password: null } as const
const tokenFor = async (id: string, issued = start) =>
  (await issueToken(pair, { userId: id, makerId: null }, { clock: { now: () => issued }, lifetimeMs: 3_600_000 })).token

describe('in embedded mode', () => {
  it("makes the operating system's user the first ADMIN, once, however many ask at the same moment", async () => {
    const actors = await Promise.all(Array.from({ length: 8 }, () => authenticateWith({})))
    expect(actors[0]).toMatchObject({ email: `${userInfo().username}@localhost`, role: 'ADMIN' })
    expect(new Set(actors.map(actor => actor.id)).size).toBe(1)
    expect(await db.prisma.user.count()).toBe(1)
    const events = await db.prisma.auditEvent.findMany({ where: { subject_id: actors[0]!.id } })
    expect(events.map(event => event.action)).toEqual(['user.add'])
  })

  it('makes no ADMIN of a new user when others are there already', async () => {
    await addUser(db.prisma, null, ana, start)
    await expect(authenticateWith({})).rejects.toMatchObject({
      code: 'USER_UNKNOWN',
      message: /not a user of this installation/,
    })
  })

  it('prefers the session of the user who logged in', async () => {
    await authenticateWith({})
    const user = await addUser(db.prisma, await authenticateWith({}), bob, start)
    await saveSession(home, await tokenFor(user.id))
    expect(await authenticateWith({})).toMatchObject({ email: 'bob@example.com', role: 'USER' })
  })
})

describe('in server mode', () => {
  it('refuses a caller without a login, and says how to; without any user, how to add the first', async () => {
    const code = 'NOT_LOGGED_IN'
    await expect(authenticateWith(server)).rejects.toMatchObject({ code, hint: expect.stringContaining('camp init') })
    await addUser(db.prisma, null, ana, start)
    await expect(authenticateWith(server)).rejects.toMatchObject({
      code,
      hint: expect.stringContaining('Run: camp login'),
    })
  })

  it('believes CAMP_TOKEN before the session', async () => {
    const admin = await addUser(db.prisma, null, ana, start)
    const user = await addUser(db.prisma, admin, bob, start)
    await saveSession(home, await tokenFor(user.id))
    expect(await authenticateWith(server)).toMatchObject({ email: bob.email })
    expect(await authenticateWith({ ...server, token: await tokenFor(admin.id) })).toMatchObject({
      email: 'ana@example.com',
    })
  })

  it('takes the role from the database each time', async () => {
    const admin = await addUser(db.prisma, null, ana, start)
    const user = await addUser(db.prisma, admin, { ...bob, role: 'ADMIN' }, start)
    const token = await tokenFor(user.id)
    expect(await authenticateWith({ ...server, token })).toMatchObject({ role: 'ADMIN' })
    await changeUser(db.prisma, admin, user.id, { role: 'USER' }, later(1))
    expect(await authenticateWith({ ...server, token })).toMatchObject({ role: 'USER' })
    await changeUser(db.prisma, admin, user.id, { role: 'ADMIN' }, later(2))
    await expect(authenticateWith({ ...server, token })).rejects.toMatchObject({ code: 'SESSION_ENDED' })
  })

  it.each([
    ['a new password', { password: 'another horse' }],
    ['ending their sessions', { endSessions: true }],
  ])('ends older tokens with %s, and takes newer ones', async (_, change) => {
    const admin = await addUser(db.prisma, null, ana, start)
    const token = await tokenFor(admin.id)
    await changeUser(db.prisma, admin, admin.id, change, later(1))
    await expect(authenticateWith({ ...server, token })).rejects.toMatchObject({ code: 'SESSION_ENDED' })
    expect(await authenticateWith({ ...server, token: await tokenFor(admin.id, later(1)) })).toMatchObject({
      id: admin.id,
    })
  })

  it('shuts out who was disabled, and still refuses the old token after they are let in again', async () => {
    const admin = await addUser(db.prisma, null, ana, start)
    const user = await addUser(db.prisma, admin, bob, start)
    const token = await tokenFor(user.id)
    await disableUser(db.prisma, admin, user.id, later(10))
    const disabled = { ...server, token: await tokenFor(user.id, later(20)) }
    await expect(authenticateWith(disabled)).rejects.toMatchObject({ code: 'ACCOUNT_DISABLED' })
    await changeUser(db.prisma, admin, user.id, { enable: true }, later(30))
    await expect(authenticateWith({ ...server, token })).rejects.toMatchObject({ code: 'SESSION_ENDED' })
    expect(await authenticateWith(disabled)).toMatchObject({ id: user.id })
  })

  it('knows a token whose user is gone, or is of another installation', async () => {
    await expect(
      authenticateWith({ ...server, token: await tokenFor('01a20aee-9d00-740b-a511-c9f9a5c42680') }),
    ).rejects.toMatchObject({
      code: 'SESSION_INVALID',
    })
  })
})

it('says who made a token, or set the password of a login', async () => {
  const admin = await addUser(db.prisma, null, ana, start)
  const user = await addUser(db.prisma, admin, bob, start)
  const made = async (makerId: string) =>
    (await issueToken(pair, { userId: user.id, makerId }, { clock, lifetimeMs: 3_600_000 })).token
  expect(await authenticateWith({ ...server, token: await made(admin.id) })).toMatchObject({
    id: user.id,
    via: { id: admin.id, email: 'ana@example.com' },
  })
  expect(await authenticateWith({ ...server, token: await tokenFor(user.id) })).toMatchObject({ via: null })
  const gone = await made('01a20aee-9d00-740b-a511-c9f9a5c42680')
  await expect(authenticateWith({ ...server, token: gone })).rejects.toMatchObject({ code: 'SESSION_INVALID' })
})

it('needs no clock but the one it is given', async () => {
  const admin = await addUser(db.prisma, null, ana, clock.now())
  const expired = { ...server, token: await tokenFor(admin.id), now: later(3_700_000) }
  await expect(authenticateWith(expired)).rejects.toMatchObject({ code: 'SESSION_EXPIRED' })
})
