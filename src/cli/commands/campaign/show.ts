import { findCampaign } from '../../../campaign/read/find.ts'
import { campaignView } from '../../../campaign/read/view.ts'
import type { Context } from '../../context.ts'
import { whatNext } from '../../next.ts'
import { factsFor } from './approve/facts.ts'
import { campaignText } from './text.ts'

export async function show(context: Context, ref: string): Promise<void> {
  const actor = await context.actor()
  const pool = await context.pool()
  const { id } = await findCampaign(pool, ref, await context.actor())
  const view = await campaignView(pool, id)
  const { present, outlook, next } = await whatNext(context, id)
  const facts = context.out.json && view.status === 'PENDING_APPROVAL' ? await factsFor(context, actor, id) : {}
  context.out.result({ ...view, ...outlook, ...facts }, () =>
    campaignText(view, present.timezone, { ...outlook, ...present, next }),
  )
}
