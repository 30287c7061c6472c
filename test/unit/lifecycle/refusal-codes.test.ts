import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { IMPORT_CODES, REFUSAL_CODES } from '../../../src/lifecycle/refusal-codes.ts'
import { statementsOfSources } from '../../support/sql-texts.ts'

/** Words that stand for something else, too: a campaign's status, a verdict, a kind of event, a look that is too old. */
const OTHER_MEANINGS = ['CANCELLED', 'NOT_SENT', 'REFUSED', 'FAILED', 'STALE']

/** Where leads are judged, sent and read. Brokers have codes of their own, and the commands error codes. */
const ROOMS = /^(?:budget|calendar|campaign|dispatch|intake|recurrence|webhook|worker)\//

/** What types a code: the table, or a parameter or field of these. */
const TYPED = /from '[./\w-]*(?:refusal-codes|lifecycle\/lead-writes|\/lead)\.ts'/

const statements = statementsOfSources()

it('docs/errors.md has a row for each code, with who gives it and what it says', () => {
  const page = readFileSync('docs/errors.md', 'utf8')
  const rows = [...page.matchAll(/^\| ([A-Z_]+) \| ([a-z, ]+) \| (.+) \|$/gm)].map(row => row.slice(1))
  expect(rows).toEqual(Object.entries(REFUSAL_CODES).map(([code, { by, meaning }]) => [code, by.join(', '), meaning]))
})

it('a row that the import refuses is never retried; what is refused for another reason may be', () => {
  expect(IMPORT_CODES).toContain('BLOCKLISTED')
  expect(IMPORT_CODES).toHaveLength(11)
  for (const code of ['FREQUENCY_CAP', 'REFUSED', 'CANCELLED', 'NOT_SENT', 'FAILED'])
    expect(IMPORT_CODES).not.toContain(code)
})

it('no statement has a code in its text: it is a parameter, or the typed constant', () => {
  const codes = new RegExp(`\\berror_code\\b[^,]*?'(?:${Object.keys(REFUSAL_CODES).join('|')})'(?![^,]*\\bTHEN\\b)`)
  expect(codes.test("status = 'ERROR', error_code = 'CANCELLED'")).toBe(true)
  expect(codes.test("l.error_code IN ('CANCELLED')")).toBe(true)
  expect(statements.filter(({ sql }) => codes.test(sql)).map(({ file, sql }) => `${file}: ${sql}`)).toEqual([])
})

it('a code stands in the code only where it is typed', () => {
  const codes: readonly string[] = Object.keys(REFUSAL_CODES).filter(code => !OTHER_MEANINGS.includes(code))
  const files = new Set(
    statements.filter(({ file, sql }) => ROOMS.test(file) && codes.includes(sql)).map(({ file }) => file),
  )
  expect(files.size).toBeGreaterThan(4)
  const untyped = [...files].filter(file => !TYPED.test(readFileSync(join('src', file), 'utf8')))
  expect(untyped).toEqual([])
})
