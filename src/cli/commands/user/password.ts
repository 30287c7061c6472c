import { CampError } from '../../../errors.ts'
import { t } from '../../../language/text.ts'
import { findUser } from '../../../security/find-user.ts'
import { assertOldPassword } from '../../../security/login.ts'
import { changeUser, type User } from '../../../security/users.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { askPassword } from '../../prompt.ts'
import { view } from './handlers.ts'
import type * as commands from './index.ts'

/** Changes one's own password, or, as an ADMIN, sets another user's. It ends the user's sessions and tokens. */
export async function password(
  context: Context,
  ref: string | undefined,
  { passwordStdin }: OptionsOf<typeof commands.password>,
): Promise<void> {
  const actor = await context.actor()
  const prisma = await context.prisma()
  const user = await findUser(prisma, ref ?? actor.email)
  const isOwn = user.id === actor.id
  if (!isOwn) await context.admin()
  const next = await newPassword(context, user, isOwn, passwordStdin ?? false)
  const changed = await changeUser(prisma, actor, user.id, { password: next }, context.clock.now())
  if (!isOwn) {
    context.out.talk(
      t`The audit records that you set ${user.email}'s password, with all their actions until they set their own.`,
    )
  }
  context.out.result(
    view(changed),
    isOwn
      ? t`Your password is changed. Your sessions and tokens have ended: camp login ${user.email}`
      : t`The password of ${user.email} is set. Their sessions and tokens have ended.`,
  )
}

/**
 * A user who changes their own password gives the old one first: a token or an open terminal is not enough to take over the
 * account.
 */
async function newPassword(context: Context, user: User, isOwn: boolean, fromStdin: boolean): Promise<string> {
  // In embedded mode the user of the operating system has no password at first, and has access to the database anyway.
  const isFirst = user.password === null
  if (isOwn && isFirst && context.config.databaseUrl !== undefined) {
    throw new CampError(
      'PASSWORD_MISSING',
      t`${user.email} has no password yet: the first one cannot be set with a token`,
      {
        hint: t`An ADMIN sets it: camp user password ${user.email}`,
      },
    )
  }
  const given = fromStdin ? (await askPassword(context, t`New password`, true)).split(/\r?\n/) : []
  const takesOld = isOwn && !isFirst
  if (fromStdin && given.length !== (takesOld ? 2 : 1)) {
    const problem = takesOld
      ? t`stdin must contain two lines: the old password, then the new one`
      : t`stdin must contain one line: the new password`
    throw new CampError('INVALID_ARGUMENT', problem)
  }
  const old = takesOld ? (given.at(-2) ?? (await askPassword(context, t`Old password`, false))) : undefined
  if (old !== undefined) await assertOldPassword(await context.loginDeps(), user, old)
  if (fromStdin) return given.at(-1)!
  const next = await askPassword(context, t`New password`, false)
  if (next === (await askPassword(context, t`Again`, false))) return next
  throw new CampError('ENTRIES_DIFFER', t`the two inputs differ: nothing was changed`)
}
