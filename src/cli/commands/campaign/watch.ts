import { setTimeout as delay } from 'node:timers/promises'
import { type CampaignRef, findCampaign } from '../../../campaign/read/find.ts'
import { forecastOf, type Present } from '../../../campaign/read/forecast.ts'
import { backlogOf, type LiveCampaign, liveIds, liveMeter } from '../../../campaign/read/live.ts'
import { isSettled } from '../../../campaign/read/progress.ts'
import { campaignView } from '../../../campaign/read/view.ts'
import { workersAlive } from '../../../campaign/read/workers.ts'
import { answersAwaited } from '../../../dispatch/finish/stop-in-force.ts'
import type { ErrorCode } from '../../../error-codes.ts'
import { CampError } from '../../../errors.ts'
import { storedOrNull } from '../../../language/stored/stored-text.ts'
import { t } from '../../../language/text.ts'
import { spaced } from '../../blocks.ts'
import type { Context } from '../../context.ts'
import { openDisplay } from '../../live/display.ts'
import { waitText } from '../../live/wait-text.ts'
import { whatNext } from '../../next.ts'
import { reportOf } from './report.ts'

type Started = Pick<CampaignRef, 'id' | 'agendamento_id'>

/** A campaign that was followed until nothing more happens without a user. */
export type Ended = Started & { progress: LiveCampaign }

/** @param refs none: all that run */
export async function watch(context: Context, refs: string[]): Promise<void> {
  const actor = await context.actor()
  const pool = await context.pool()
  const ids = refs.length > 0 ? refs : await liveIds(pool, ['PROCESSING'], MOST_AT_ONCE)
  const campaigns = await Promise.all(ids.map(ref => findCampaign(pool, ref, actor)))
  if (campaigns.length === 0) return context.out.talk(t`No campaign is running. See: camp campaign list`)
  for (const { id, status } of campaigns) {
    if (status === 'APPROVED') for (const line of (await whatNext(context, id)).next) context.out.talk(line)
  }
  // Without a screen the wait for a person who starts it could be endless, and unseen.
  const waitsForPerson = context.out.hasScreen ? () => false : isToBeStarted
  const ended = await follow(context, campaigns, { events: true, isOver: waitsForPerson })
  const present = { now: context.clock.now(), timezone: context.config.timezone }
  const texts = []
  for (const { id } of ended) {
    const [view, outlook] = [await campaignView(pool, id), await forecastOf(pool, id, present)]
    context.out.line({ event: 'end', ...view, ...outlook }, '')
    if (!context.out.json) texts.push(await reportOf(context, id))
  }
  if (!context.out.json) context.out.result(null, spaced(texts))
  const error = await endError(context, ended)
  if (error) throw error
}

/** It is approved, and starts only by camp campaign run. */
function isToBeStarted({ wait }: LiveCampaign): boolean {
  return wait?.why === 'START' && wait.until === null
}

/** Without an ID, this many are watched: the last started. */
const MOST_AT_ONCE = 100

/**
 * The error that ends a command which followed campaigns: none for FINISHED, also with leads in doubt. If several did not finish,
 * the first decides the exit code.
 */
export async function endError(context: Context, ended: readonly Ended[]): Promise<CampError | undefined> {
  const bad = ended.filter(({ progress }) => progress.status !== 'FINISHED')
  if (bad.length === 0) return undefined
  const said = bad.map(({ agendamento_id, progress: { status, failureReason } }) =>
    [t`${agendamento_id} is ${status}`, storedOrNull(failureReason)].filter(Boolean).join(': '),
  )
  const hints = await Promise.all(bad.map(async ({ id }) => (await whatNext(context, id)).next))
  return new CampError(codeOfEnd(bad[0]!.progress), said.join('; '), { hint: hints.flat() })
}

function codeOfEnd({ status, failureCode }: LiveCampaign): ErrorCode {
  if (status !== 'FAILED') return 'CAMPAIGN_NOT_FINISHED'
  return failureCode === 'BUDGET' ? 'BUDGET_EXCEEDED' : 'CAMPAIGN_FAILED'
}

/** Few campaigns are read four times a second. */
const POLL = { ms: 250, few: 4, manyMs: 1_000 }
const SILENCE_MS = 20_000

/**
 * Whether requests of a campaign that was stopped are in flight and a worker will settle them: the result is shown after that. An
 * answer that never comes ends with its lease.
 */
