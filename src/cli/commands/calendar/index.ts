import { t } from '../../../language/text.ts'
import { addCommand, asks, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'
import { nameArgument, wholeNumber } from '../../options.ts'

export const register: Register = (program, action) => {
  const calendar = program
    .command('calendar')
    .description(t`days without contact and state laws: add, remove, list, laws`)
  add(calendar).action(
    action(
      lazy(() => import('./handlers.ts').then(module => module.add)),
      { mayCreateDatabase: true },
    ),
  )
  remove(calendar).action(action(lazy(() => import('./handlers.ts').then(module => module.remove))))
  list(calendar).action(action(lazy(() => import('./handlers.ts').then(module => module.list))))
  laws(calendar).action(action(lazy(() => import('./handlers.ts').then(module => module.laws))))
}

export const add = (parent: Parent) =>
  addCommand(parent, 'add <day>', t`add a day without contact: 24/12/2026, 24/12 yearly (ADMIN)`, [
    "camp calendar add 24/12/2026 --name 'Office party'",
    "camp calendar add '9/7 yearly' --state SP --name 'Revolução de 1932'",
  ])
    .option('--name <name>', t`its name`, nameArgument)
    .option('--state <state>', t`only for recipients of one state: SP`)

export const remove = (parent: Parent) =>
  asks(
    addCommand(parent, 'remove <day>', t`remove a day that was added (ADMIN)`, [
      'camp calendar remove 24/12/2026',
      "camp calendar remove '9/7 yearly' --state SP",
    ]),
  ).option('--state <state>', t`the day that was added for this state`)

export const list = (parent: Parent) =>
  addCommand(parent, 'list', t`the holidays of a year: national and added ones`, [
    'camp calendar list',
    'camp calendar list 2027 --all',
  ])
    .argument('[year]', t`default: the current year`, wholeNumber(1900, 2200))
    .option('--all', t`also optional and state holidays, on which camp sends`)

const laws = (parent: Parent) =>
  addCommand(parent, 'laws', t`state laws on contact hours for --state-laws, with sources`, [
    'camp calendar laws',
    'camp calendar laws --json',
  ])
