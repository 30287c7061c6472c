import { t } from '../../../language/text.ts'
import { ROLES } from '../../../security/roles.ts'
import { addCommand, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'
import { nameArgument, oneOf, wholeNumber } from '../../options.ts'

export const register: Register = (program, action) => {
  const user = program.command('user').description(t`user: add, list, show, set, password, disable, enable, token`)
  add(user).action(
    action(
      lazy(() => import('./handlers.ts').then(module => module.add)),
      { mayCreateDatabase: true },
    ),
  )
  list(user).action(action(lazy(() => import('./handlers.ts').then(module => module.list))))
  show(user).action(action(lazy(() => import('./handlers.ts').then(module => module.show))))
  set(user).action(action(lazy(() => import('./handlers.ts').then(module => module.set))))
  password(user).action(action(lazy(() => import('./password.ts').then(module => module.password))))
  disable(user).action(action(lazy(() => import('./handlers.ts').then(module => module.disable))))
  enable(user).action(action(lazy(() => import('./handlers.ts').then(module => module.enable))))
  token(user).action(action(lazy(() => import('./handlers.ts').then(module => module.token))))
}

export const add = (parent: Parent) =>
  addCommand(parent, 'add <email>', t`add a user (without users: no login, must be ADMIN)`, [
    'camp user add ana@example.com --name Ana --role ADMIN',
    'camp user add bob@example.com --name Bob --role USER --password-stdin < pass',
  ])
    .requiredOption('--name <name>', t`their name`, nameArgument)
    .requiredOption('--role <role>', ROLES.join(', '), oneOf(ROLES))
    .option('--password-stdin', t`read their password from stdin (without one: tokens only)`)

const list = (parent: Parent) => addCommand(parent, 'list', t`all users`, ['camp user list', 'camp user list --json'])

const show = (parent: Parent) =>
  addCommand(parent, 'show <email>', t`a user`, [
    'camp user show bob@example.com',
    'camp user show bob@example.com --json',
  ])

export const set = (parent: Parent) =>
  addCommand(parent, 'set <email>', t`change a user (ADMIN, or own name)`, [
    'camp user set bob@example.com --role ADMIN',
    'camp user set bob@example.com --end-sessions',
  ])
    .option('--name <name>', t`their new name`, nameArgument)
    .option('--role <role>', ROLES.join(', '), oneOf(ROLES))
    .option('--enable', t`as camp user enable`)
    .option('--end-sessions', t`end their sessions and tokens`)

export const password = (parent: Parent) =>
  addCommand(parent, 'password [email]', t`change your own password, or (ADMIN) set another user's`, [
    'camp user password',
    'camp user password bob@example.com --password-stdin < pass',
  ])
    .option('--password-stdin', t`read it from stdin (your own: old password on line 1)`)
    .addHelpText('after', `\n${t`It ends the sessions and tokens of the user.`}`)

const disable = (parent: Parent) =>
  addCommand(parent, 'disable <email>', t`disable a user and end their sessions and tokens`, [
    'camp user disable bob@example.com',
    'camp user disable bob@example.com --json',
  ]).addHelpText('after', `\n${t`It asks if the user is yourself; --yes answers.`}`)

const enable = (parent: Parent) =>
  addCommand(parent, 'enable <email>', t`enable a disabled user again (ADMIN)`, [
    'camp user enable bob@example.com',
    'camp user enable bob@example.com --json',
  ])

export const token = (parent: Parent) =>
  addCommand(parent, 'token <email>', t`print a CAMP_TOKEN for yourself or (ADMIN) for others`, [
    'camp user token bob@example.com --days 30',
    'camp user token bob@example.com --quiet > token.txt',
  ]).option('--days <number>', t`how many days it is valid`, wholeNumber(1, 3650), 365)
