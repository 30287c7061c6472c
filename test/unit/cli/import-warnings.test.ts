import { expect, test } from 'vitest'
import type { Forecast, Present } from '../../../src/campaign/read/forecast.ts'
import type { CampaignView } from '../../../src/campaign/read/view.ts'
import { warningsOf } from '../../../src/cli/commands/campaign/import/text.ts'
import type { ImportFacts } from '../../../src/cli/commands/campaign/import/view.ts'

/** What the warnings look at. */
const VIEW = { counts: { PENDING: 1 }, no_cap: false, cost: { unit: '0.0450' } } as unknown as CampaignView
const FACTS = {
  sheet: 'Novembro',
  other_sheets: [],
  warnings: {},
  notes: [],
  segments: null,
  segments_known: true,
  budget: { fits: true },
} as unknown as ImportFacts

const OUTLOOK = {
  capped_now: null,
  blocked_now: null,
  now: new Date(),
  timezone: 'America/Sao_Paulo',
} as unknown as Forecast & Present

test.each([
  [{}, []],
  [
    { other_sheets: ['Outubro', 'Setembro'] },
    ['only the sheet "Novembro" is imported; also with rows: Outubro, Setembro (choose one with --sheet NAME)'],
  ],
  [
    { warnings: { NO_RESULT: 1_200 } },
    ['1,200 formulas have no result, and their cells count as empty: open the file in Excel and save it'],
  ],
  [{ warnings: { MERGED_CELL: 2 } }, ['2 merged cells span several rows: only the first of these rows has the value']],
])('of a workbook with %o the import warns', (facts, warnings) => {
  expect(warningsOf(VIEW, { ...FACTS, ...facts }, OUTLOOK)).toEqual(warnings)
})
