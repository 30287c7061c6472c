import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import { dueCampaigns } from '../../../campaign/due.ts'
import { type CampaignRef, findCampaign } from '../../../campaign/find.ts'
import { run } from '../../../campaign/moves.ts'
import { outlookOf } from '../../../campaign/outlook.ts'
import { isSettled, type Progress, progressOf } from '../../../campaign/progress.ts'
import { campaignView } from '../../../campaign/view.ts'
import { CampError, messageOf } from '../../../errors.ts'
import type { Fired } from '../../../recurrence/fire.ts'
import type { Context } from '../../context.ts'
import { about, campaignText, number, time } from './text.ts'

export async function runCampaigns(
  context: Context,
  refs: string[],
  options: { due?: boolean; wait?: boolean },
): Promise<void> {
  if (refs.length === 0 && !options.due) {
    throw new CampError('USAGE', 'which campaign?', {
      hint: 'Give IDs, or --due for all approved ones whose time has come.',
    })
  }
  if (refs.length > 0 && options.due) throw new CampError('USAGE', 'give IDs or --due, not both')
  const pool = await context.pool()
  const actor = await context.actor()
  const queues = await context.queues()
  const deps = { pool, queues, clock: context.clock }
  const started: Pick<CampaignRef, 'id' | 'agendamento_id'>[] = []
  let failure: unknown = options.due ? await fireRecurring(context, pool) : undefined
  const { now, missed } = options.due
    ? await due(context, pool)
    : { now: await Promise.all(refs.map(ref => findCampaign(pool, ref))), missed: [] }
  for (const campaign of now) {
    try {
      await run(deps, campaign.id, actor.id)
      started.push(campaign)
      context.out.talk(`Started ${campaign.agendamento_id}.`)
    } catch (error) {
      // The others are started all the same; of a due one another process may have been faster.
      if (!(error instanceof CampError) || (refs.length === 1 && !options.due)) throw error
      if (options.due && error.kind === 'STATE' && (await isRunning(pool, campaign.id))) continue
      context.out.warn(`${campaign.agendamento_id} was not started: ${messageOf(error)}`)
      failure ??= error
    }
  }
  if (options.wait) for (const campaign of started) await follow(context, pool, campaign)
  await print(context, pool, started, options)
  failure ??= missedError(missed)
  if (failure !== undefined) throw failure
}

/** Opens what recurring campaigns have due. @returns the error of an occurrence that failed */
async function fireRecurring(context: Context, pool: pg.Pool): Promise<CampError | undefined> {
  const { isAnyDue } = await import('../../../recurrence/recurrence.ts')
  const { clock, signal } = context
  if (!(await isAnyDue(pool, clock.now()))) return undefined
  const { fireDue } = await import('../../../recurrence/fire.ts')
  const failed: Fired[] = []
  for (const fired of await fireDue({ pool, prisma: await context.prisma(), clock, signal })) {
    const { recurrence, status, file, reason, campaign } = fired
    const what = [status === 'OPENED' ? campaign!.agendamentoId : status, file].filter(Boolean).join(' from ')
    const said = `Recurring campaign ${recurrence}: ${what}${reason ? ` (${reason})` : ''}.`
    if (status === 'OPENED' || status === 'NOTHING_NEW') context.out.talk(said)
    else context.out.warn(said)
    if (status === 'FAILED') failed.push(fired)
  }
  if (failed.length === 0) return undefined
  const handles = failed.map(fired => fired.recurrence).join(', ')
  return new CampError('DATA', `recurring campaigns could not be opened: ${handles}`, {
    hint: 'See why: camp campaign repeat show ID',
  })
}

/** For cron's mail: until a person has decided, every run of it ends with 4. */
function missedError(missed: readonly { agendamento_id: string }[]): CampError | undefined {
  if (missed.length === 0) return undefined
  const handles = missed.map(campaign => campaign.agendamento_id).join(' ')
  return new CampError('STATE', `missed by too long to go out by themselves: ${handles}`, {
    hint: `Start them all the same: camp campaign run ${handles}\nOr end them: camp campaign cancel ID`,
  })
}

export async function watch(context: Context, ref: string): Promise<void> {
  await context.actor()
  const pool = await context.pool()
  const campaign = await findCampaign(pool, ref)
  await follow(context, pool, campaign)
  await print(context, pool, [campaign], { wait: true })
}

async function due(context: Context, pool: pg.Pool) {
  const { due: now, missed } = await dueCampaigns(pool, context.clock.now(), true)
  for (const { agendamento_id, scheduled_at } of missed) {
    context.out.warn(
      `${agendamento_id} was due at ${time(scheduled_at, context.config.timezone)}: it waits for a person`,
    )
  }
  return { now, missed }
}

