import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { documentsOf } from '../bench/documents.ts'
import { compareCosts, compareRates } from '../bench/measure.ts'
import { PARTS } from '../bench/parts.ts'
import { keptResults } from '../bench/results.ts'

it('docs/performance.md and its charts show the results that are kept', () => {
  const results = keptResults(PARTS)
  expect(results.length).toBeGreaterThan(0)
  for (const [path, text] of documentsOf(results)) expect(readFileSync(path, 'utf8')).toBe(text)
})

it('a ratio is the median of the ratios of the rounds, and decides about the goal', () => {
  const side = (...values: number[]) => ({ name: 'one', values })
  const faster = compareRates('rates', 'leads/s', side(60, 10, 90), side(100, 100, 100), 0.6)
  expect(faster).toMatchObject({ ratio: { median: 0.6, min: 0.1, max: 0.9 }, goal: { text: '≥ 0.6 ×', met: true } })
  const slower = compareCosts('times', 'ms', side(13, 15, 15), side(10, 10, 10), 1.4)
  expect(slower).toMatchObject({ ratio: { median: 1.5 }, goal: { text: '≤ 1.4 ×', met: false } })
})
