import { transaction } from '../../../database/pool.ts'
import { CampError } from '../../../errors.ts'
import { lockInstallation, writeHold } from '../../../installation/installation.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import type * as commands from './index.ts'

/** Stops all sending of this database until a person accepts it; what is on its way is settled. */
export async function hold(context: Context, options: OptionsOf<typeof commands.hold>): Promise<void> {
  const actor = await context.admin()
  const reason = options.reason ?? `${actor.email} has stopped it`
  await transaction(await context.pool(), async tx => {
    const installation = await lockInstallation(tx)
    if (installation.hold) {
      throw new CampError('INSTALLATION_HELD', `it waits for a person already: ${installation.hold.reason}`, {
        hint: 'See what is at work in it: camp db accept-restore --show',
      })
    }
    await writeHold(tx, installation, { kind: 'PERSON', reason, outside: null }, actor.id)
  })
  context.out.result({ held: true, reason }, 'Held. No worker claims anything of it from within a second on.')
  context.out.talk('To let workers go on: camp db accept-restore')
}
