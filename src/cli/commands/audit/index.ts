import { addCommand, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'
import { wholeNumber } from '../../options.ts'

export const register: Register = (program, action) => {
  const audit = program.command('audit').description('who did what, and with whose token: list')
  list(audit).action(action(lazy(() => import('./handlers.ts').then(module => module.list))))
}

export const list = (parent: Parent) =>
  addCommand(parent, 'list', 'recorded actions, newest first (ADMIN)', [
    'camp audit list --user ana@example.com --limit 20',
    'camp audit list --action user.login --json',
  ])
    .option('--user <email>', 'by this user, or with a token or password that they set')
    .option('--action <beginning>', 'only actions with this beginning: user.login, setting')
    .option('--on <id>', 'only on this campaign, user, wallet, …')
    .option('--limit <n>', 'at most this many', wholeNumber(1, 10_000), 50)
    .addHelpText(
      'after',
      '\n"as bob@x, by ana@x": bob acted with a token that ana created, or a password that ana set.',
    )