async function isAnsweredLater(context: Context, live: readonly LiveCampaign[], workers: number): Promise<boolean> {
  if (workers === 0) return false
  for (const { id, status } of live) {
    if (status !== 'PROCESSING' && status !== 'APPROVED' && (await answersAwaited(await context.pool(), id)) > 0)
      return true
  }
  return false
}

/**
 * Shows the progress of campaigns until nothing more happens to any of them without a user. Ctrl-C ends the watching, not the
 * campaigns.
 * @param events with --json, prints an event a line
 * @param isOver whether one that is not settled is not waited for
 */
export async function follow(
  context: Context,
  campaigns: readonly Started[],
  { events = false, isOver = () => false }: { events?: boolean; isOver?: (campaign: LiveCampaign) => boolean } = {},
): Promise<Ended[]> {
  const pool = await context.pool()
  const ids = campaigns.map(({ id }) => id)
  const meter = liveMeter(pool)
  const show = await openDisplay(context, { hint: t`Ctrl-C leaves`, events })
  const warnings = warner(text => show.warn(text), { isSilentAboutWaits: context.out.hasScreen })
  const isDone = (campaign: LiveCampaign) => isSettled(campaign) || isOver(campaign)
  const pollMs = ids.length > POLL.few ? POLL.manyMs : POLL.ms
  try {
    for (let elapsedMs = 0; ; elapsedMs += pollMs) {
      const present = { now: context.clock.now(), timezone: context.config.timezone }
      const live = await meter.read(ids, present)
      const surroundings = { ...(await backlogOf(pool)), workers: await workersAlive(pool) }
      for (const campaign of live) warnings.look(campaign, elapsedMs, present)
      // Of what is over already there is no progress to show, only the result.
      if (elapsedMs > 0 || !live.every(isDone)) show.update({ campaigns: live, surroundings }, present)
      if (live.every(isDone) && !(await isAnsweredLater(context, live, surroundings.workers.length))) {
        return campaigns.flatMap(campaign => {
          const progress = live.find(({ id }) => id === campaign.id)
          return progress ? [{ ...campaign, progress }] : []
        })
      }
      await delay(pollMs, undefined, { signal: context.signal })
    }
  } catch (error) {
    if (!context.signal.aborted) throw error
    throw stoppedWatching(campaigns, error)
  } finally {
    show.end()
  }
}

function stoppedWatching(campaigns: readonly Started[], cause: unknown): CampError {
  const handles = campaigns.map(({ agendamento_id }) => agendamento_id).join(' ')
  const stopped =
    campaigns.length === 1
      ? t`stopped watching; campaign ${handles} continues`
      : t`stopped watching; campaigns ${handles} continue`
  return new CampError('INTERRUPTED', stopped, {
    hint: [t`Watch again: camp campaign watch ${handles}`, t`To stop it: camp campaign pause ${handles}`],
    cause,
  })
}

/** Warns once of each reason to wait that needs a person, and of a campaign in which nothing changes. */
function warner(warn: (text: string) => void, { isSilentAboutWaits }: { isSilentAboutWaits: boolean }) {
  const told = new Map<string, string>()
  const changes = new Map<string, { state: string; at: number; told: boolean }>()
  return {
    look(campaign: LiveCampaign, elapsedMs: number, present: Present) {
      const { id, handle, wait, status } = campaign
      const reason = wait?.why === 'NO_WORKER' || wait?.why === 'HELD' ? waitText(wait, campaign, present) : ''
      // Of several campaigns that wait for the same, one line tells it. A screen shows it all the time.
      if (reason !== '' && !isSilentAboutWaits && told.get(id) !== reason && ![...told.values()].includes(reason))
        warn(reason)
      told.set(id, reason)
      const state = JSON.stringify([status, campaign.accepted, campaign.refused, campaign.inDoubt, wait])
      const last = changes.get(id)
      if (last?.state !== state) changes.set(id, { state, at: elapsedMs, told: last?.told ?? false })
      else if (!last.told && wait === null && status === 'PROCESSING' && elapsedMs - last.at >= SILENCE_MS) {
        last.told = true
        warn(
          t`${handle}: nothing has changed for ${SILENCE_MS / 1000} seconds, although a worker is running: see its log`,
        )
      }
    },
  }
}
