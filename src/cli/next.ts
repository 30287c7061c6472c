import { type Forecast, forecastOf, type Present } from '../campaign/read/forecast.ts'
import { nextSteps } from '../campaign/read/next-step.ts'
import { situationOf } from '../campaign/read/situation.ts'
import type { Context } from './context.ts'

export interface WhatNext {
  present: Present
  outlook: Forecast
  /** Lines for the acting user. */
  next: string[]
}

/**
 * What to expect of a campaign, and what the acting user can do next.
 * @param known its outlook, if the caller has it
 */
export async function whatNext(context: Context, campaignId: string, known?: Forecast): Promise<WhatNext> {
  const pool = await context.pool()
  const present = { now: context.clock.now(), timezone: context.config.timezone }
  const outlook = known ?? (await forecastOf(pool, campaignId, present))
  const next = nextSteps(await situationOf(pool, campaignId, outlook, await context.actor(), present))
  return { present, outlook, next }
}
