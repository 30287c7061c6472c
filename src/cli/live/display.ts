import type { Present } from '../../campaign/read/forecast.ts'
import type { LiveCampaign } from '../../campaign/read/live.ts'
import { type Block, linesOf } from '../blocks.ts'
import type { Context } from '../context.ts'
import { blockOf, footOf, lineOf, type Surroundings } from './layout.ts'
import { eventOf, plainLine, surroundingsEvent, surroundingsLine } from './plain.ts'

/** What is shown at one moment. */
export interface Picture {
  campaigns: readonly LiveCampaign[]
  surroundings: Surroundings
}

export interface Display {
  update(picture: Picture, present: Present): void
  /** Printed at once, and again only after it was not given for a while. */
  warn(text: string): void
  end(): void
}

export interface DisplayOptions {
  /** How to leave. */
  hint: string
  /** With --json: one event a line on stdout. Otherwise --json shows nothing. */
  events: boolean
}

/** A line is printed at each change, and at most this often. */
const SAY_EVERY_MS = 5_000

/** Redrawn in place on a terminal, otherwise a line at a change; nothing with --quiet. */
export async function openDisplay({ out }: Pick<Context, 'out'>, { hint, events }: DisplayOptions): Promise<Display> {
  const screen = await out.screen()
  if (screen) {
    return {
      update: (picture, present) => {
        const { columns, rows } = screen.size()
        screen.draw(pictureText(picture, { ...present, columns }, { rows, hint }))
      },
      warn: screen.warn,
      end: screen.end,
    }
  }
  const said = new Map<string, { text: string; at: number }>()
  const say = (key: string, text: string, { now }: Present, tell: () => void, isLast: boolean) => {
    const last = said.get(key)
    if (last && (last.text === text || (!isLast && +now - last.at < SAY_EVERY_MS))) return
    said.set(key, { text, at: +now })
    tell()
  }
  return {
    update: ({ campaigns, surroundings }, present) => {
      if (out.json && !events) return
      for (const campaign of campaigns) {
        const line = plainLine(campaign)
        const tell = () => (out.json ? out.line(eventOf(campaign), '') : out.talk(line))
        // The pace and the end drift while nothing is sent.
        const state = plainLine({ ...campaign, perMinute: null, ends: null })
        say(campaign.id, state, present, tell, campaign.status !== 'PROCESSING')
      }
      const line = surroundingsLine(surroundings)
      say('', line, present, () => (out.json ? out.line(surroundingsEvent(surroundings), '') : out.talk(line)), false)
    },
    warn: text => out.warn(text),
    end: () => undefined,
  }
}

/** A block for each campaign; a line for each if they do not fit the rows, and a count of those that do not fit either. */
export function pictureText(
  { campaigns, surroundings }: Picture,
  frame: Present & { columns: number },
  { rows, hint }: { rows: number; hint: string },
): Block[] {
  const foot = footOf(surroundings, hint, frame)
  const blocks = campaigns.map(campaign => blockOf(campaign, frame))
  const free = rows - 2
  if (blocks.reduce((sum, block) => sum + linesOf(block).length, 0) <= free) return [...blocks, foot]
  return [...campaigns.slice(0, free).map(campaign => lineOf(campaign, frame)), foot]
}
