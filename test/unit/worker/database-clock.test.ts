import fc from 'fast-check'
import { expect, it } from 'vitest'
import { offsetFrom } from '../../../src/worker/database-clock.ts'

it.each([
  ['a quick answer that fits', { before: 1_000, told: 1_001, after: 1_002 }, 0, 0],
  ['a slow answer that fits', { before: 1_000, told: 1_150, after: 1_200 }, 0, 0],
  ['a database that is ahead', { before: 1_000, told: 6_001, after: 1_002 }, 0, 4_999],
  ['a database that is behind', { before: 6_000, told: 1_001, after: 6_002 }, 0, -5_001],
  ['what was known, and still fits', { before: 2_000, told: 7_001, after: 2_010 }, 4_999, 4_999],
  ['what was known, and fits no more', { before: 2_000, told: 2_001, after: 2_002 }, 4_999, -1],
])('%s', (_, answer, known, offset) => {
  expect(offsetFrom(answer, known)).toBe(offset)
})

it('is never ahead of the database’s clock, however long the answers are on their way', () => {
  const trip = fc.record({ out: fc.nat(500), back: fc.nat(500) })
  fc.assert(
    fc.property(fc.integer({ min: -10_000, max: 10_000 }), fc.array(trip, { minLength: 1 }), (ahead, trips) => {
      let [offset, at] = [0, 1_000_000]
      for (const { out, back } of trips) {
        const told = at + out + ahead
        const after = at + out + back
        offset = offsetFrom({ before: at, told, after }, offset)
        // 0 is no guess of the answer's: where nothing speaks against it, the clocks are taken for the same.
        if (offset !== 0) expect(offset).toBeLessThanOrEqual(ahead)
        expect(ahead - offset).toBeLessThanOrEqual(1_000)
        at = after + 1
      }
    }),
  )
})
