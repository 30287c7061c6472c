import { resumeCampaign } from '../../../campaign/actions/start.ts'
import { cancelCampaign, pauseCampaign, rejectCampaign } from '../../../campaign/actions/stop.ts'
import { approveCampaign } from '../../../campaign/approval/approve.ts'
import { checkBudgetOf } from '../../../campaign/approval/budget-check.ts'
import { assertFourEyes, handsOn } from '../../../campaign/approval/four-eyes.ts'
import { type CampaignRef, findCampaign } from '../../../campaign/read/find.ts'
import { listCampaigns } from '../../../campaign/read/list.ts'
import { type CampaignView, campaignView } from '../../../campaign/read/view.ts'
import { answersAwaited, untilInForce } from '../../../dispatch/finish/stop-in-force.ts'
import { CampError } from '../../../errors.ts'
import { isLegal, type TransitionName } from '../../../lifecycle/campaign-status.ts'
import { refusedTransition } from '../../../lifecycle/refused-transition.ts'
import type { Actor } from '../../../security/actor.ts'
import { type Act, assertMay } from '../../../security/permissions.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { type WhatNext, whatNext } from '../../next.ts'
import { choose, confirm, hasTerminal } from '../../prompt.ts'
import { assertTimeHasCome } from './early.ts'
import type * as commands from './index.ts'
import { campaignText, refusalsText } from './text.ts'

/** On a terminal, without --yes, it shows the campaign and asks first; otherwise the ID is enough. */
export async function approve(context: Context, ref: string | undefined): Promise<void> {
  const pool = await context.pool()
  const actor = await context.admin()
  const campaign = await findCampaign(pool, ref ?? (await chooseWaiting(context)), await context.actor())
  const { id } = campaign
  if (hasTerminal(context) && !context.options.yes) {
    assertLegal('approve', campaign)
    await assertFourEyes(pool, await handsOn(pool, campaign), actor)
    await showBefore(context, campaign)
    await confirm(context, 'Approve it?')
  }
  await approveCampaign({ pool, clock: context.clock }, id, actor.id, {
    timezone: context.config.timezone,
    via: actor.via,
  })
  const { view, outlook, present } = await printAfter(context, id, 'Approved')
  for (const sentence of refusalsText(view, { ...outlook, ...present })) context.out.warn(sentence)
}

async function showBefore(context: Context, campaign: CampaignRef): Promise<void> {
  const { id } = campaign
  const pool = await context.pool()
  const view = await campaignView(pool, id)
  const { present, outlook } = await whatNext(context, id)
  context.out.talk(campaignText(view, present.timezone, { ...outlook, ...present }))
  const { month, position, fits } = await checkBudgetOf(pool, campaign, view.cost.ceiling, present)
  const left = position === null ? 'the wallet has none' : `${position.available} available of ${position.budget}`
  context.out.talk(`budget of ${month}: ${left}${fits ? '' : '; it cannot be approved at present'}`)
}

export async function reject(context: Context, ref: string, options: OptionsOf<typeof commands.reject>): Promise<void> {
  const pool = await context.pool()
  const actor = await context.admin()
  const campaign = await findCampaign(pool, ref, await context.actor())
  assertLegal('reject', campaign)
  await confirm(context, `Reject ${campaign.agendamento_id}? The campaign is cancelled.`)
  await rejectCampaign({ pool, clock: context.clock }, campaign.id, actor.id, options.reason)
  await printAfter(context, campaign.id, 'Rejected')
}

export async function pause(context: Context, ref: string, options: OptionsOf<typeof commands.pause>): Promise<void> {
  const pool = await context.pool()
  const actor = await context.actor()
  const { id } = await findCampaign(pool, ref, await context.actor())
  await pauseCampaign({ pool, clock: context.clock }, id, actor.id, options.reason ?? null)
  await printStopped(context, id, 'Paused')
}

