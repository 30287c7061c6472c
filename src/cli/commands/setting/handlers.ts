import { transaction } from '../../../database/pool.ts'
import { CampError } from '../../../errors.ts'
import {
  changeSetting,
  listSettings,
  SETTINGS,
  type SettingName,
  type SettingView,
} from '../../../security/settings.ts'
import type { Context } from '../../context.ts'

export async function list(context: Context): Promise<void> {
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

export async function set(context: Context, name: SettingName, text: string): Promise<void> {
  const actor = await context.admin()
  const { values } = SETTINGS[name]
  const value = values.find(one => one === text.toLowerCase())
  if (value === undefined)
    throw new CampError('INVALID_ARGUMENT', `${name} takes ${values.join(' or ')}, not "${text}"`)
  const pool = await context.pool()
  const from = await transaction(pool, tx => changeSetting(tx, actor, name, value, context.clock.now()))
  context.out.result({ name, from, to: value }, `${name} is ${value} (it was ${from}).`)
}
