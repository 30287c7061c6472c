import { type CampaignFilter, pausedByMany, pauseMany } from '../../../campaign/actions/pause-many.ts'
import { resumeCampaign } from '../../../campaign/actions/start.ts'
import { type CampaignView, campaignView } from '../../../campaign/read/view.ts'
import { findBroker, findWallet } from '../../../catalog/find.ts'
import { answersAwaited, untilInForce } from '../../../dispatch/finish/stop-in-force.ts'
import { CampError, messageOf } from '../../../errors.ts'
import { t } from '../../../language/text.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { whatNext } from '../../next.ts'
import { answersOf, pause as pauseOne, resume as resumeOne, toMove } from './actions.ts'
import { assertTimeHasCome } from './early.ts'
import type * as commands from './index.ts'
import { number } from './text.ts'

interface FilterOptions {
  all?: true | undefined
  wallet?: string | undefined
  broker?: string | undefined
}

export async function pause(
  context: Context,
  ref: string | undefined,
  options: OptionsOf<typeof commands.pause>,
): Promise<void> {
  const actor = await context.actor()
  const filter = await filterOf(context, ref, options)
  if (ref !== undefined) return pauseOne(context, ref, options)
  const pool = await context.pool()
  const ids = await pauseMany({ pool, clock: context.clock }, filter, actor.id, options.reason ?? null)
  await untilInForce(pool)
  const paused: (CampaignView & { answers_awaited: number })[] = []
  for (const id of ids)
    paused.push({ ...(await campaignView(pool, id)), answers_awaited: await answersAwaited(pool, id) })
  const awaited = paused.reduce((sum, { answers_awaited }) => sum + answers_awaited, 0)
  context.out.result(paused, () =>
    paused.length === 0
      ? t`No campaign was running: nothing was paused.`
      : [
          ...paused.map(
            ({ agendamento_id, name, status }) =>
              STOPPED[status]?.(`${agendamento_id}  ${name}`) ?? `${status}: ${agendamento_id}  ${name}`,
          ),
          pausedText(paused.length, answersOf(awaited)),
        ],
  )
  if (paused.length > 0) context.out.talk(t`Continue them: camp campaign resume ${filterText(options)}`)
}

/** A campaign without a lead to send finishes in its pause. */
const STOPPED: Partial<Record<CampaignView['status'], (campaign: string) => string>> = {
  PAUSED: campaign => t`Paused: ${campaign}`,
  FINISHED: campaign => t`Finished: ${campaign}`,
}

/** Of several, each that cannot be resumed is named, and the others are resumed. @throws CampError the first failure */
export async function resume(
  context: Context,
  ref: string | undefined,
  options: OptionsOf<typeof commands.resume>,
): Promise<void> {
  await context.actor()
  const filter = await filterOf(context, ref, options)
  if (ref !== undefined) return resumeOne(context, ref, options)
  const pool = await context.pool()
  const resumed: object[] = []
  const lines: string[] = []
  const failures: CampError[] = []
  for (const id of await pausedByMany(pool, filter)) {
    const { agendamento_id: handle } = await campaignView(pool, id)
    try {
      const { actor, campaign } = await toMove(context, 'campaign resume', id)
      await assertTimeHasCome(context, campaign, 'resume', options)
      await resumeCampaign({ pool, clock: context.clock, queues: await context.queues() }, id, actor.id)
      const { outlook } = await whatNext(context, id)
      resumed.push({ ...(await campaignView(pool, id)), ...outlook })
      lines.push(t`Resumed: ${handle ?? ''}`)
    } catch (error) {
      if (!(error instanceof CampError)) throw error
      context.out.warn(t`${handle ?? ''} was not resumed: ${messageOf(error)}`)
      failures.push(error)
    }
  }
  const none = failures.length === 0 ? t`No campaign is paused by such a command: nothing was resumed.` : ''
  context.out.result(resumed, lines.length > 0 ? lines : none)
  if (failures[0]) throw failures[0]
}

/** @throws CampError USAGE unless exactly one of an ID, --all and a filter is given; NOT_FOUND */
async function filterOf(context: Context, ref: string | undefined, options: FilterOptions): Promise<CampaignFilter> {
  const { all, wallet, broker } = options
  const given = [ref !== undefined, all === true, wallet !== undefined || broker !== undefined].filter(Boolean).length
  if (given === 0)
    throw new CampError('ARGUMENT_MISSING', t`no campaign is given`, {
      hint: t`Add its ID, or --all, --wallet WALLET or --broker BROKER.`,
    })
  if (given > 1) throw new CampError('OPTIONS_CONFLICT', t`an ID, --all and a filter exclude each other`)
  const prisma = await context.prisma()
  return {
    walletId: wallet === undefined ? undefined : (await findWallet(prisma, wallet)).id,
    brokerId: broker === undefined ? undefined : (await findBroker(prisma, broker)).id,
  }
}

/** As it is typed again. */
function filterText({ wallet, broker }: FilterOptions): string {
  const words = [wallet !== undefined && `--wallet "${wallet}"`, broker !== undefined && `--broker "${broker}"`]
  return words.filter(Boolean).join(' ') || '--all'
}

function pausedText(n: number, answers: string): string {
  return n === 1
    ? t`1 campaign is paused. No further request starts; ${answers}.`
    : t`${number(n)} campaigns are paused. No further request starts; ${answers}.`
}
