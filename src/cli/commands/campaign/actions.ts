import { resumeCampaign } from '../../../campaign/actions/start.ts'
import { cancelCampaign, pauseCampaign, rejectCampaign } from '../../../campaign/actions/stop.ts'
import { type CampaignRef, findCampaign } from '../../../campaign/read/find.ts'
import { type CampaignView, campaignView } from '../../../campaign/read/view.ts'
import { answersAwaited, untilInForce } from '../../../dispatch/finish/stop-in-force.ts'
import { t } from '../../../language/text.ts'
import { isLegal, type TransitionName } from '../../../lifecycle/campaign-status.ts'
import { refusedTransition } from '../../../lifecycle/refused-transition.ts'
import type { Actor } from '../../../security/actor.ts'
import { type Act, assertMay } from '../../../security/permissions.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { type WhatNext, whatNext } from '../../next.ts'
import { confirm } from '../../prompt.ts'
import { assertTimeHasCome } from './early.ts'
import type * as commands from './index.ts'

export async function reject(context: Context, ref: string, options: OptionsOf<typeof commands.reject>): Promise<void> {
  const pool = await context.pool()
  const actor = await context.admin()
  const campaign = await findCampaign(pool, ref, await context.actor())
  assertLegal('reject', campaign)
  await confirm(context, t`Reject ${campaign.agendamento_id}? The campaign is cancelled.`)
  await rejectCampaign({ pool, clock: context.clock }, campaign.id, actor.id, options.reason)
  await printAfter(context, campaign.id, handle => t`Rejected: ${handle}`)
}

export async function pause(context: Context, ref: string, options: OptionsOf<typeof commands.pause>): Promise<void> {
  const pool = await context.pool()
  const actor = await context.actor()
  const { id } = await findCampaign(pool, ref, await context.actor())
  await pauseCampaign({ pool, clock: context.clock }, id, actor.id, options.reason ?? null)
  await printStopped(context, id, handle => t`Paused: ${handle}`)
}

export async function resume(context: Context, ref: string, options: OptionsOf<typeof commands.resume>): Promise<void> {
  const pool = await context.pool()
  const { actor, campaign } = await toMove(context, 'campaign resume', ref)
  await assertTimeHasCome(context, campaign, 'resume', options)
  await resumeCampaign({ pool, clock: context.clock, queues: await context.queues() }, campaign.id, actor.id)
  await printAfter(context, campaign.id, handle => t`Resumed: ${handle}`)
}

export async function cancel(context: Context, ref: string, options: OptionsOf<typeof commands.cancel>): Promise<void> {
  const pool = await context.pool()
  const { actor, campaign } = await toMove(context, 'campaign cancel', ref)
  assertLegal('cancel', campaign)
  await confirm(context, t`Cancel ${campaign.agendamento_id} permanently?`)
  await cancelCampaign({ pool, clock: context.clock }, campaign.id, actor.id, options.reason)
  const { closing } = (await printStopped(context, campaign.id, handle => t`Cancelled: ${handle}`)).view
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
export function assertLegal(move: TransitionName, campaign: CampaignRef): void {
  if (!isLegal(move, campaign.status)) throw refusedTransition(move, campaign)
}

interface After extends WhatNext {
  view: CampaignView
}

/** What was done, with the campaign's handle: "Paused: C261128-2GJZ4". */
type Done = (handle: string) => string

interface Extra {
  /** Follows what was done, in the text. */
  sentence?: string
  answers_awaited?: number
}

/** Waits until the stop is in force, so that no further request of the campaign is written, and then prints it. */
async function printStopped(context: Context, id: string, done: Done): Promise<After> {
  const pool = await context.pool()
  await untilInForce(pool)
  const awaited = await answersAwaited(pool, id)
  const { status } = await campaignView(pool, id)
  const stopped = t`No further request starts; ${answersOf(awaited)}.`
  return printAfter(context, id, done, {
    sentence: status === 'FINISHED' ? `${stopped} ${t`No lead was left to send: it is FINISHED.`}` : stopped,
    answers_awaited: awaited,
  })
}

export function answersOf(awaited: number): string {
  if (awaited === 0) return t`no answer is awaited`
  return awaited === 1 ? t`1 answer is still awaited` : t`${awaited} answers are still awaited`
}

async function printAfter(context: Context, id: string, done: Done, extra: Extra = {}): Promise<After> {
  const view = await campaignView(await context.pool(), id)
  const { present, outlook, next } = await whatNext(context, id)
  const { sentence, ...facts } = extra
  const first = [done(view.agendamento_id ?? ''), sentence].filter(Boolean).join('. ')
  context.out.result({ ...view, ...outlook, ...facts }, () => [first, ...next])
  return { view, present, outlook, next }
}
