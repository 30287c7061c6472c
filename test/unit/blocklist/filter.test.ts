import { once } from 'node:events'
import { expect, it } from 'vitest'
import { BlocklistFilter } from '../../../src/blocklist/filter.ts'

const phones = (count: number, first: number) =>
  Array.from({ length: count }, (_, i) => `55${11_900_000_000 + first + i}`)

/** Every cut of the lines: at each byte, and as one. */
async function filled(values: readonly string[], expected: number, cut: number): Promise<BlocklistFilter> {
  const filter = new BlocklistFilter(expected)
  const bytes = Buffer.from(values.map(value => `${value}\n`).join(''))
  const lines = filter.lines()
  for (let at = 0; at < bytes.length; at += cut) lines.write(bytes.subarray(at, at + cut))
  lines.end()
  await once(lines, 'finish')
  return filter
}

it.each([1, 13, 14, 65_536])('holds every value it was given, in pieces of %i bytes', async cut => {
  const values = [...phones(2_000, 0), '52998224725', '12ABC34501DE35']
  const filter = await filled(values, values.length, cut)
  expect(values.filter(value => !filter.has(value))).toEqual([])
})

it('holds fewer than 1 of 200 values that it was not given', async () => {
  const filter = await filled(phones(100_000, 0), 100_000, 65_536)
  expect(phones(100_000, 50_000_000).filter(value => filter.has(value)).length).toBeLessThan(500)
})

it('holds every value when there are a hundred times as many as it was made for', async () => {
  const values = phones(200_000, 0)
  const filter = await filled(values, 2_000, 65_536)
  expect(values.every(value => filter.has(value))).toBe(true)
})
