import { expect, test } from 'vitest'
import { nextTry } from '../../../src/webhook/waiting.ts'

const NOON = new Date('2026-11-24T12:00:00Z')
const waits = (lead_id: string | null) => (tries: number) =>
  (nextTry({ lead_id, tries, received_at: NOON }, NOON)!.getTime() - NOON.getTime()) / 1_000

test('an event waits longer each time, of an unknown message longer than of a known one, and a day in all', () => {
  expect([0, 1, 2, 5, 6, 60].map(waits('lead'))).toEqual([0.5, 1, 2, 16, 30, 30])
  expect([0, 1, 2, 5, 6, 600].map(waits(null))).toEqual([2, 8, 32, 2048, 3600, 3600])
  const later = (hours: number) => new Date(NOON.getTime() + hours * 3_600_000)
  expect(nextTry({ lead_id: null, tries: 30, received_at: NOON }, later(24))).toEqual(later(25))
  expect(nextTry({ lead_id: null, tries: 30, received_at: NOON }, later(24.1))).toBeUndefined()
})
