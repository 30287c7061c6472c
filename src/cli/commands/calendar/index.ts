import { addCommand, asks, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'
import { nameArgument, wholeNumber } from '../../options.ts'

export const register: Register = (program, action) => {
  const calendar = program
    .command('calendar')
    .description('days without contact: add, remove, list; states’ laws on contact hours: laws')
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
  addCommand(parent, 'add <day>', 'a day without contact: 2026-12-24 or 24/12/2026; 24/12 is every year’s (ADMIN)')
    .option('--name <name>', 'what it is', nameArgument)
    .option('--state <state>', 'only for the people of one state: SP')

export const remove = (parent: Parent) =>
  asks(addCommand(parent, 'remove <day>', 'contact people again on a day that was added (ADMIN)')).option(
    '--state <state>',
    'the one for this state',
  )

export const list = (parent: Parent) =>
  addCommand(parent, 'list', 'the holidays of a year: the country’s and our own')
    .argument('[year]', 'without it, the present one', wholeNumber(1900, 2200))
    .option('--all', 'also days on which camp sends: optional ones, and states’ own holidays that were not added')

const laws = (parent: Parent) =>
  addCommand(parent, 'laws', 'what states’ laws say about contact hours, for --state-laws; with their sources')
