import { t } from '../../../language/text.ts'
import { addCommand, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'
import { wholeNumber } from '../../options.ts'

export const register: Register = (program, action) => {
  const audit = program.command('audit').description(t`who did what, and with whose token: list`)
  list(audit).action(action(lazy(() => import('./handlers.ts').then(module => module.list))))
}

export const list = (parent: Parent) =>
  addCommand(parent, 'list', t`recorded actions, newest first (ADMIN)`, [
    'camp audit list --user ana@example.com --limit 20',
    'camp audit list --action user.login --json',
  ])
    .option('--user <email>', t`by this user, or with a token or password that they set`)
    .option('--action <beginning>', t`only actions with this beginning: user.login, setting`)
    .option('--on <id>', t`only on this campaign, user, wallet, …`)
    .option('--limit <n>', t`at most this many`, wholeNumber(1, 10_000), 50)
    .addHelpText(
      'after',
      `\n${t`"as bob@x, by ana@x": bob acted with a token that ana created, or a password that ana set.`}`,
    )
