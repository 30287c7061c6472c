import { expect, test } from 'vitest'
import { changeControl, DEFAULT_CONTROL } from '../../../src/sandbox/control.ts'
import { chanceOf, diceOf } from '../../../src/sandbox/random.ts'

test('what is not given stays', () => {
  const once = changeControl(DEFAULT_CONTROL, { refused: 0.1, callbacks: { read: 1 } })
  const twice = changeControl(once, { latency_ms: [5, 10], callbacks: { delay_ms: 0 } })
  expect(twice).toMatchObject({
    refused: 0.1,
    latency_ms: [5, 10],
    callbacks: { read: 1, delay_ms: 0, delivered: 0.95 },
  })
})

test.each([
  [{ refused: 2 }, 'refused'],
  [{ faults: { '429': 0.6, '500': 0.6 } }, 'more than 1'],
  [{ faults: { 'no such fault': 1 } }, 'faults'],
  [{ latency_ms: [10, 5] }, 'latency_ms'],
  [{ callbacks: { delivered: 0.95, failed: 0.5 } }, 'delivered and failed'],
  [{ callbacks: 1 }, 'callbacks'],
  [{ unknown: 1 }, 'unknown'],
  [[], 'control'],
  [undefined, 'control'],
])('%j is refused by name', (change, named) => {
  expect(() => changeControl(DEFAULT_CONTROL, change)).toThrow(named)
})

test('lots fall evenly, and the same way for the same seed', () => {
  const keys = Array.from({ length: 10_000 }, (_, n) => `0190f3a0-0000-7000-8000-${n.toString(16).padStart(12, '0')}`)
  const low = keys.filter(key => chanceOf(key, '1 read') < 0.3)
  expect(low.length).toBeGreaterThan(2_800)
  expect(low.length).toBeLessThan(3_200)
  expect(keys.filter(key => chanceOf(key, '1 read') < 0.3)).toEqual(low)
  expect(keys.filter(key => chanceOf(key, '2 read') < 0.3)).not.toEqual(low)
  const [one, two] = [diceOf(7), diceOf(7)]
  const thrown = Array.from({ length: 1_000 }, one)
  expect(Array.from({ length: 1_000 }, two)).toEqual(thrown)
  expect(thrown.filter(n => n < 0.5).length).toBeGreaterThan(430)
  expect(thrown.filter(n => n < 0.5).length).toBeLessThan(570)
})
