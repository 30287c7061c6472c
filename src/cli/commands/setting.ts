import { Argument } from '@commander-js/extra-typings'
import { SETTINGS, type SettingName, type SettingView } from '../../security/settings.ts'
import { leaf, type Register } from '../command.ts'
import type { Context } from '../context.ts'
import { nameArgument, oneOf } from '../options.ts'

const NAMES = Object.keys(SETTINGS) as SettingName[]

export const register: Register = (program, action) => {
  const setting = program.command('setting').description('what holds for the whole installation: list, set')
  leaf(setting, 'list', 'every setting, its value and its meaning').action(action(list))
  leaf(setting, 'set', 'change a setting (ADMIN); the audit keeps the old value')
    .addArgument(new Argument('<name>', NAMES.join(', ')).argParser(oneOf(NAMES)))
    .addArgument(new Argument('<value>', 'self-approval: allow or deny').argParser(nameArgument))
    .addHelpText('after', `\n${NAMES.map(name => `${name}: ${SETTINGS[name].meaning}`).join('\n')}`)
    .action(action(set))
}

async function list(context: Context): Promise<void> {
  const { listSettings } = await import('../../security/settings.ts')
  await context.actor()
  context.out.list(
    await listSettings(await context.pool()),
    [
      { title: 'SETTING', value: (row: SettingView) => row.name },
      { title: 'VALUE', value: (row: SettingView) => row.value },
      { title: 'MEANING', value: (row: SettingView) => row.meaning },
    ],
    'No settings.',
  )
}

async function set(context: Context, name: SettingName, text: string): Promise<void> {
  const { transaction } = await import('../../database/pool.ts')
  const { changeSetting } = await import('../../security/settings.ts')
  const { CampError } = await import('../../errors.ts')
  const actor = await context.admin()
  const { values } = SETTINGS[name]
  const value = values.find(one => one === text.toLowerCase())
  if (value === undefined)
    throw new CampError('INVALID_ARGUMENT', `${name} takes ${values.join(' or ')}, not "${text}"`)
  const pool = await context.pool()
  const from = await transaction(pool, tx => changeSetting(tx, actor, name, value, context.clock.now()))
  context.out.result({ name, from, to: value }, `${name} is ${value} (it was ${from}).`)
}
