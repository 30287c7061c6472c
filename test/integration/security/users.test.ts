import { beforeEach, describe, expect, it } from 'vitest'
import { logIn } from '../../../src/security/login.ts'
import { addUser, changeUser, disableUser } from '../../../src/security/users.ts'
import { useDatabase } from '../../support/database.ts'
import { releaseTogether } from '../../support/locks.ts'
import { emptied } from '../../support/tampering.ts'

const db = useDatabase()
const now = new Date('2026-11-24T12:00:00Z')
const ana = { email: 'ana@example.com', name: 'Ana', role: 'ADMIN', password: 'correct horse' } as const
const bob = { email: 'bob@example.com', name: 'Bob', role: 'USER', password: 'battery staple' } as const

const enter = (email: string, password: string) =>
  logIn({ pool: db.pool, prisma: db.prisma, origin: 'here', now }, email, password)

beforeEach(async () => {
  await emptied(db.pool, '"User"')
})

describe('the first user of a server', () => {
  it('is added without anybody logged in, and must be an ADMIN with a password', async () => {
    await expect(addUser(db.prisma, null, bob, now)).rejects.toMatchObject({ code: 'FIRST_USER_NOT_ADMIN' })
    await expect(addUser(db.prisma, null, { ...ana, password: null }, now)).rejects.toMatchObject({
      code: 'ARGUMENT_MISSING',
    })
    expect(await addUser(db.prisma, null, ana, now)).toMatchObject({ email: ana.email, role: 'ADMIN' })
  })

  it('is one, though four come at the same moment', async () => {
    const adding = () =>
      Promise.allSettled(
        ['a', 'b', 'c', 'd'].map(name => addUser(db.prisma, null, { ...ana, email: `${name}@example.com` }, now)),
      )
    const outcomes = await releaseTogether(db.pool, 'User', 4, adding)
    expect(outcomes.filter(outcome => outcome.status === 'fulfilled')).toHaveLength(1)
    expect(await db.prisma.user.count()).toBe(1)
  })
})

describe('the last ADMIN', () => {
  it('can be neither disabled nor demoted', async () => {
    const admin = await addUser(db.prisma, null, ana, now)
    await addUser(db.prisma, admin, bob, now)
    await expect(disableUser(db.prisma, admin, ana.email, now)).rejects.toMatchObject({ code: 'LAST_ADMIN' })
    await expect(changeUser(db.prisma, admin, ana.email, { role: 'USER' }, now)).rejects.toMatchObject({
      code: 'LAST_ADMIN',
    })
    await changeUser(db.prisma, admin, bob.email, { role: 'ADMIN' }, now)
    expect((await disableUser(db.prisma, admin, ana.email, now)).disabled_at).toEqual(now)
    await expect(disableUser(db.prisma, admin, bob.email, now)).rejects.toMatchObject({ code: 'LAST_ADMIN' })
  })

  it('stays, though two ADMINs disable each other at the same moment', async () => {
    const one = await addUser(db.prisma, null, ana, now)
    const two = await addUser(db.prisma, one, { ...bob, role: 'ADMIN' }, now)
    const disabling = () =>
      Promise.allSettled([disableUser(db.prisma, one, two.id, now), disableUser(db.prisma, two, one.id, now)])
    await releaseTogether(db.pool, 'User', 2, disabling)
    expect(await db.prisma.user.count({ where: { role: 'ADMIN', disabled_at: null } })).toBe(1)
  })
})

describe('logging in', () => {
  it('takes the e-mail in any case and tells a wrong password and an unknown e-mail alike', async () => {
    await addUser(db.prisma, null, ana, now)
    expect(await enter(' ANA@example.com', ana.password)).toMatchObject({ email: ana.email })
    const messages = await Promise.all(
      [enter(ana.email, 'wrong horse'), enter('nobody@example.com', ana.password)].map(attempt =>
        attempt.catch(error => [error.kind, error.message]),
      ),
    )
    expect(messages[0]).toEqual(['AUTH', expect.stringContaining('e-mail or the password')])
    expect(messages[1]).toEqual(messages[0])
  })

  it('says that a user is disabled only to a caller who knows the password', async () => {
    const admin = await addUser(db.prisma, null, ana, now)
    await addUser(db.prisma, admin, bob, now)
    await disableUser(db.prisma, admin, bob.email, now)
    await expect(enter(bob.email, bob.password)).rejects.toMatchObject({ message: /disabled/ })
    await expect(enter(bob.email, 'wrong horse')).rejects.toMatchObject({
      message: /e-mail or the password/,
    })
  })

  it('is closed to a user without a password', async () => {
    const admin = await addUser(db.prisma, null, ana, now)
    await addUser(db.prisma, admin, { ...bob, password: null }, now)
    await expect(enter(bob.email, '')).rejects.toMatchObject({ code: 'LOGIN_REFUSED' })
  })
})

it('writes who changed what, and never a password', async () => {
  const admin = await addUser(db.prisma, null, ana, now)
  const user = await addUser(db.prisma, admin, bob, now)
  await changeUser(db.prisma, admin, user.id, { role: 'ADMIN', password: 'a new password' }, now)
  const events = await db.prisma.auditEvent.findMany({ where: { subject_id: user.id }, orderBy: { id: 'asc' } })
  expect(events.map(event => [event.action, event.user_id])).toEqual([
    ['user.add', admin.id],
    ['user.set', admin.id],
  ])
  expect(events[1]!.detail).toEqual({ role: { from: 'USER', to: 'ADMIN' }, password: 'reset' })
  expect(JSON.stringify(events)).not.toMatch(/argon2|a new password|battery/)
})

it('refuses an e-mail that is taken, in any case, or is none', async () => {
  const admin = await addUser(db.prisma, null, ana, now)
  await expect(addUser(db.prisma, admin, { ...bob, email: 'ANA@EXAMPLE.COM' }, now)).rejects.toMatchObject({
    code: 'NAME_TAKEN',
  })
  await expect(addUser(db.prisma, admin, { ...bob, email: 'bob' }, now)).rejects.toMatchObject({
    code: 'INVALID_VALUE',
  })
})
