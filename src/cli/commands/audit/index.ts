import { addCommand, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'
import { wholeNumber } from '../../options.ts'

export const register: Register = (program, action) => {
  const audit = program.command('audit').description('who did what, and by whose token: list')
  list(audit).action(action(lazy(() => import('./handlers.ts').then(module => module.list))))
}

export const list = (parent: Parent) =>
  addCommand(parent, 'list', 'what was done, the newest first (ADMIN)')
    .option('--user <email>', 'by this user, or by a token or a password that they made')
    .option('--action <beginning>', 'only these: user.login, campaign.approve, setting')
    .option('--on <id>', 'to this campaign, user, wallet, …')
    .option('--limit <n>', 'at most so many', wholeNumber(1, 10_000), 50)
    .addHelpText(
      'after',
      '\n"as bob@x, by ana@x": bob acted with a token that ana had made, or with a password that ana had set.',
    )
