import { CampError } from '../../../errors.ts'
import { t } from '../../../language/text.ts'
import { type Actor, systemUser } from '../../../security/actor.ts'
import { secretState } from '../../../security/fingerprint.ts'
import { openKeys } from '../../../security/keys.ts'
import { logIn } from '../../../security/login.ts'
import { resetSecret } from '../../../security/rotate.ts'
import { assertStrongSecret } from '../../../security/secret-strength.ts'
import { passwordVia } from '../../../security/users.ts'
import { actVia } from '../../../security/via.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { ask, askPassword, confirm } from '../../prompt.ts'
import type * as commands from './index.ts'

export async function reset(
  context: Context,
  email: string | undefined,
  options: OptionsOf<typeof commands.reset>,
): Promise<void> {
  const pool = await context.pool()
  const keys = await openKeys(context.config)
  const { name } = keys.origin
  if ((await secretState(pool, keys)) === 'OURS') {
    context.out.result({ reset: false, closed: [] }, t`Nothing to do: ${name} is the secret of this database.`)
    return
  }
  if (context.config.secret !== undefined) assertStrongSecret(context.config.secret, name)
  const actor = await whoResets(context, email, options.passwordStdin ?? false)
  await confirm(
    context,
    t`Use ${name} as the secret of this database? Values sealed with another secret cannot be read any more.`,
  )
  const closed = await resetSecret(pool, actor, keys)
  context.out.result({ reset: true, closed }, () => [
    t`Done: ${name} is the secret of this database. Earlier sessions, CAMP_TOKENs and webhook URLs are void.`,
    ...(closed.length > 0 ? [t`Set these credentials again, with all their keys:`] : []),
    ...closed.map(({ wallet, broker }) => `  camp credential set "${wallet}" "${broker}" key=value`),
  ])
}

/** A session proves nothing here: the secret that signed it is the lost one. */
async function whoResets(context: Context, given: string | undefined, passwordStdin: boolean): Promise<Actor> {
  const prisma = await context.prisma()
  const actor = context.config.databaseUrl ? await byPassword() : await systemUser(await context.pool())
  if (actor.role === 'ADMIN') return actor
  throw new CampError('ADMIN_REQUIRED', t`${actor.email} is no ADMIN, and this command requires one`, {
    hint: t`Use the e-mail of an ADMIN.`,
  })

  async function byPassword(): Promise<Actor> {
    const email = given ?? (await ask(context, t`E-mail of an ADMIN`, t`Add it: camp secret reset EMAIL`))
    const user = await logIn(await context.loginDeps(), email, await askPassword(context, t`Password`, passwordStdin))
    const via = await passwordVia(prisma, user)
    actVia(via)
    return { ...user, via }
  }
}
