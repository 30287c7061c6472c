import { describe, expect, it } from 'vitest'
import { backoffMs, throttleInterval, throttlingOf } from '../../../src/dispatch/pace.ts'

describe('throttling', () => {
  it.each([
    ['none', null, 0],
    ['fixed', { delayLimit: 30 }, 30_000],
    ['random', { delayLimit: 20, maxRandom: 90 }, 55_000],
    ['linear', { messages: 100, minutes: 60 }, 36_000],
  ])('%s %j spaces messages by %i ms', (type, config, ms) => {
    expect(throttleInterval(throttlingOf(type, config), () => 0.5)).toBe(ms)
  })

  it('random stays between its two limits', () => {
    const throttling = throttlingOf('random', { delayLimit: 20, maxRandom: 90 })
    expect(throttleInterval(throttling, () => 0)).toBe(20_000)
    expect(throttleInterval(throttling, () => 0.999_999)).toBeLessThanOrEqual(90_000)
  })

  it('refuses what the columns should never hold', () => {
    expect(() => throttlingOf('fixed', { delayLimit: 'soon' })).toThrow()
    expect(() => throttlingOf('sometimes', {})).toThrow()
  })
})

describe('backoff', () => {
  it('doubles its ceiling up to five minutes, with full jitter', () => {
    const ceilings = [0, 1, 2, 3, 8, 9, 50].map(failures => backoffMs(failures, () => 1))
    expect(ceilings).toEqual([1000, 2000, 4000, 8000, 256_000, 300_000, 300_000])
    expect(backoffMs(5, () => 0)).toBe(0)
  })
})
