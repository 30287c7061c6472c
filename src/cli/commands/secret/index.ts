import { t } from '../../../language/text.ts'
import { addCommand, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'

export const register: Register = (program, action) => {
  const secret = program.command('secret').description(t`the secret that seals credentials: rotate, reset`)
  rotate(secret).action(
    action(
      lazy(() => import('./rotate.ts').then(module => module.rotate)),
      { takesWeakSecret: true },
    ),
  )
  reset(secret).action(action(lazy(() => import('./reset.ts').then(module => module.reset))))
}

export const rotate = (parent: Parent) =>
  addCommand(parent, 'rotate', t`seal everything with a new secret (ADMIN)`, [
    'camp secret rotate --generate',
    'camp secret rotate --file new-secret.txt',
  ])
    .option('--file <file>', t`a file with the new secret (- for stdin)`)
    .option('--generate', t`generate a secret (with DATABASE_URL: into the --file)`)
    .addHelpText(
      'after',
      `\n${t`The old secret is CAMP_SECRET, or the one that embedded mode stores in CAMP_HOME. Without --file and
        --generate the new one is asked for; embedded mode generates and stores it. One transaction: run again after
        a crash, it has happened or it has not, and says so. Existing sessions, CAMP_TOKENs and webhook URLs are
        void. Step by step: docs/security.md`}`,
    )

export const reset = (parent: Parent) =>
  addCommand(parent, 'reset [email]', t`the secret is lost: adopt the configured one (ADMIN)`, [
    'camp secret reset ana@example.com',
    'camp secret reset ana@example.com --password-stdin < password.txt',
  ])
    .option('--password-stdin', t`read the password from stdin`)
    .addHelpText(
      'after',
      `\n${t`It asks for the password of an ADMIN. Sealed values cannot be read any more: set each credential again,
        with all its keys (camp credential set).`}`,
    )
