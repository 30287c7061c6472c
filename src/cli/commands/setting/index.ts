import { Argument } from '@commander-js/extra-typings'
import { t } from '../../../language/text.ts'
import { SETTINGS, type SettingName } from '../../../security/settings.ts'
import { addCommand, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'
import { nameArgument, oneOf } from '../../options.ts'

export const register: Register = (program, action) => {
  const setting = program.command('setting').description(t`settings of the installation: list, set`)
  list(setting).action(action(lazy(() => import('./handlers.ts').then(module => module.list))))
  set(setting).action(action(lazy(() => import('./handlers.ts').then(module => module.set))))
}

const list = (parent: Parent) =>
  addCommand(parent, 'list', t`every setting, its value and its meaning`, [
    'camp setting list',
    'camp setting list --json',
  ])

const set = (parent: Parent) =>
  addCommand(parent, 'set', t`change a setting (ADMIN)`, [
    'camp setting set self-approval deny',
    'camp setting set self-approval allow --json',
  ])
    .addArgument(new Argument('<name>', NAMES.join(', ')).argParser(oneOf(NAMES)))
    .addArgument(new Argument('<value>', t`self-approval: allow or deny`).argParser(nameArgument))
    .addHelpText('after', `\n${NAMES.map(name => `${name}: ${SETTINGS[name].meaning()}`).join('\n')}`)

const NAMES = Object.keys(SETTINGS) as SettingName[]
