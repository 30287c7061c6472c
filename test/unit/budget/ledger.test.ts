import { dirname } from 'node:path'
import { expect, it } from 'vitest'
import { statementsOfSources, writesOf } from '../../support/sql-texts.ts'

it('the ledger, and what of a budget is used, are written in src/budget alone, and in one statement', () => {
  const writers = statementsOfSources().flatMap(({ file, sql }) => {
    const writes = writesOf(sql)
    const entries = writes.filter(({ table }) => table === 'BudgetEntry').length
    const used = writes.filter(({ table, columns }) => table === 'Budget' && columns.has('used_budget')).length
    return entries + used > 0 ? [{ file, entries, used }] : []
  })
  // An adjustment; a release at the settle, and a correction after it; the old system's use; a reservation.
  expect(writers).toEqual([
    { file: 'budget/adjust.ts', entries: 1, used: 1 },
    { file: 'budget/ledger.ts', entries: 1, used: 1 },
    { file: 'budget/ledger.ts', entries: 1, used: 1 },
    { file: 'budget/outside-use.ts', entries: 1, used: 1 },
    { file: 'budget/reserve.ts', entries: 1, used: 1 },
  ])
  expect(new Set(writers.map(({ file }) => dirname(file)))).toEqual(new Set(['budget']))
})
