import { v7 as uuidv7 } from 'uuid'
import { findUser } from '../database/lookup.ts'
import type { Prisma, PrismaClient } from '../database/prisma.ts'
import { CampError, codeOf } from '../errors.ts'
import type { Actor } from './actor.ts'
import { auditRow } from './audit.ts'
import { hashPassword, verifyPassword } from './password.ts'

export type User = Prisma.UserModel

export interface NewUser {
  email: string
  name: string
  role: Actor['role']
  /** null: they can act only with a token (camp user token). */
  password: string | null
}

/**
 * @param actor null: the very first user of an installation, who must be an ADMIN with a password
 * @throws CampError STATE when the e-mail is taken, DATA when it or the password is none, AUTH when `actor` is missing
 */
export async function addUser(prisma: PrismaClient, actor: Actor | null, user: NewUser, now: Date): Promise<User> {
  const email = emailOf(user.email)
  const password = user.password === null ? null : await hashPassword(user.password)
  return prisma.$transaction(async tx => {
    if (!actor) await assertFirst(tx, user)
    const taken = await tx.user.findUnique({ where: { email } })
    if (taken) throw emailTaken(email)
    const data = { id: uuidv7(), email, name: user.name, role: user.role, password, tokens_valid_from: now }
    const made = await tx.user.create({ data }).catch(error => {
      throw codeOf(error) === 'P2002' ? emailTaken(email) : error
    })
    await tx.auditEvent.create({
      data: auditRow({
        userId: actor?.id ?? made.id,
        action: 'user.add',
        subject: 'User',
        subjectId: made.id,
        detail: { email, role: user.role },
      }),
    })
    return made
  })
}

/** Two first users at once: the lock lets one through. */
async function assertFirst(tx: Prisma.TransactionClient, user: NewUser): Promise<void> {
  await tx.$executeRaw`LOCK TABLE "User" IN SHARE ROW EXCLUSIVE MODE`
  if ((await tx.user.count()) > 0) throw new CampError('AUTH', 'not logged in', { hint: 'Run: camp login' })
  if (user.role !== 'ADMIN')
    throw new CampError('STATE', 'the first user must be an ADMIN', { hint: 'Add --role ADMIN.' })
  if (user.password === null) {
    throw new CampError('USAGE', 'the first user needs a password', { hint: 'Give it on stdin with --password-stdin.' })
  }
}

export interface UserChange {
  name?: string | undefined
  role?: Actor['role'] | undefined
  password?: string | undefined
  /** Lets a disabled user in again. */
  enable?: boolean | undefined
  /** Voids every session and token issued so far; so does a new password. */
  endSessions?: boolean | undefined
}

/** @throws CampError NOT_FOUND; STATE when nobody would be left as an enabled ADMIN */
export async function changeUser(
  prisma: PrismaClient,
  actor: Actor,
  ref: string,
  change: UserChange,
  now: Date,
): Promise<User> {
  const password = change.password === undefined ? undefined : await hashPassword(change.password)
  return prisma.$transaction(async tx => {
    const admins = await lockAdmins(tx)
    const user = await findUser(tx, ref)
    if (change.role === 'USER') assertNotLastAdmin(admins, user)
    const changed = await tx.user.update({
      where: { id: user.id },
      data: {
        ...(change.name !== undefined && { name: change.name }),
        ...(change.role && { role: change.role }),
        ...(password && { password }),
        ...(change.enable && { disabled_at: null }),
        ...((password || change.endSessions) && { tokens_valid_from: now }),
      },
    })
    const detail = {
      ...(change.name !== undefined && { name: { from: user.name, to: change.name } }),
      ...(change.role && { role: { from: user.role, to: change.role } }),
      ...(password && { password: 'changed' }),
      ...(change.enable && { enabled: true }),
      ...(change.endSessions && { sessions: 'ended' }),
    }
    await tx.auditEvent.create({
      data: auditRow({ userId: actor.id, action: 'user.set', subject: 'User', subjectId: user.id, detail }),
    })
    return changed
  })
}

/** Shuts a user out from now on, sessions and tokens included. */
export async function disableUser(prisma: PrismaClient, actor: Actor, ref: string, now: Date): Promise<User> {
  return prisma.$transaction(async tx => {
    const admins = await lockAdmins(tx)
    const user = await findUser(tx, ref)
    if (user.disabled_at) throw new CampError('STATE', `${user.email} is disabled already`)
    assertNotLastAdmin(admins, user)
    const data = { disabled_at: now, tokens_valid_from: now }
    const changed = await tx.user.update({ where: { id: user.id }, data })
    await tx.auditEvent.create({
      data: auditRow({ userId: actor.id, action: 'user.disable', subject: 'User', subjectId: user.id }),
    })
    return changed
  })
}

/** @throws CampError AUTH, telling neither which of the two was wrong nor, before the password is right, who is disabled */
export async function checkLogin(prisma: Pick<PrismaClient, 'user'>, email: string, password: string): Promise<User> {
  const user = await prisma.user.findUnique({ where: { email: email.trim().toLowerCase() } })
  if (!(await verifyPassword(user?.password ?? null, password)) || !user) {
    throw new CampError('AUTH', 'the e-mail or the password is wrong')
  }
  if (user.disabled_at) throw new CampError('AUTH', `${user.email} is disabled`, { hint: 'Ask an ADMIN.' })
  return user
}

/** The enabled ADMINs, locked: two of them cannot disable each other at once. */
async function lockAdmins(tx: Prisma.TransactionClient): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM "User" WHERE role = 'ADMIN' AND disabled_at IS NULL ORDER BY id FOR UPDATE`
  return rows.map(row => row.id)
}

function assertNotLastAdmin(admins: readonly string[], user: User): void {
  if (admins.length === 1 && admins[0] === user.id) {
    throw new CampError('STATE', `${user.email} is the last ADMIN: somebody must be able to let others in`, {
      hint: 'Make another user an ADMIN first: camp user set EMAIL --role ADMIN',
    })
  }
}

function emailOf(text: string): string {
  const email = text.trim().toLowerCase()
  if (/^[^\s@]+@[^\s@]+$/.test(email)) return email
  throw new CampError('DATA', `"${text}" is not an e-mail address`)
}

function emailTaken(email: string): CampError {
  return new CampError('STATE', `there is a user ${email} already`, { hint: 'To change them: camp user set EMAIL' })
}
