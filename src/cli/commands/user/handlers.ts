import { t } from '../../../language/text.ts'
import type { Actor } from '../../../security/actor.ts'
import { findUser } from '../../../security/find-user.ts'
import { giveToken } from '../../../security/give-token.ts'
import { hasUsers } from '../../../security/has-users.ts'
import {
  addUser,
  assertAnotherAdmin,
  changeUser,
  disableUser,
  listUsers,
  type User,
  type UserChange,
} from '../../../security/users.ts'
import { assertSomething } from '../../assert-something.ts'
import { fields } from '../../blocks.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { askPassword, confirm, hasTerminal } from '../../prompt.ts'
import { time } from '../campaign/text.ts'
import type * as commands from './index.ts'

export async function add(context: Context, email: string, options: OptionsOf<typeof commands.add>): Promise<void> {
  const prisma = await context.prisma()
  // The first user is added without a login, so no login has checked the secret.
  await context.keys()
  const actor = await whoAdds(context)
  const wanted = options.passwordStdin || hasTerminal(context)
  const password = wanted ? await askPassword(context, t`Password of ${email}`, options.passwordStdin ?? false) : null
  const user = await addUser(
    prisma,
    actor,
    { email, name: options.name, role: options.role, password },
    context.clock.now(),
  )
  if (password === null) {
    context.out.talk(
      t`${user.email} has no password: camp user password ${user.email}, or camp user token ${user.email}`,
    )
  }
  context.out.result(view(user), t`Added ${user.role} ${user.email}.`)
}

/** On an empty database of a server no user exists who could log in. In embedded mode the user of the operating system acts. */
async function whoAdds(context: Context): Promise<Actor | null> {
  const first = context.config.databaseUrl !== undefined && !(await hasUsers(await context.pool()))
  return first ? null : context.admin()
}

export async function list(context: Context): Promise<void> {
  await context.actor()
  const users = await listUsers(await context.prisma())
  context.out.list(
    users.map(view),
    [
      { title: t`E-MAIL`, value: user => user.email },
      { title: t`NAME`, value: user => user.name, shrinks: true },
      { title: t`ROLE`, value: user => user.role },
      { title: t`STATE`, value: user => (user.disabled_at ? t`disabled` : t`enabled`) },
    ],
    t`No users yet.`,
  )
}

export async function show(context: Context, ref: string): Promise<void> {
  await context.actor()
  const user = view(await findUser(await context.prisma(), ref))
  context.out.result(user, () =>
    fields([
      [t`e-mail`, user.email],
      [t`name`, user.name],
      [t`role`, user.role],
      [t`state`, user.disabled_at ? t`disabled ${time(user.disabled_at, context.config.timezone)}` : t`enabled`],
      [t`password`, user.has_password ? t`set` : t`none: tokens only`],
      [t`added`, time(user.created_at, context.config.timezone)],
    ]),
  )
}

export async function set(context: Context, ref: string, options: OptionsOf<typeof commands.set>): Promise<void> {
  const { name, role, enable, endSessions } = options
  assertSomething({ name, role, enable, endSessions })
  const actor = await context.actor()
  const prisma = await context.prisma()
  const { id } = await findUser(prisma, ref)
  if (id !== actor.id || role || enable) await context.admin()
  const change: UserChange = { name, role, enable, endSessions }
  const changed = await changeUser(prisma, actor, id, change, context.clock.now())
  context.out.result(
    view(changed),
    changed.disabled_at ? t`${changed.role} ${changed.email}, disabled.` : `${changed.role} ${changed.email}.`,
  )
}

export async function disable(context: Context, ref: string): Promise<void> {
  const actor = await context.admin()
  const prisma = await context.prisma()
  const found = await findUser(prisma, ref)
  if (found.id === actor.id) {
    await assertAnotherAdmin(prisma, found)
    await confirm(context, t`Disable yourself? Only another ADMIN can enable you again.`)
  }
  const user = await disableUser(prisma, actor, ref, context.clock.now())
  context.out.result(view(user), t`Disabled ${user.email}.`)
}

export async function enable(context: Context, ref: string): Promise<void> {
  const actor = await context.admin()
  const user = await changeUser(await context.prisma(), actor, ref, { enable: true }, context.clock.now())
  context.out.result(view(user), t`Enabled ${user.email}.`)
}

export async function token(context: Context, ref: string, { days }: OptionsOf<typeof commands.token>): Promise<void> {
  const actor = await context.actor()
  const user = await findUser(await context.prisma(), ref)
  if (user.id !== actor.id) await context.admin()
  const deps = { pool: await context.pool(), key: await context.sessionKey(), clock: context.clock }
  const issued = await giveToken(deps, actor, user, days)
  context.out.talk(
    t`For CAMP_TOKEN, as ${user.email}, until ${time(issued.expiresAt, context.config.timezone)}. Keep it like a password.`,
  )
  context.out.result({ email: user.email, token: issued.token, expires_at: issued.expiresAt }, issued.token)
}

/** A user without the password hash. */
export function view({ id, email, name, role, disabled_at, created_at, password }: User) {
  return { id, email, name, role, has_password: password !== null, disabled_at, created_at }
}
