import { t } from '../../../language/text.ts'
import { addCommand, asks, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'
import { nameArgument, wholeNumber } from '../../options.ts'

export const register: Register = (program, action) => {
  const wallet = program.command('wallet').description(t`payers of campaigns: add, list, show, set, remove`)
  add(wallet).action(
    action(
      lazy(() => import('./handlers.ts').then(module => module.add)),
      { mayCreateDatabase: true },
    ),
  )
  list(wallet).action(action(lazy(() => import('./handlers.ts').then(module => module.list))))
  show(wallet).action(action(lazy(() => import('./handlers.ts').then(module => module.show))))
  set(wallet).action(action(lazy(() => import('./handlers.ts').then(module => module.set))))
  remove(wallet).action(action(lazy(() => import('./handlers.ts').then(module => module.remove))))
}

export const add = (parent: Parent) =>
  addCommand(parent, 'add', t`add a wallet`, [
    'camp wallet add Sul --idgis 12',
    "camp wallet add 'Norte 2' --idgis 13 --json",
  ])
    .argument('<name>', t`its name, unique`, nameArgument)
    .requiredOption('--idgis <number>', t`its id in the legacy integrations (idgis_ambiente)`, wholeNumber(0, INT4))
    .option('--broker <broker>', t`default broker of its imports`)
    .option('--template <code>', t`default template of its imports`)
    .option('--message <text>', t`default text of its imports, instead of a template`)

const list = (parent: Parent) =>
  addCommand(parent, 'list', t`all wallets`, ['camp wallet list', 'camp wallet list --json'])

const show = (parent: Parent) =>
  addCommand(parent, 'show <wallet>', t`a wallet with its brokers, budgets and campaigns`, [
    'camp wallet show Sul',
    'camp wallet show Sul --json',
  ])

export const set = (parent: Parent) =>
  addCommand(parent, 'set <wallet>', t`change a wallet`, [
    "camp wallet set Sul --name 'Sul e Sudeste'",
    'camp wallet set Sul --idgis 14',
  ])
    .option('--name <name>', t`its new name`, nameArgument)
    .option('--idgis <number>', t`its id in the legacy integrations`, wholeNumber(0, INT4))
    .option('--broker <broker>', t`default broker of its imports, or none`)
    .option('--template <code>', t`default template of its imports, or none: no text`)
    .option('--message <text>', t`default text of its imports, instead of a template`)

const remove = (parent: Parent) =>
  asks(
    addCommand(parent, 'remove <wallet>', t`remove an unused wallet, its credentials and its budgets`, [
      'camp wallet remove Sul',
      'camp wallet remove Sul --yes',
    ]),
  )

const INT4 = 2_147_483_647
