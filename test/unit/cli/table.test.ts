import { expect, it } from 'vitest'
import { linesOf } from '../../../src/cli/blocks.ts'
import { type Column, table } from '../../../src/cli/table.ts'

interface Row {
  handle: string
  name: string
  status: string
  rows: number
  at: string
}

const ROWS: readonly Row[] = [
  { handle: 'C261128-99561', name: 'n'.repeat(61), status: 'FAILED', rows: 300, at: '2026-11-28 14:12:31' },
  { handle: 'C261128-2GJZ4', name: 'Lenta', status: 'PENDING_APPROVAL', rows: 1_000_000, at: '2026-11-28 14:12:31' },
]
const COLUMNS: readonly Column<Row>[] = [
  { title: 'CAMPAIGN', value: row => row.handle },
  { title: 'NAME', value: row => row.name, shrinks: true },
  { title: 'STATUS', value: row => row.status, style: row => (row.status === 'FAILED' ? 'red' : undefined) },
  { title: 'ROWS', value: row => String(row.rows), align: 'right' },
  { title: 'IMPORTED', value: row => row.at, spare: true },
]

const at = (columns?: number) =>
  linesOf(table(ROWS, COLUMNS), columns).map(({ parts }) => parts.map(part => part.text).join(''))

it('a table that is piped is complete', () => {
  expect(at()[1]).toBe(`C261128-99561  ${'n'.repeat(61)}  FAILED                300  2026-11-28 14:12:31`)
})

it('at a terminal its free text is shortened, and the rest stays whole', () => {
  expect(at(90)).toEqual([
    'CAMPAIGN       NAME                         STATUS               ROWS  IMPORTED',
    `C261128-99561  ${'n'.repeat(26)}…  FAILED                300  2026-11-28 14:12:31`,
    'C261128-2GJZ4  Lenta                        PENDING_APPROVAL  1000000  2026-11-28 14:12:31',
  ])
  for (const line of at(90)) expect(line.length).toBeLessThanOrEqual(90)
})

it('at a narrow one the spare column is left out', () => {
  expect(at(60)).toEqual([
    'CAMPAIGN       NAME                STATUS               ROWS',
    `C261128-99561  ${'n'.repeat(17)}…  FAILED                300`,
    'C261128-2GJZ4  Lenta               PENDING_APPROVAL  1000000',
  ])
})

it('a shortened text ends between two characters', () => {
  const emoji = { ...ROWS[0]!, name: '👍'.repeat(20) }
  const [, line] = linesOf(table([emoji], COLUMNS.slice(0, 2)), 31).map(({ parts }) => parts.map(p => p.text).join(''))
  expect(line).toBe(`C261128-99561  ${'👍'.repeat(7)}…`)
})

it('a status keeps its colour apart from the cells beside it', () => {
  const [, failed, waiting] = linesOf(table(ROWS, COLUMNS), 80)
  expect(failed!.parts.filter(part => part.style).map(part => part.text.trim())).toEqual(['FAILED'])
  expect(waiting!.parts.filter(part => part.style)).toEqual([])
})
