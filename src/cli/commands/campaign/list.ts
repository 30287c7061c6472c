import { listCampaigns } from '../../../campaign/read/list.ts'
import { missedStart, noWorker } from '../../../campaign/read/next-step.ts'
import { servedOf } from '../../../campaign/read/workers.ts'
import { findWallet } from '../../../catalog/find.ts'
import { numberText as number, timeText as time } from '../../../language/format.ts'
import { t } from '../../../language/text.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { statusStyle } from '../../status-style.ts'
import type * as commands from './index.ts'

export async function list(context: Context, options: OptionsOf<typeof commands.list>): Promise<void> {
  await context.actor()
  const wallet = options.wallet === undefined ? undefined : await findWallet(await context.prisma(), options.wallet)
  const rows = await listCampaigns(await context.pool(), {
    status: options.status,
    walletId: wallet?.id,
    limit: options.limit,
    now: context.clock.now(),
  })
  context.out.list(
    rows,
    [
      { title: t`CAMPAIGN`, value: row => row.agendamento_id },
      { title: t`NAME`, value: row => row.name, shrinks: true },
      {
        title: t`STATUS`,
        value: row => (row.start_missed ? t`${row.status} (missed)` : row.status),
        style: row => statusStyle(row.status),
      },
      { title: t`WALLET`, value: row => row.wallet, shrinks: true },
      { title: t`BROKER`, value: row => row.broker, shrinks: true, spare: true },
      { title: t`ROWS`, value: row => number(row.rows), align: 'right' },
      { title: t`ACCEPTED`, value: row => number(row.accepted), align: 'right' },
      { title: t`IMPORTED`, value: row => time(row.created_at, context.config.timezone), spare: true },
    ],
    emptyList(options.status, wallet?.name),
  )
  const present = { now: context.clock.now(), timezone: context.config.timezone }
  const waiting = rows.filter(row => row.status === 'PROCESSING' || row.status === 'APPROVED')
  const served = await servedOf(await context.pool(), [...new Set(waiting.map(row => row.broker))])
  if (waiting.some(row => !served.has(row.broker))) context.out.talk(`${noWorker()}.`)
  for (const { agendamento_id, scheduled_at } of rows.filter(row => row.start_missed)) {
    const missed = missedStart({ handle: agendamento_id, scheduledAt: scheduled_at, ...present })
    context.out.talk(`${agendamento_id}: ${missed}`)
  }
}

function emptyList(status: string | undefined, wallet: string | undefined): string {
  if (status === undefined && wallet === undefined)
    return t`No campaigns. Import one: camp campaign import FILE --wallet W --broker B`
  if (wallet === undefined) return t`No campaign is ${status!}.`
  return status === undefined
    ? t`No campaign of wallet "${wallet}".`
    : t`No campaign of wallet "${wallet}" is ${status}.`
}
