import { expect, it } from 'vitest'
import { priorityOf } from '../../src/log.ts'

it.each([
  [20, '<7>'],
  [30, '<6>'],
  [40, '<4>'],
  [50, '<3>'],
])('a line of level %s has the journal’s priority %s', (level, priority) => {
  expect(priorityOf(JSON.stringify({ level, event: 'x' }))).toBe(priority)
})
