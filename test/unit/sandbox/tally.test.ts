import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KeyCounter } from '../../../src/sandbox/key-counter.ts'

const key = fc.oneof(
  fc.uuid(),
  // Few enough that they come again, and alike enough that they meet in the table.
  fc.integer({ min: 0, max: 50 }).map(n => `00000000-0000-0000-0000-${n.toString(16).padStart(12, '0')}`),
  fc.string({ maxLength: 3 }),
)

test('counts as a Map would', () => {
  fc.assert(
    fc.property(fc.array(key, { maxLength: 300 }), keys => {
      const tally = new KeyCounter()
      const map = new Map<string, number>()
      for (const one of keys) {
        map.set(one, (map.get(one) ?? 0) + 1)
        expect(tally.add(one)).toBe(map.get(one))
      }
      expect(tally.size).toBe(map.size)
      expect(tally.total).toBe(keys.length)
      for (const [one, count] of map) expect(tally.count(one)).toBe(count)
      expect(tally.count('ffffffff-ffff-4fff-8fff-ffffffffffff')).toBe(0)
    }),
  )
})

test('still knows every key after it has grown', () => {
  const tally = new KeyCounter()
  const keyOf = (n: number) => `0190f3a0-0000-7000-8000-${n.toString(16).padStart(12, '0')}`
  for (let n = 0; n < 50_000; n++) tally.add(keyOf(n))
  for (let n = 0; n < 50_000; n += 2) tally.add(keyOf(n))
  expect(tally.size).toBe(50_000)
  for (let n = 0; n < 50_000; n++) if (tally.count(keyOf(n)) !== (n % 2 === 0 ? 2 : 1)) throw new Error(`key ${n}`)
})

test('a UUID is one key in upper and lower case, and the nil UUID is one too', () => {
  const tally = new KeyCounter()
  tally.add('0190F3A0-0000-7000-8000-ABCDEFABCDEF')
  expect(tally.add('0190f3a0-0000-7000-8000-abcdefabcdef')).toBe(2)
  expect(tally.add('00000000-0000-0000-0000-000000000000')).toBe(1)
  tally.clear()
  expect([tally.size, tally.total]).toEqual([0, 0])
})
