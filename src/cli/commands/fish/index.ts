import { addCommand, asks, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'
import { nameArgument } from '../../options.ts'

export const register: Register = (program, action) => {
  const fish = program.command('fish').description('control phones added to every campaign: add, list, remove')
  add(fish).action(
    action(
      lazy(() => import('./handlers.ts').then(module => module.add)),
      { mayCreateDatabase: true },
    ),
  )
  list(fish).action(action(lazy(() => import('./handlers.ts').then(module => module.list))))
  remove(fish).action(action(lazy(() => import('./handlers.ts').then(module => module.remove))))
}

const add = (parent: Parent) =>
  addCommand(parent, 'add', 'add a control phone')
    .argument('<name>', 'the name of its owner', nameArgument)
    .argument('<phone>', 'a Brazilian number, however it is written')

const list = (parent: Parent) => addCommand(parent, 'list', 'all control phones')

const remove = (parent: Parent) =>
  asks(addCommand(parent, 'remove <phone>', 'remove a control phone, by number, name or id'))
