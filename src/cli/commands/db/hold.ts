import { holdInstallation } from '../../../installation/hold.ts'
import { t } from '../../../language/text.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import type * as commands from './index.ts'

/** Stops all sending from this database until an ADMIN accepts it; requests in flight are settled. */
export async function hold(context: Context, options: OptionsOf<typeof commands.hold>): Promise<void> {
  const actor = await context.admin()
  const reason = options.reason ?? `${actor.email} has stopped it`
  await holdInstallation(await context.pool(), { userId: actor.id, reason })
  context.out.result({ held: true, reason }, t`Held. Within a second no worker claims anything of this database.`)
  context.out.talk(t`To let workers continue: camp db accept-restore`)
}
