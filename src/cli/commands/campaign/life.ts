import { findCampaign } from '../../../campaign/find.ts'
import { forecastOf } from '../../../campaign/forecast.ts'
import { listCampaigns } from '../../../campaign/list.ts'
import * as moves from '../../../campaign/moves.ts'
import { outlookOf } from '../../../campaign/outlook.ts'
import { type CampaignView, campaignView } from '../../../campaign/view.ts'
import { answersAwaited, untilInForce } from '../../../dispatch/stop.ts'
import { CampError } from '../../../errors.ts'
import type { Context } from '../../context.ts'
import { confirm, hasTerminal, promptOf } from '../../prompt.ts'
import { campaignText, refusalsText } from './text.ts'

export async function approveCampaign(context: Context, ref: string | undefined): Promise<void> {
  const pool = await context.pool()
  const actor = await context.admin()
  const { id } = await findCampaign(pool, ref ?? (await choose(context)))
  if (ref === undefined) {
    const present = { now: context.clock.now(), timezone: context.config.timezone }
    const outlook = { ...(await outlookOf(pool, id, present)), ...present }
    context.out.talk(campaignText(await campaignView(pool, id), present.timezone, outlook))
    await confirm(context, 'Approve it?')
  }
  const { timezone, selfApproval } = context.config
  await moves.approve({ pool, clock: context.clock }, id, actor.id, { timezone, selfApproval })
  const present = { now: context.clock.now(), timezone }
  const forecast = await forecastOf(pool, id, present)
  const view = await printAfter(context, id, 'Approved. Start it: camp campaign run', forecast)
  for (const sentence of refusalsText(view, { ...forecast, ...present })) context.out.warn(sentence)
}

export async function rejectCampaign(context: Context, ref: string, options: { reason?: string }): Promise<void> {
  const pool = await context.pool()
  const actor = await context.admin()
  const { id } = await findCampaign(pool, ref)
  await moves.reject({ pool, clock: context.clock }, id, actor.id, options.reason)
  await printAfter(context, id, 'Rejected:')
}

export async function pauseCampaign(context: Context, ref: string): Promise<void> {
  const pool = await context.pool()
  const actor = await context.actor()
  const { id } = await findCampaign(pool, ref)
  await moves.pause({ pool, clock: context.clock }, id, actor.id)
  await printStopped(context, id, 'Paused')
}

export async function resumeCampaign(context: Context, ref: string): Promise<void> {
  const pool = await context.pool()
  const actor = await context.actor()
  const { id } = await findCampaign(pool, ref)
  await moves.resume({ pool, clock: context.clock, queues: await context.queues() }, id, actor.id)
  await printAfter(context, id, 'Resumed. Follow it: camp campaign watch')
}

export async function cancelCampaign(context: Context, ref: string, options: { reason?: string }): Promise<void> {
  const pool = await context.pool()
  const actor = await context.actor()
  const { id, agendamento_id } = await findCampaign(pool, ref)
  if (hasTerminal(context)) await confirm(context, `Cancel ${agendamento_id} for good?`)
  await moves.cancel({ pool, clock: context.clock }, id, actor.id, options.reason)
  const { closing } = await printStopped(context, id, 'Cancelled')
  if (closing?.status === 'NOT_RUN' && closing.error !== null) context.out.warn(closing.error)
}

/** Says so when it is true: no request of the campaign is written any more. */
async function printStopped(context: Context, id: string, done: 'Paused' | 'Cancelled'): Promise<CampaignView> {
  const pool = await context.pool()
  await untilInForce(pool)
  const [view, awaited] = [await campaignView(pool, id), await answersAwaited(pool, id)]
  context.out.result({ ...view, answers_awaited: awaited }, () => {
    const resume = done === 'Paused' ? ` Go on: camp campaign resume ${view.agendamento_id}` : ''
    return `${done}: ${view.agendamento_id}. No further request starts; ${answersOf(awaited)}.${resume}`
  })
  return view
}

function answersOf(awaited: number): string {
  if (awaited === 0) return 'no answer is awaited'
  return awaited === 1 ? '1 answer is still awaited' : `${awaited} answers are still awaited`
}

async function printAfter(context: Context, id: string, done: string, more: object = {}): Promise<CampaignView> {
  const view = await campaignView(await context.pool(), id)
  context.out.result({ ...view, ...more }, () => `${done} ${view.agendamento_id}`)
  return view
}

/** @throws CampError USAGE where nobody can choose, STATE where nothing waits */
async function choose(context: Context): Promise<string> {
  if (!hasTerminal(context)) {
    throw new CampError('USAGE', 'which campaign?', {
      hint: 'Give its ID: camp campaign list --status PENDING_APPROVAL',
    })
  }
  const waiting = await listCampaigns(await context.pool(), {
    status: 'PENDING_APPROVAL',
    limit: 50,
    now: context.clock.now(),
  })
  if (waiting.length === 0) throw new CampError('STATE', 'no campaign waits for approval')
  const { id } = await promptOf(context)<{ id: string }>({
    type: 'select',
    name: 'id',
    message: 'Which campaign?',
    choices: waiting.map(row => ({
      value: row.id,
      name: `${row.agendamento_id}  ${row.name}  (${row.rows} rows, wallet ${row.wallet}, broker ${row.broker})`,
    })),
  })
  return id
}
