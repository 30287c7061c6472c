import { t } from '../../../language/text.ts'
import { addCommand, asks, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'
import { nameArgument } from '../../options.ts'

export const register: Register = (program, action) => {
  const fish = program.command('fish').description(t`our phones in every campaign: add, list, set, remove`)
  add(fish).action(
    action(
      lazy(() => import('./handlers.ts').then(module => module.add)),
      { mayCreateDatabase: true },
    ),
  )
  list(fish).action(action(lazy(() => import('./handlers.ts').then(module => module.list))))
  set(fish).action(action(lazy(() => import('./handlers.ts').then(module => module.set))))
  remove(fish).action(action(lazy(() => import('./handlers.ts').then(module => module.remove))))
}

const add = (parent: Parent) =>
  addCommand(parent, 'add', t`add a control phone`, [
    "camp fish add 'Ana Souza' 11987654321",
    "camp fish add 'Ana Souza' '(11) 98765-4321' --json",
  ])
    .argument('<name>', t`the name of its owner`, nameArgument)
    .argument('<phone>', t`a Brazilian number, however it is written`)

const list = (parent: Parent) =>
  addCommand(parent, 'list', t`all control phones`, ['camp fish list', 'camp fish list --json'])

export const set = (parent: Parent) =>
  addCommand(parent, 'set <phone>', t`change a control phone, by number, name or id (ADMIN)`, [
    "camp fish set 11987654321 --name 'Ana Lima'",
    "camp fish set 'Ana Souza' --phone 11912345678",
  ])
    .option('--name <name>', t`the new name of its owner`, nameArgument)
    .option('--phone <phone>', t`its new number`)

const remove = (parent: Parent) =>
  asks(
    addCommand(parent, 'remove <phone>', t`remove a control phone, by number, name or id`, [
      'camp fish remove 11987654321',
      "camp fish remove 'Ana Souza' --yes",
    ]),
  )
