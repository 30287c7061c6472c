import { describe, expect, it } from 'vitest'
import { type Ramp, throttlingOf } from '../../../src/campaign-settings/throttling.ts'
import { backoffMs } from '../../../src/dispatch/pacing/backoff.ts'
import { rampGapMs, rampQuota } from '../../../src/dispatch/pacing/ramp.ts'
import { throttleInterval } from '../../../src/dispatch/pacing/throttle-interval.ts'

/** A throttling that has one interval for all its days. */
function steady(type: string, config: unknown) {
  const throttling = throttlingOf(type, config)
  if (throttling.type === 'ramp') throw new Error('a ramp has none')
  return throttling
}

describe('throttling', () => {
  it.each([
    ['none', null, 0],
    ['fixed', { delayLimit: 30 }, 30_000],
    ['random', { delayLimit: 20, maxRandom: 90 }, 55_000],
    ['linear', { messages: 100, minutes: 60 }, 36_000],
  ])('%s %j spaces messages by %i ms', (type, config, ms) => {
    expect(throttleInterval(steady(type, config), () => 0.5)).toBe(ms)
  })

  it('random stays between its two limits', () => {
    const throttling = steady('random', { delayLimit: 20, maxRandom: 90 })
    expect(throttleInterval(throttling, () => 0)).toBe(20_000)
    expect(throttleInterval(throttling, () => 0.999_999)).toBeLessThanOrEqual(90_000)
  })

  it('refuses what the columns should never hold', () => {
    expect(() => throttlingOf('fixed', { delayLimit: 'soon' })).toThrow()
    expect(() => throttlingOf('sometimes', {})).toThrow()
    expect(() => throttlingOf('ramp', { perDay: 0, times: 2 })).toThrow()
    expect(() => throttlingOf('ramp', { perDay: 50, times: 2, hours: 3 })).toThrow()
  })
})

describe('a ramp', () => {
  const ramp = (config: object) => throttlingOf('ramp', config) as Ramp

  it.each([
    [{ perDay: 50, times: 2 }, [50, 100, 200, 400, 800, 1600]],
    [{ perDay: 50, times: 2, max: 300 }, [50, 100, 200, 300, 300, 300]],
    [{ perDay: 50, plus: 50 }, [50, 100, 150, 200, 250, 300]],
    [{ perDay: 100, times: 1.15 }, [100, 115, 132, 152, 174, 201]],
    [{ perDay: 1, times: 1 }, [1, 1, 1, 1, 1, 1]],
  ])('%j allows %j on its first days', (config, quotas) => {
    expect(quotas.map((_, daysBefore) => rampQuota(ramp(config), daysBefore))).toEqual(quotas)
  })

  it('stays a number, however many days it grows', () => {
    expect(rampQuota(ramp({ perDay: 50, times: 2 }), 2_000)).toBe(1_000_000_000)
  })

  it('spreads a day over the contact hours, unless it is told a gap', () => {
    expect(rampGapMs(ramp({ perDay: 50, times: 2 }), 48, { from: 480, to: 1200 })).toBe(15 * 60_000)
    expect(rampGapMs(ramp({ perDay: 50, times: 2, gap: 30 }), 48, { from: 480, to: 1200 })).toBe(30_000)
  })
})

describe('backoff', () => {
  it('doubles its ceiling up to five minutes, with full jitter', () => {
    const ceilings = [0, 1, 2, 3, 8, 9, 50].map(failures => backoffMs(failures, () => 1))
    expect(ceilings).toEqual([1000, 2000, 4000, 8000, 256_000, 300_000, 300_000])
    expect(backoffMs(5, () => 0)).toBe(0)
  })
})
