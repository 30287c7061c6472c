import { leaf, type Register } from '../command.ts'
import type { Context } from '../context.ts'

export const register: Register = (program, action) => {
  leaf(program, 'login [email]', 'log in; the session lasts 12 hours')
    .option('--password-stdin', 'read the password from stdin')
    .action(action(login, { takesWeakSecret: true }))
}

async function login(context: Context, given: string | undefined, options: { passwordStdin?: boolean }): Promise<void> {
  const { ask, askPassword } = await import('../prompt.ts')
  const { issueToken, saveSession, SESSION_MS } = await import('../../security/session.ts')
  const { passwordVia } = await import('../../security/users.ts')
  const { logIn } = await import('../../security/login.ts')
  const { actVia } = await import('../../security/via.ts')
  const { auditRow } = await import('../../security/audit.ts')
  const [prisma, key] = [await context.prisma(), await context.sessionKey()]
  const email = given ?? (await ask(context, 'E-mail', 'Give it: camp login EMAIL'))
  const password = await askPassword(context, 'Password', options.passwordStdin ?? false)
  const user = await logIn(await context.loginDeps(), email, password)
  const via = await passwordVia(prisma, user)
  actVia(via)
  const { token, expiresAt } = await issueToken(
    key,
    { userId: user.id, makerId: via?.id ?? null },
    { clock: context.clock, lifetimeMs: SESSION_MS },
  )
  await prisma.auditEvent.create({
    data: auditRow({ userId: user.id, action: 'user.login', subject: 'User', subjectId: user.id }),
  })
  await saveSession(context.config.home, token)
  if (context.config.token) context.out.warn('CAMP_TOKEN is set, and comes before this session.')
  if (via !== null) {
    const own = `camp user set ${user.email} --password`
    context.out.warn(`${via.email} has set this password, and the audit says so. Set one of your own: ${own}`)
  }
  context.out.result(
    { email: user.email, name: user.name, role: user.role, expires_at: expiresAt },
    `Logged in as ${user.email} (${user.role}) until ${expiresAt.toISOString()}.`,
  )
}
