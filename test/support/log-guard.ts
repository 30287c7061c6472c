import { afterEach, expect } from 'vitest'
import { leaks } from './leaked.ts'

/** For every test file (vitest.lanes.ts): no log line of any level shows a phone or a document. */
afterEach(() => {
  expect(leaks.splice(0), 'phones or documents in log lines').toEqual([])
})
