import { t } from '../../../language/text.ts'
import { startSession } from '../../../security/give-token.ts'
import { assertHasUsers } from '../../../security/has-users.ts'
import { logIn } from '../../../security/login.ts'
import { saveSession } from '../../../security/session.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { ask, askPassword } from '../../prompt.ts'
import { time } from '../campaign/text.ts'
import type * as commands from './index.ts'

export async function login(
  context: Context,
  given: string | undefined,
  options: OptionsOf<typeof commands.login>,
): Promise<void> {
  await assertHasUsers(await context.pool())
  const key = await context.sessionKey()
  const email = given ?? (await ask(context, t`E-mail`, t`Add it: camp login EMAIL`))
  const password = await askPassword(context, t`Password`, options.passwordStdin ?? false)
  const user = await logIn(await context.loginDeps(), email, password)
  const deps = { pool: await context.pool(), prisma: await context.prisma(), key, clock: context.clock }
  const { token, expiresAt, via } = await startSession(deps, user)
  await saveSession(context.config.home, token)
  if (context.config.token) context.out.warn(t`CAMP_TOKEN is set, and is used instead of this session.`)
  if (via !== null) {
    context.out.warn(t`${via.email} has set this password, and the audit records it. Set your own: camp user password`)
  }
  context.out.result(
    { email: user.email, name: user.name, role: user.role, expires_at: expiresAt },
    t`Logged in as ${user.email} (${user.role}) until ${time(expiresAt, context.config.timezone)}.`,
  )
}
