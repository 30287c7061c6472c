import type { SimulatedOutcome } from '../control.ts'
import { statusesOf } from '../engine.ts'
import type { CallbackStatus } from '../simulated-broker.ts'

/** The usual statuses of a message, after those that its broker reports for every message. */
export function storyAfter(before: readonly CallbackStatus[], fate: SimulatedOutcome): CallbackStatus[] {
  const story = statusesOf(fate)
  return story.length > 0 ? [...before, ...story] : story
}
