import { v7 as uuidv7 } from 'uuid'
import type { Prisma, PrismaClient } from '../database/prisma.ts'
import { CampError, codeOf } from '../errors.ts'
import { t } from '../language/text.ts'
import type { Actor } from './actor.ts'
import { auditRow } from './audit-log.ts'
import { findUser } from './find-user.ts'
import { hashPassword } from './password.ts'
import { assertGoodPassword } from './password-rules.ts'
import type { Via } from './via.ts'

export type User = Prisma.UserModel

/** The acting user; passwords and tokens that they set count as set by the user behind them. */
type By = Pick<Actor, 'id'> & Partial<Pick<Actor, 'via'>>

export interface NewUser {
  email: string
  name: string
  role: Actor['role']
  /** null: they can act only with a token (camp user token). */
  password: string | null
}

/** In the order of their e-mails. */
export function listUsers(prisma: PrismaClient): Promise<User[]> {
  return prisma.user.findMany({ orderBy: { email: 'asc' } })
}

/**
 * @param actor null: the first user of an installation, who must be an ADMIN with a password
 * @throws CampError STATE if the e-mail is taken, DATA if it or the password is invalid, AUTH if `actor` is missing
 */
export async function addUser(prisma: PrismaClient, actor: By | null, user: NewUser, now: Date): Promise<User> {
  const email = emailOf(user.email)
  if (user.password !== null) assertGoodPassword(user.password, email)
  const password = user.password === null ? null : await hashPassword(user.password)
  return prisma.$transaction(async tx => {
    if (!actor) await assertFirst(tx, user)
    const taken = await tx.user.findUnique({ where: { email } })
    if (taken) throw emailTaken(email)
    const password_by = password === null ? null : (actor?.via?.id ?? actor?.id ?? null)
    const data = {
      id: uuidv7(),
      email,
      name: user.name,
      role: user.role,
      password,
      password_by,
      tokens_valid_from: now,
    }
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

/** Two concurrent first users: the lock admits one. */
async function assertFirst(tx: Prisma.TransactionClient, user: NewUser): Promise<void> {
  await tx.$executeRaw`LOCK TABLE "User" IN SHARE ROW EXCLUSIVE MODE`
  if ((await tx.user.count()) > 0) throw new CampError('NOT_LOGGED_IN', t`not logged in`, { hint: t`Run: camp login` })
  if (user.role !== 'ADMIN')
    throw new CampError('FIRST_USER_NOT_ADMIN', t`the first user must be an ADMIN`, { hint: t`Add --role ADMIN.` })
  if (user.password === null) {
    throw new CampError('ARGUMENT_MISSING', t`the first user needs a password`, {
      hint: t`Give it on stdin with --password-stdin.`,
    })
  }
}

export interface UserChange {
  name?: string | undefined
  role?: Actor['role'] | undefined
  password?: string | undefined
  /** Enables a disabled user again. */
  enable?: boolean | undefined
  /** Voids every session and token issued so far; so does a new password. */
  endSessions?: boolean | undefined
}

/** @throws CampError NOT_FOUND; STATE if no enabled ADMIN would be left */
export async function changeUser(
  prisma: PrismaClient,
  actor: By,
  ref: string,
  change: UserChange,
  now: Date,
): Promise<User> {
  const { email } = await findUser(prisma, ref)
  if (change.password !== undefined) assertGoodPassword(change.password, email)
  const password = change.password === undefined ? undefined : await hashPassword(change.password)
  return prisma.$transaction(async tx => {
    const admins = await lockAdmins(tx)
    const user = await findUser(tx, ref)
    if (change.role && change.role !== 'ADMIN') assertNotLastAdmin(admins, user)
    const isReset = user.id !== actor.id
    const isPromoted = change.role === 'ADMIN' && user.role !== 'ADMIN'
    const changed = await tx.user.update({
      where: { id: user.id },
      data: {
        ...(change.name !== undefined && { name: change.name }),
        ...(change.role && { role: change.role }),
        ...(password && { password, password_by: isReset ? (actor.via?.id ?? actor.id) : null }),
        ...(change.enable && { disabled_at: null }),
        // A token that another user created for a USER or an AUDITOR must not be valid for an ADMIN.
        ...((password || change.endSessions || isPromoted) && { tokens_valid_from: now }),
      },
    })
    const detail = {
      ...(change.name !== undefined && { name: { from: user.name, to: change.name } }),
      ...(change.role && { role: { from: user.role, to: change.role } }),
      ...(password && { password: isReset ? 'reset' : 'changed' }),
      ...(change.enable && { enabled: true }),
      ...(change.endSessions && { sessions: 'ended' }),
    }
    await tx.auditEvent.create({
      data: auditRow({ userId: actor.id, action: 'user.set', subject: 'User', subjectId: user.id, detail }),
    })
    return changed
  })
}

/** Disables a user from now on, sessions and tokens included. */
export async function disableUser(prisma: PrismaClient, actor: By, ref: string, now: Date): Promise<User> {
  return prisma.$transaction(async tx => {
    const admins = await lockAdmins(tx)
    const user = await findUser(tx, ref)
    if (user.disabled_at) throw new CampError('USER_DISABLED', t`${user.email} is already disabled`)
    assertNotLastAdmin(admins, user)
    const data = { disabled_at: now, tokens_valid_from: now }
    const changed = await tx.user.update({ where: { id: user.id }, data })
    await tx.auditEvent.create({
      data: auditRow({ userId: actor.id, action: 'user.disable', subject: 'User', subjectId: user.id }),
    })
    return changed
  })
}

/** For a question before `disableUser`. @throws CampError LAST_ADMIN */
export async function assertAnotherAdmin(prisma: Pick<PrismaClient, '$queryRaw'>, user: User): Promise<void> {
  assertNotLastAdmin(await lockAdmins(prisma), user)
}

/** The user behind a user who has logged in with their password: who set it, if that was another user. */
export async function passwordVia(prisma: Pick<PrismaClient, 'user'>, { password_by }: User): Promise<Via | null> {
  if (password_by === null) return null
  return prisma.user.findUnique({ where: { id: password_by }, select: { id: true, email: true } })
}

/** The enabled ADMINs, locked: two of them cannot disable each other concurrently. */
async function lockAdmins(tx: Pick<Prisma.TransactionClient, '$queryRaw'>): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM "User" WHERE role = 'ADMIN' AND disabled_at IS NULL ORDER BY id FOR NO KEY UPDATE`
  return rows.map(row => row.id)
}

function assertNotLastAdmin(admins: readonly string[], user: User): void {
  if (admins.length === 1 && admins[0] === user.id) {
    throw new CampError('LAST_ADMIN', t`${user.email} is the last ADMIN: without one no user can be added or enabled`, {
      hint: t`Make another user an ADMIN first: camp user set EMAIL --role ADMIN`,
    })
  }
}

function emailOf(text: string): string {
  const email = text.trim().toLowerCase()
  if (/^[^\s@]+@[^\s@]+$/.test(email)) return email
  throw new CampError('INVALID_VALUE', t`"${text}" is not an e-mail address`)
}

function emailTaken(email: string): CampError {
  return new CampError('NAME_TAKEN', t`the user ${email} already exists`, {
    hint: t`To change them: camp user set EMAIL`,
  })
}
