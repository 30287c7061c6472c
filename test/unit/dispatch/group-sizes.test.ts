import { expect, it } from 'vitest'
import { GROUP_LIMITS } from '../../../src/dispatch/claim/group.ts'
import { openGroupSizes } from '../../../src/dispatch/claim/group-sizes.ts'

const soon = { isPlain: true, tookMs: 10 }

it('a claim begins with one batch, and doubles while the broker answers soon, up to the most', () => {
  const sizes = openGroupSizes()
  const seen: number[] = []
  for (let n = 0; n < 8; n++) {
    const { batches } = sizes.limitsOf('a')
    seen.push(batches)
    sizes.ended('a', { ...soon, batches })
  }
  expect(seen).toEqual([1, 2, 4, 8, 16, 32, GROUP_LIMITS.batches, GROUP_LIMITS.batches])
  expect(sizes.limitsOf('b').batches).toBe(1)
})

it('a claim that found fewer batches than it might take does not grow; one that took long is halved', () => {
  const sizes = openGroupSizes()
  for (const batches of [1, 2, 4]) sizes.ended('a', { ...soon, batches })
  sizes.ended('a', { ...soon, batches: 3 })
  expect(sizes.limitsOf('a').batches).toBe(8)
  sizes.ended('a', { isPlain: true, tookMs: 200, batches: 8 })
  expect(sizes.limitsOf('a').batches).toBe(8)
  sizes.ended('a', { isPlain: true, tookMs: 251, batches: 8 })
  expect(sizes.limitsOf('a').batches).toBe(4)
  for (let n = 0; n < 4; n++) sizes.ended('a', { isPlain: true, tookMs: 30_000, batches: 1 })
  expect(sizes.limitsOf('a').batches).toBe(1)
})

it('anything but an answer to each message ends it: the next claim takes one batch', () => {
  const sizes = openGroupSizes()
  for (const batches of [1, 2, 4]) sizes.ended('a', { ...soon, batches })
  sizes.ended('a', { isPlain: false, tookMs: 10, batches: 8 })
  expect(sizes.limitsOf('a').batches).toBe(1)
})
