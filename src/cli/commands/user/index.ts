import { addCommand, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'
import { nameArgument, oneOf, wholeNumber } from '../../options.ts'

export const register: Register = (program, action) => {
  const user = program.command('user').description('users of camp: add, list, set, disable, token')
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
  addCommand(parent, 'add <email>', 'add a user (without users: no login, must be ADMIN)')
    .requiredOption('--name <name>', 'their name', nameArgument)
    .requiredOption('--role <role>', 'ADMIN or USER', oneOf(ROLES))
    .option('--password-stdin', 'read their password from stdin (without one: tokens only)')

const list = (parent: Parent) => addCommand(parent, 'list', 'all users')

export const set = (parent: Parent) =>
  addCommand(parent, 'set <email>', 'change a user (ADMIN, or own name and password)')
    .option('--name <name>', 'their new name', nameArgument)
    .option('--role <role>', 'ADMIN or USER', oneOf(ROLES))
    .option('--password', 'ask for a new password, which ends sessions and tokens')
    .option('--password-stdin', 'read it from stdin (your own: old password on line 1)')
    .option('--enable', 'enable a disabled user again')
    .option('--end-sessions', 'end their sessions and tokens')

const disable = (parent: Parent) =>
  addCommand(parent, 'disable <email>', 'disable a user and end their sessions and tokens')

export const token = (parent: Parent) =>
  addCommand(parent, 'token <email>', 'print a CAMP_TOKEN for yourself or (ADMIN) for a USER').option(
    '--days <number>',
    'how many days it is valid',
    wholeNumber(1, 3650),
    365,
  )

const ROLES = ['ADMIN', 'USER'] as const
