import { expect, test } from 'vitest'
import { isTooDeep } from '../../../src/webhook/depth.ts'

const nested = (levels: number) => Buffer.from(` ${'[{"a":'.repeat(levels / 2)}1${'}]'.repeat(levels / 2)}`)

test('counts the levels of JSON, and not what stands in its texts', () => {
  expect([64, 66, 100_000].map(levels => isTooDeep(nested(levels)))).toEqual([false, true, true])
  expect(isTooDeep(Buffer.from(JSON.stringify(Array(1_000).fill([]))))).toBe(false)
  expect(isTooDeep(Buffer.from(JSON.stringify([`"\\${'['.repeat(100)}`, '\\'])))).toBe(false)
  expect(isTooDeep(Buffer.from('['.repeat(65)))).toBe(true)
})

test('has no opinion of what is no JSON', () => {
  expect(isTooDeep(Buffer.from(`Body=${'['.repeat(100)}`))).toBe(false)
  expect(isTooDeep(Buffer.alloc(0))).toBe(false)
})