async function isRunning(pool: pg.Pool, id: string): Promise<boolean> {
  return ['PROCESSING', 'FINISHED'].includes((await progressOf(pool, id)).status)
}

type Started = Pick<CampaignRef, 'id' | 'agendamento_id'>

async function print(
  context: Context,
  pool: pg.Pool,
  started: readonly Started[],
  options: { due?: boolean; wait?: boolean },
): Promise<void> {
  const present = { now: context.clock.now(), timezone: context.config.timezone }
  const views = await Promise.all(
    started.map(async ({ id }) => ({ ...(await campaignView(pool, id)), ...(await outlookOf(pool, id, present)) })),
  )
  const text = () =>
    options.wait ? views.map(view => campaignText(view, present.timezone, { ...view, ...present })).join('\n\n') : ''
  context.out.result(!options.due && views.length === 1 ? views[0] : views, text)
}

const POLL_MS = 250
const SAY_EVERY_MS = 5_000
const RECKON_EVERY_MS = 15_000
const SILENCE_MS = 20_000

/** Shows a campaign's progress until nothing more happens by itself. Ctrl-C ends the watching, not the campaign. */
async function follow(context: Context, pool: pg.Pool, { id, agendamento_id }: Started): Promise<void> {
  const show = await display(context)
  let [last, lastChange, warned, ends] = ['', 0, false, '']
  try {
    for (let elapsedMs = 0; ; elapsedMs += POLL_MS) {
      const progress = await progressOf(pool, id)
      const state = JSON.stringify(progress)
      if (state !== last) [last, lastChange] = [state, elapsedMs]
      if (show.isSeen && elapsedMs % RECKON_EVERY_MS === 0) {
        const present = { now: context.clock.now(), timezone: context.config.timezone }
        const { expected_end } = await outlookOf(pool, id, present)
        ends = expected_end === null ? '' : `ends about ${about(expected_end, present.timezone, present.now)}`
      }
      show.update(progress, elapsedMs, ends)
      if (isSettled(progress)) return
      if (!warned && elapsedMs - lastChange >= SILENCE_MS && progress.waitingUntil === null) {
        context.out.warn(
          `nothing has moved for ${SILENCE_MS / 1000} seconds. Is a worker running? Start one: camp worker`,
        )
        warned = true
      }
      await delay(POLL_MS, undefined, { signal: context.signal })
    }
  } catch (error) {
    if (!context.signal.aborted) throw error
    show.end()
    throw new CampError('INTERRUPTED', `stopped watching; campaign ${agendamento_id} goes on`, {
      hint: `Watch it again: camp campaign watch ${agendamento_id}\nStop it: camp campaign pause ${agendamento_id}`,
      cause: error,
    })
  } finally {
    show.end()
  }
}

interface Display {
  /** Somebody sees it. */
  isSeen: boolean
  update(progress: Progress, elapsedMs: number, ends: string): void
  end(): void
}

/** A bar on a terminal, a line every few seconds elsewhere, nothing with --quiet or --json. */
async function display({ out, config }: Context): Promise<Display> {
  const { stderr } = out.streams
  if (out.quiet || out.json) return { isSeen: false, update: () => undefined, end: () => undefined }
  const words = (p: Progress, ends: string) =>
    [
      `${number(p.accepted)} accepted`,
      p.refused > 0 && `${number(p.refused)} refused`,
      p.inDoubt > 0 && `${number(p.inDoubt)} in doubt`,
      p.waitingUntil && `waiting until ${time(p.waitingUntil, config.timezone)}`,
      !isSettled(p) && ends,
    ]
      .filter(Boolean)
      .join(', ')
  if (stderr.isTTY !== true) {
    let saidAt = -Infinity
    const update = (p: Progress, elapsedMs: number, ends: string) => {
      if (!isSettled(p) && elapsedMs - saidAt < SAY_EVERY_MS) return
      saidAt = elapsedMs
      stderr.write(
        `${p.status}: ${number(p.accepted + p.refused + p.inDoubt)} of ${number(p.total)} leads, ${words(p, ends)}\n`,
      )
    }
    return { isSeen: true, update, end: () => undefined }
  }
  const { SingleBar } = (await import('cli-progress')).default
  const bar = new SingleBar({
    stream: stderr as NodeJS.WriteStream,
    format: '{bar} {percentage}% | {value}/{total} | {words}',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
  })
  let running = false
  return {
    isSeen: true,
    update: (p, _elapsedMs, ends) => {
      if (!running) bar.start(p.total, 0, { words: '' })
      running = true
      bar.setTotal(p.total)
      bar.update(Math.min(p.total, p.accepted + p.refused + p.inDoubt), { words: words(p, ends) })
    },
    end: () => {
      if (running) bar.stop()
      running = false
    },
  }
}
