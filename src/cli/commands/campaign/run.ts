import { runCampaign as run } from '../../../campaign/actions/start.ts'
import { dueCampaigns } from '../../../campaign/read/due.ts'
import { type CampaignRef, findCampaign } from '../../../campaign/read/find.ts'
import { forecastOf } from '../../../campaign/read/forecast.ts'
import { noWorker } from '../../../campaign/read/next-step.ts'
import { progressOf } from '../../../campaign/read/progress.ts'
import { campaignView } from '../../../campaign/read/view.ts'
import { CampError, messageOf } from '../../../errors.ts'
import { assertNotHeld } from '../../../installation/not-held.ts'
import { storedText } from '../../../language/stored/stored-text.ts'
import { t } from '../../../language/text.ts'
import { type OpenedOccurrence, openDueOccurrences } from '../../../recurrence/open-due.ts'
import { isAnyDue } from '../../../recurrence/recurrence.ts'
import { spaced } from '../../blocks.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { whatNext } from '../../next.ts'
import { assertTimeHasCome } from './early.ts'
import type * as commands from './index.ts'
import { reportOf } from './report.ts'
import { time } from './text.ts'
import { type Ended, endError, follow } from './watch.ts'

export async function runCampaigns(
  context: Context,
  refs: string[],
  options: OptionsOf<typeof commands.run>,
): Promise<void> {
  if (refs.length === 0 && !options.due) {
    throw new CampError('ARGUMENT_MISSING', t`no campaign is given`, {
      hint: t`Add IDs, or --due for all approved campaigns whose start time has passed.`,
    })
  }
  if (refs.length > 0 && options.due) throw new CampError('OPTIONS_CONFLICT', t`IDs and --due exclude each other`)
  if (options.now && options.due) throw new CampError('OPTIONS_CONFLICT', t`--now requires IDs, and excludes --due`)
  const pool = await context.pool()
  const actor = await context.actor()
  // Also before a recurring campaign is opened.
  await assertNotHeld(pool)
  const queues = await context.queues()
  const deps = { pool, queues, clock: context.clock }
  const started: Pick<CampaignRef, 'id' | 'agendamento_id'>[] = []
  let failure: unknown = options.due ? await fireRecurring(context) : undefined
  const named = await Promise.all(refs.map(ref => findCampaign(pool, ref, actor)))
  const { now, missed } = options.due ? await due(context) : { now: named, missed: [] }
  for (const campaign of now) {
    try {
      const byHand = named.find(({ id }) => id === campaign.id)
      if (byHand) await assertTimeHasCome(context, byHand, 'run', options)
      await run(deps, campaign.id, actor.id)
      started.push(campaign)
      context.out.talk(t`Started ${campaign.agendamento_id}.`)
    } catch (error) {
      // The others are started. Another process may have started a due campaign already.
      if (!(error instanceof CampError) || (refs.length === 1 && !options.due)) throw error
      if (options.due && error.code === 'TRANSITION_REFUSED' && (await isRunning(context, campaign.id))) continue
      context.out.warn(t`${campaign.agendamento_id} was not started: ${messageOf(error)}`)
      failure ??= error
    }
  }
  const ends: Ended[] = []
  if (options.wait && started.length > 0) ends.push(...(await follow(context, started)))
  else for (const { id } of started) await sayNext(context, id, options)
  await print(context, started, options)
  failure ??= missedError(missed) ?? (await endError(context, ends))
  if (failure !== undefined) throw failure
}

/** Opens the due occurrences of recurring campaigns. @returns the error of the occurrences that failed */
async function fireRecurring(context: Context): Promise<CampError | undefined> {
  const { clock, signal } = context
  const pool = await context.pool()
  if (!(await isAnyDue(pool, clock.now()))) return undefined
  const failed: OpenedOccurrence[] = []
  for (const fired of await openDueOccurrences({ pool, prisma: await context.prisma(), clock, signal })) {
    const { recurrence, status, file, reason, campaign } = fired
    const opened = status === 'OPENED' ? campaign!.agendamentoId : status
    const what = [file ? t`${opened} from ${file}` : opened, reason && `(${storedText(reason)})`]
      .filter(Boolean)
      .join(' ')
    const said = t`Recurring campaign ${recurrence}: ${what}.`
    if (status === 'OPENED' || status === 'NOTHING_NEW') context.out.talk(said)
    else context.out.warn(said)
    if (status === 'FAILED') failed.push(fired)
  }
  if (failed.length === 0) return undefined
  const handles = failed.map(fired => fired.recurrence).join(', ')
  return new CampError('RECURRENCE_FAILED', t`recurring campaigns could not be opened: ${handles}`, {
    hint: t`For the reason: camp campaign repeat show ID`,
  })
}

/** For the mail of cron: until a user has decided about a missed start, every run with --due ends with exit code 4. */
function missedError(missed: readonly { agendamento_id: string }[]): CampError | undefined {
  if (missed.length === 0) return undefined
  const handles = missed.map(campaign => campaign.agendamento_id).join(' ')
  return new CampError('START_MISSED', t`missed by too long, and to be started by hand: ${handles}`, {
    hint: [t`Start them now: camp campaign run ${handles}`, t`Or cancel them: camp campaign cancel ID`],
  })
}

async function due(context: Context) {
  const pool = await context.pool()
  const { due: now, missed } = await dueCampaigns(pool, context.clock.now(), true)
  for (const { agendamento_id, scheduled_at } of missed) {
    context.out.warn(
      t`${agendamento_id} was due at ${time(scheduled_at, context.config.timezone)}: it must be started by hand`,
    )
  }
  return { now, missed }
}

async function isRunning(context: Context, id: string): Promise<boolean> {
  return ['PROCESSING', 'FINISHED'].includes((await progressOf(await context.pool(), id)).status)
}

/** With --due (cron) it prints only that no worker is running. */
async function sayNext(context: Context, id: string, { due }: { due?: boolean }): Promise<void> {
  const { next, outlook } = await whatNext(context, id)
  if (!due) for (const line of next) context.out.talk(line)
  else if (!outlook.worker_running) context.out.talk(`${noWorker()}.`)
}

async function print(
  context: Context,
  started: readonly Pick<CampaignRef, 'id' | 'agendamento_id'>[],
  options: { due?: boolean; wait?: boolean },
): Promise<void> {
  const pool = await context.pool()
  const present = { now: context.clock.now(), timezone: context.config.timezone }
  const views = await Promise.all(
    started.map(async ({ id }) => ({ ...(await campaignView(pool, id)), ...(await forecastOf(pool, id, present)) })),
  )
  const isText = options.wait && !context.out.json
  const texts = isText ? await Promise.all(started.map(({ id }) => reportOf(context, id))) : []
  context.out.result(!options.due && views.length === 1 ? views[0] : views, spaced(texts))
}
