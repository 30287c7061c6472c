import { amountText } from '../../../budget/money.ts'
import { type BatchView, batchPages } from '../../../campaign/read/batches.ts'
import { findCampaign } from '../../../campaign/read/find.ts'
import { campaignReport } from '../../../campaign/read/report.ts'
import { campaignView } from '../../../campaign/read/view.ts'
import { storedText } from '../../../language/stored/stored-text.ts'
import { t } from '../../../language/text.ts'
import type { Block } from '../../blocks.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { whatNext } from '../../next.ts'
import { table } from '../../table.ts'
import type * as commands from './index.ts'
import { reportText } from './report-text.ts'
import { number, time } from './text.ts'

export async function report(context: Context, ref: string, options: OptionsOf<typeof commands.report>): Promise<void> {
  const actor = await context.actor()
  const pool = await context.pool()
  const { id } = await findCampaign(pool, ref, actor)
  if (options.batches) return printBatches(context, id)
  const view = await campaignView(pool, id)
  const figures = await campaignReport(pool, id)
  if (context.out.json) context.out.result({ ...view, ...figures }, '')
  else context.out.result(null, await reportOf(context, id))
}

/** The report for a person, at the end of the commands that follow a campaign, too. */
export async function reportOf(context: Context, id: string): Promise<Block> {
  const pool = await context.pool()
  const [view, figures] = [await campaignView(pool, id), await campaignReport(pool, id)]
  const { next, present } = await whatNext(context, id)
  return reportText(view, figures, { ...present, next, columns: context.out.columns })
}

async function printBatches(context: Context, id: string): Promise<void> {
  const { out } = context
  let count = 0
  for await (const page of batchPages(await context.pool(), id)) {
    if (out.json) {
      await out.piece({
        json: page.map((batch, i) => `${count + i === 0 ? '[\n' : ',\n'}${JSON.stringify(batch)}`).join(''),
      })
    } else await out.piece({ human: table(page, columns(context.config.timezone)) })
    count += page.length
  }
  if (out.json) await out.piece({ json: count === 0 ? '[]\n' : '\n]\n' })
  else if (count === 0) out.talk(t`It has no batches yet: they are planned when it is started.`)
}

function columns(timezone: string) {
  const right = { align: 'right' as const }
  return [
    { title: t`BATCH`, value: (batch: BatchView) => String(batch.number), ...right },
    {
      title: t`STATUS`,
      value: (batch: BatchView) => `${batch.status}${batch.kind === 'CLOSING' ? ` (${t`closing`})` : ''}`,
    },
    { title: t`LEADS`, value: (batch: BatchView) => number(batch.size), ...right },
    { title: t`ACCEPTED`, value: (batch: BatchView) => number(batch.accepted), ...right },
    { title: t`REFUSED`, value: (batch: BatchView) => number(batch.refused), ...right },
    { title: t`COST`, value: (batch: BatchView) => amountText(batch.reserved), ...right },
    { title: t`CLAIMED`, value: (batch: BatchView) => (batch.claimed_at ? time(batch.claimed_at, timezone) : '') },
    { title: t`ERROR`, value: (batch: BatchView) => storedText(batch.error ?? '') },
  ]
}
