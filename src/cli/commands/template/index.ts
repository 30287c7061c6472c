import { InvalidArgumentError } from '@commander-js/extra-typings'
import { addCommand, asks, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'
import { nameArgument } from '../../options.ts'

export const register: Register = (program, action) => {
  const template = program.command('template').description('approved texts with variables: add, list, show, remove')
  add(template).action(
    action(
      lazy(() => import('./handlers.ts').then(module => module.add)),
      { mayCreateDatabase: true },
    ),
  )
  list(template).action(action(lazy(() => import('./handlers.ts').then(module => module.list))))
  show(template).action(action(lazy(() => import('./handlers.ts').then(module => module.show))))
  remove(template).action(action(lazy(() => import('./handlers.ts').then(module => module.remove))))
}

export const add = (parent: Parent) =>
  addCommand(parent, 'add', 'add a template as the broker approved it')
    .argument('<name>', 'its name', nameArgument)
    .requiredOption('--code <code>', "its code at the broker's API, unique", parseCode)
    .option('--content <text>', 'its text, with variables {{1}}, {{2}}')
    .option('--content-file <file>', 'a UTF-8 file that contains the text')

const list = (parent: Parent) => addCommand(parent, 'list', 'all templates')

export const show = (parent: Parent) =>
  addCommand(parent, 'show <template>', 'a template (code, name or id), filled in for a real lead')
    .option('--campaign <id>', 'whose leads (default: the last campaign that uses it)')
    .option('--phone <phone>', 'which lead (default: the first valid one)')

const remove = (parent: Parent) =>
  asks(addCommand(parent, 'remove <template>', 'remove a template that no campaign uses'))

function parseCode(text: string): string {
  if (/^\S{1,200}$/.test(text)) return text
  throw new InvalidArgumentError('A code must not contain blanks.')
}
