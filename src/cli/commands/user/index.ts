import { addCommand, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'
import { nameArgument, oneOf, wholeNumber } from '../../options.ts'

export const register: Register = (program, action) => {
  const user = program.command('user').description('who may use camp: add, list, set, disable, token')
  add(user).action(
    action(
      lazy(() => import('./handlers.ts').then(module => module.add)),
      { mayCreateDatabase: true },
    ),
  )
  list(user).action(action(lazy(() => import('./handlers.ts').then(module => module.list))))
  set(user).action(action(lazy(() => import('./handlers.ts').then(module => module.set))))
  disable(user).action(action(lazy(() => import('./handlers.ts').then(module => module.disable))))
  token(user).action(action(lazy(() => import('./handlers.ts').then(module => module.token))))
}

export const add = (parent: Parent) =>
  addCommand(parent, 'add <email>', 'add a user; the first of an installation needs no login and must be an ADMIN')
    .requiredOption('--name <name>', 'their name', nameArgument)
    .requiredOption('--role <role>', 'ADMIN or USER', oneOf(ROLES))
    .option('--password-stdin', 'read their password from stdin; without a password only a token lets them in')

const list = (parent: Parent) => addCommand(parent, 'list', 'all users')

export const set = (parent: Parent) =>
  addCommand(parent, 'set <email>', "change a user; one's own name and password take no ADMIN")
    .option('--name <name>', 'their new name', nameArgument)
    .option('--role <role>', 'ADMIN or USER', oneOf(ROLES))
    .option('--password', 'ask for a new password, and for the old one of your own; it ends their sessions and tokens')
    .option('--password-stdin', 'read it from stdin; of your own the old password first, each on a line')
    .option('--enable', 'let a disabled user in again')
    .option('--end-sessions', 'void the sessions and tokens that they hold')

const disable = (parent: Parent) =>
  addCommand(parent, 'disable <email>', 'shut a user out, with their sessions and tokens')

export const token = (parent: Parent) =>
  addCommand(
    parent,
    'token <email>',
    'print a token for CAMP_TOKEN (cron, systemd); for oneself, or by an ADMIN for a USER',
  ).option('--days <number>', 'how long it is good for', wholeNumber(1, 3650), 365)

const ROLES = ['ADMIN', 'USER'] as const
