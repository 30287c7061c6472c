import type { SimulatedOutcome } from '../control.ts'
import { statusesOf } from '../engine.ts'
import type { CallbackStatus } from '../simulated-broker.ts'

/** The usual story of a message, after what its broker tells of every message first. */
export function storyAfter(before: readonly CallbackStatus[], fate: SimulatedOutcome): CallbackStatus[] {
  const story = statusesOf(fate)
  return story.length > 0 ? [...before, ...story] : story
}
