import { t } from '../../../language/text.ts'
import { changeSetting, listSettings, type SettingName, type SettingView } from '../../../security/settings.ts'
import type { Context } from '../../context.ts'

export async function list(context: Context): Promise<void> {
  await context.actor()
  context.out.list(
    await listSettings(await context.pool()),
    [
      { title: t`SETTING`, value: (row: SettingView) => row.name },
      { title: t`VALUE`, value: (row: SettingView) => row.value },
      { title: t`MEANING`, value: (row: SettingView) => row.meaning },
    ],
    t`No settings.`,
  )
}

export async function set(context: Context, name: SettingName, text: string): Promise<void> {
  const actor = await context.admin()
  const { from, to } = await changeSetting(await context.pool(), actor, name, text, context.clock.now())
  context.out.result({ name, from, to }, t`${name} is ${to} (it was ${from}).`)
}
