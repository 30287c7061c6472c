import { setTimeout as delay } from 'node:timers/promises'
import { type CampaignRef, findCampaign } from '../../../campaign/read/find.ts'
import { forecastOf } from '../../../campaign/read/forecast.ts'
import { NO_WORKER } from '../../../campaign/read/next-step.ts'
import { isSettled, type Progress, progressMeter } from '../../../campaign/read/progress.ts'
import { campaignView } from '../../../campaign/read/view.ts'
import type { ErrorCode } from '../../../error-codes.ts'
import { CampError } from '../../../errors.ts'
import type { Context } from '../../context.ts'
import { whatNext } from '../../next.ts'
import { about, campaignText, number, time } from './text.ts'

type Started = Pick<CampaignRef, 'id' | 'agendamento_id'>

/** A campaign that was followed until nothing more happens without a user. */
export type Ended = Started & { progress: Progress }

export async function watch(context: Context, ref: string): Promise<void> {
  await context.actor()
  const pool = await context.pool()
  const campaign = await findCampaign(pool, ref, await context.actor())
  if (campaign.status === 'APPROVED') {
    for (const line of (await whatNext(context, campaign.id)).next) context.out.talk(line)
  }
  const ended = await follow(context, campaign)
  const { present, outlook } = await whatNext(context, campaign.id)
  const view = { ...(await campaignView(pool, campaign.id)), ...outlook }
  context.out.result(view, () => campaignText(view, present.timezone, { ...outlook, ...present }))
  const error = await endError(context, [ended])
  if (error) throw error
}

/**
 * The error that ends a command which followed campaigns: none for FINISHED, also with leads in doubt. If several did not finish,
 * the first decides the exit code.
 */
export async function endError(context: Context, ended: readonly Ended[]): Promise<CampError | undefined> {
  const bad = ended.filter(({ progress }) => progress.status !== 'FINISHED')
  if (bad.length === 0) return undefined
  const said = bad.map(({ agendamento_id, progress: { status, failureReason } }) =>
    [`${agendamento_id} is ${status}`, failureReason].filter(Boolean).join(': '),
  )
  const hints = await Promise.all(bad.map(async ({ id }) => (await whatNext(context, id)).next))
  return new CampError(codeOfEnd(bad[0]!.progress), said.join('; '), { hint: hints.flat() })
}

function codeOfEnd({ status, failureCode }: Progress): ErrorCode {
  if (status !== 'FAILED') return 'CAMPAIGN_NOT_FINISHED'
  return failureCode === 'BUDGET' ? 'BUDGET_EXCEEDED' : 'CAMPAIGN_FAILED'
}

const POLL_MS = 250
const SAY_EVERY_MS = 5_000
const RECKON_EVERY_MS = 15_000
const SILENCE_MS = 20_000

/** Shows the progress of a campaign until nothing more happens without a user. Ctrl-C ends the watching, not the campaign. */
export async function follow(context: Context, campaign: Started): Promise<Ended> {
  const { id, agendamento_id } = campaign
  const pool = await context.pool()
  const show = await display(context)
  const meter = progressMeter(pool, id)
  let [last, lastChange, silent, served, ends, warnedHeld] = ['', 0, false, true, '', false]
  try {
    for (let elapsedMs = 0; ; elapsedMs += POLL_MS) {
      const progress = await meter.read()
      const state = JSON.stringify(progress)
      if (state !== last) [last, lastChange] = [state, elapsedMs]
      if (elapsedMs % RECKON_EVERY_MS === 0 && !isSettled(progress)) {
        const present = { now: context.clock.now(), timezone: context.config.timezone }
        const { expected_end, worker_running, held } = await forecastOf(pool, id, present)
        ends = expected_end === null ? '' : `ends about ${about(expected_end, present.timezone, present.now)}`
        if (served && !worker_running) show.warn(NO_WORKER)
        if (held !== null && !warnedHeld) show.warn(`nothing is sent: ${held}. See: camp db accept-restore --show`)
        warnedHeld = held !== null
        served = worker_running
      }
      show.update(progress, elapsedMs, ends)
      if (isSettled(progress)) return { ...campaign, progress }
      if (served && !silent && elapsedMs - lastChange >= SILENCE_MS && progress.waitingUntil === null) {
        show.warn(`nothing has changed for ${SILENCE_MS / 1000} seconds, although a worker is running: see its log`)
        silent = true
      }
      await delay(POLL_MS, undefined, { signal: context.signal })
    }
  } catch (error) {
    if (!context.signal.aborted) throw error
    show.end()
    throw new CampError('INTERRUPTED', `stopped watching; campaign ${agendamento_id} continues`, {
      hint: [`Watch it again: camp campaign watch ${agendamento_id}`, `Stop it: camp campaign pause ${agendamento_id}`],
      cause: error,
    })
  } finally {
    show.end()
  }
}

interface Display {
  update(progress: Progress, elapsedMs: number, ends: string): void
  /** Prints on lines of its own; the bar starts again below them. */
  warn(text: string): void
  end(): void
}

/** A bar on a terminal, otherwise a line every few seconds; nothing with --quiet or --json. */
async function display({ out, config }: Context): Promise<Display> {
  const warn = (text: string) => out.warn(text)
  if (out.quiet || out.json) return { update: () => undefined, warn, end: () => undefined }
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
  const bar = await out.bar('{percentage}% | {value}/{total} | {words}')
  if (!bar) {
    let saidAt = -Infinity
    const update = (p: Progress, elapsedMs: number, ends: string) => {
      if (!isSettled(p) && elapsedMs - saidAt < SAY_EVERY_MS) return
      saidAt = elapsedMs
      out.talk(
        `${p.status}: ${number(p.accepted + p.refused + p.inDoubt)} of ${number(p.total)} leads, ${words(p, ends)}`,
      )
    }
    return { update, warn, end: () => undefined }
  }
  return {
    update: (p, _elapsedMs, ends) =>
      bar.update(p.total, Math.min(p.total, p.accepted + p.refused + p.inDoubt), { words: words(p, ends) }),
    warn: text => {
      bar.end()
      warn(text)
    },
    end: bar.end,
  }
}