export async function resume(context: Context, ref: string, options: OptionsOf<typeof commands.resume>): Promise<void> {
  const pool = await context.pool()
  const { actor, campaign } = await toMove(context, 'campaign resume', ref)
  await assertTimeHasCome(context, campaign, 'resume', options)
  await resumeCampaign({ pool, clock: context.clock, queues: await context.queues() }, campaign.id, actor.id)
  await printAfter(context, campaign.id, 'Resumed')
}

export async function cancel(context: Context, ref: string, options: OptionsOf<typeof commands.cancel>): Promise<void> {
  const pool = await context.pool()
  const { actor, campaign } = await toMove(context, 'campaign cancel', ref)
  assertLegal('cancel', campaign)
  await confirm(context, `Cancel ${campaign.agendamento_id} permanently?`)
  await cancelCampaign({ pool, clock: context.clock }, campaign.id, actor.id, options.reason)
  const { closing } = (await printStopped(context, campaign.id, 'Cancelled')).view
  if (closing?.status === 'NOT_RUN' && closing.error !== null) context.out.warn(closing.error)
}

/** @throws CampError NOT_FOUND; AUTH if the user is neither an ADMIN nor the importer of the campaign */
export async function toMove(
  context: Context,
  act: Act,
  ref: string,
): Promise<{ actor: Actor; campaign: CampaignRef }> {
  const pool = await context.pool()
  const actor = await context.actor()
  const campaign = await findCampaign(pool, ref, await context.actor())
  await assertMay(pool, act, actor, { handle: campaign.agendamento_id, ownerId: campaign.user_id })
  return { actor, campaign }
}

/** Runs before a question, so that none is asked if the answer cannot change anything. */
function assertLegal(move: TransitionName, campaign: CampaignRef): void {
  if (!isLegal(move, campaign.status)) throw refusedTransition(move, campaign)
}

interface After extends WhatNext {
  view: CampaignView
}

interface Extra {
  /** Follows what was done, in the text. */
  sentence?: string
  answers_awaited?: number
}

/** Waits until the stop is in force, so that no further request of the campaign is written, and then prints it. */
async function printStopped(context: Context, id: string, done: 'Paused' | 'Cancelled'): Promise<After> {
  const pool = await context.pool()
  await untilInForce(pool)
  const awaited = await answersAwaited(pool, id)
  const { status } = await campaignView(pool, id)
  const ended = status === 'FINISHED' ? ' No lead was left to send: it is FINISHED.' : ''
  return printAfter(context, id, done, {
    sentence: `No further request starts; ${answersOf(awaited)}.${ended}`,
    answers_awaited: awaited,
  })
}

function answersOf(awaited: number): string {
  if (awaited === 0) return 'no answer is awaited'
  return awaited === 1 ? '1 answer is still awaited' : `${awaited} answers are still awaited`
}

/** @param done what was done: "Paused" */
async function printAfter(context: Context, id: string, done: string, extra: Extra = {}): Promise<After> {
  const view = await campaignView(await context.pool(), id)
  const { present, outlook, next } = await whatNext(context, id)
  const { sentence, ...facts } = extra
  const first = [`${done}: ${view.agendamento_id}`, sentence].filter(Boolean).join('. ')
  context.out.result({ ...view, ...outlook, ...facts }, () => [first, ...next])
  return { view, present, outlook, next }
}

/** @throws CampError USAGE without a terminal, STATE if no campaign waits for approval */
async function chooseWaiting(context: Context): Promise<string> {
  if (!hasTerminal(context)) {
    throw new CampError('ARGUMENT_MISSING', 'no campaign is given', {
      hint: 'Add its ID. See: camp campaign list --status PENDING_APPROVAL',
    })
  }
  const waiting = await listCampaigns(await context.pool(), {
    status: 'PENDING_APPROVAL',
    limit: 50,
    now: context.clock.now(),
  })
  if (waiting.length === 0) throw new CampError('NOTHING_TO_APPROVE', 'no campaign is waiting for approval')
  const choices = waiting.map(row => ({
    value: row.id,
    name: `${row.agendamento_id}  ${row.name}  (${row.rows} rows, wallet ${row.wallet}, broker ${row.broker})`,
  }))
  return choose(context, 'Which campaign?', choices)
}
