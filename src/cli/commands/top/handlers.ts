import { setTimeout as delay } from 'node:timers/promises'
import type { Present } from '../../../campaign/read/forecast.ts'
import { backlogOf, liveIds, liveMeter } from '../../../campaign/read/live.ts'
import { workersAlive } from '../../../campaign/read/workers.ts'
import { t } from '../../../language/text.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { openDisplay, type Picture, pictureText } from '../../live/display.ts'
import { eventOf } from '../../live/plain.ts'
import { untilKey } from '../../prompt.ts'
import type * as commands from './index.ts'

const [POLL_MS, MOST] = [1_000, 100]

/** Campaigns that run, then those that were stopped and can go on, then those that wait for their start. */
const SHOWN = ['PROCESSING', 'PAUSED', 'FAILED', 'APPROVED'] as const

export async function top(context: Context, { once }: OptionsOf<typeof commands.top>): Promise<void> {
  await context.actor()
  const look = await looker(context)
  if (once) return printOnce(context, await look(presentOf(context)))
  const leave = untilKey(context, 'q')
  const show = await openDisplay(context, { hint: t`q leaves`, events: true })
  try {
    while (!leave.signal.aborted) {
      const present = presentOf(context)
      show.update(await look(present), present)
      await delay(POLL_MS, undefined, { signal: leave.signal }).catch(() => undefined)
    }
  } finally {
    show.end()
    leave.end()
  }
}

async function looker(context: Context): Promise<(present: Present) => Promise<Picture>> {
  const pool = await context.pool()
  const meter = liveMeter(pool)
  return async present => ({
    campaigns: await meter.read(await liveIds(pool, SHOWN, MOST), present),
    surroundings: { ...(await backlogOf(pool)), workers: await workersAlive(pool) },
  })
}

function printOnce(context: Context, picture: Picture): void {
  const { campaigns, surroundings } = picture
  context.out.result({ campaigns: campaigns.map(eventOf), ...surroundings }, () =>
    pictureText(picture, { ...presentOf(context), columns: context.out.columns }, { rows: Infinity, hint: '' }),
  )
}

function presentOf({ clock, config }: Context): Present {
  return { now: clock.now(), timezone: config.timezone }
}
