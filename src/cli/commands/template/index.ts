import { InvalidArgumentError } from '@commander-js/extra-typings'
import { t } from '../../../language/text.ts'
import { addCommand, asks, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'
import { nameArgument } from '../../options.ts'

export const register: Register = (program, action) => {
  const template = program
    .command('template')
    .description(t`approved texts with variables: add, list, show, set, remove`)
  add(template).action(
    action(
      lazy(() => import('./handlers.ts').then(module => module.add)),
      { mayCreateDatabase: true },
    ),
  )
  list(template).action(action(lazy(() => import('./handlers.ts').then(module => module.list))))
  show(template).action(action(lazy(() => import('./handlers.ts').then(module => module.show))))
  set(template).action(action(lazy(() => import('./handlers.ts').then(module => module.set))))
  remove(template).action(action(lazy(() => import('./handlers.ts').then(module => module.remove))))
}

export const add = (parent: Parent) =>
  addCommand(parent, 'add', t`add a template as the broker approved it`, [
    "camp template add Lembrete --code lembrete --content 'Olá {{1}}, ligue.'",
    'camp template add Acordo --code acordo_v2 --content-file acordo.txt',
  ])
    .argument('<name>', t`its name`, nameArgument)
    .requiredOption('--code <code>', t`its code at the broker's API, unique`, parseCode)
    .option('--content <text>', t`its text, with variables {{1}}, {{2}}`)
    .option('--content-file <file>', t`a UTF-8 file that contains the text`)

const list = (parent: Parent) =>
  addCommand(parent, 'list', t`all templates`, ['camp template list', 'camp template list --json'])

export const show = (parent: Parent) =>
  addCommand(parent, 'show <template>', t`a template (code, name or id), filled in for a real lead`, [
    'camp template show lembrete',
    'camp template show lembrete --campaign C261128-2GJZ4',
  ])
    .option('--campaign <id>', t`whose leads (default: the last campaign that uses it)`)
    .option('--phone <phone>', t`which lead (default: the first valid one)`)

export const set = (parent: Parent) =>
  addCommand(parent, 'set <template>', t`change a template: its text and code only if unused (ADMIN)`, [
    "camp template set lembrete --name 'Lembrete curto'",
    'camp template set acordo_v2 --content-file acordo.txt',
  ])
    .option('--name <name>', t`its new name`, nameArgument)
    .option('--code <code>', t`its new code at the broker's API`, parseCode)
    .option('--content <text>', t`its new text, with variables {{1}}, {{2}}`)
    .option('--content-file <file>', t`a UTF-8 file that contains the text`)

const remove = (parent: Parent) =>
  asks(
    addCommand(parent, 'remove <template>', t`remove a template that no campaign uses`, [
      'camp template remove lembrete',
      'camp template remove lembrete --yes',
    ]),
  )

function parseCode(text: string): string {
  if (/^\S{1,200}$/.test(text)) return text
  throw new InvalidArgumentError(t`A code must not contain blanks.`)
}
