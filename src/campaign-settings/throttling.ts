import { z } from 'zod'

export type Throttling =
  | { type: 'none' }
  | { type: 'fixed'; delayMs: number }
  | { type: 'random'; fromMs: number; toMs: number }
  | { type: 'linear'; messages: number; minutes: number }
  | Ramp

/**
 * A warm-up: `perDay` messages on the campaign's first day of sending, and `times` as many (or `plus` more) on each further day,
 * at most `max` (src/dispatch/pacing/ramp.ts). `gapMs` is the time between two messages; null: spread evenly over the contact
 * hours.
 */
export interface Ramp {
  type: 'ramp'
  perDay: number
  times: number
  plus: number
  max: number
  gapMs: number | null
}

const stored = z.union([
  z.object({ type: z.literal('none') }),
  z.object({ type: z.literal('fixed'), config: z.object({ delayLimit: z.number().nonnegative() }) }),
  z.object({
    type: z.literal('random'),
    config: z.object({ delayLimit: z.number().nonnegative(), maxRandom: z.number().nonnegative() }),
  }),
  z.object({
    type: z.literal('linear'),
    config: z.object({ messages: z.number().int().positive(), minutes: z.number().positive() }),
  }),
  z.object({
    type: z.literal('ramp'),
    config: z.strictObject({
      perDay: z.number().int().positive(),
      times: z.number().min(1).optional(),
      plus: z.number().int().nonnegative().optional(),
      max: z.number().int().positive().optional(),
      gap: z.number().nonnegative().optional(),
    }),
  }),
])

/** Reads a campaign's throttling from its two columns. @throws ZodError if they hold anything else */
export function throttlingOf(type: string, config: unknown): Throttling {
  const read = stored.parse({ type, config })
  switch (read.type) {
    case 'none':
      return { type: 'none' }
    case 'fixed':
      return { type: 'fixed', delayMs: read.config.delayLimit * 1000 }
    case 'random':
      return { type: 'random', fromMs: read.config.delayLimit * 1000, toMs: read.config.maxRandom * 1000 }
    case 'linear':
      return { type: 'linear', ...read.config }
    case 'ramp': {
      const { perDay, times = 1, plus = 0, max = MAX_A_DAY, gap } = read.config
      return { type: 'ramp', perDay, times, plus, max, gapMs: gap === undefined ? null : gap * 1000 }
    }
  }
}

/** `max` of a ramp that was given without one. */
export const MAX_A_DAY = 1_000_000_000
