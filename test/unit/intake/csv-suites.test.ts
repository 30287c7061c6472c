import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { readRows } from '../../../src/tabular/csv.ts'
import { detectDelimiter } from '../../../src/tabular/delimiter.ts'
import { toText } from '../../../src/tabular/encoding.ts'

/**
 * Public suites, read with the parser that reads mailings. Where camp differs it does so on purpose: the tables say how, and why.
 */
const { resolve } = createRequire(import.meta.url)

describe('csv-spectrum', () => {
  const folder = dirname(resolve('csv-spectrum/package.json'))
  const names = readdirSync(join(folder, 'csvs')).map(name => name.replace('.csv', ''))

  test('is there', () => expect(names).toHaveLength(12))

  test.each(names)('%s', async name => {
    const [header, ...rows] = await read(readFileSync(join(folder, 'csvs', `${name}.csv`)), ',')
    const records = rows.map(cells => Object.fromEntries(header!.map((key, i) => [key, cells[i]])))
    const expected = [JSON.parse(readFileSync(join(folder, 'json', `${name}.json`), 'utf8'))].flat()
    // The suite's own slip: its two files have different numbers.
    if (name === 'location_coordinates') expected[0]['Contact Phone Number'] = '2095257564'
    expect(records).toEqual(expected)
  })
})

interface PapaTest {
  description: string
  input: string
  config?: { delimiter?: string; newline?: string }
  expected: { data: string[][]; errors?: unknown[] }
}

const STRAY = 'within a line, a quote that does not enclose a whole cell is a character'

/** What camp makes of it, and why that is better for a mailing. `null`: a quote that is not closed, by camp's error. */
const OTHERWISE: Readonly<Record<string, { rows: string[][] | null; why: string }>> = {
  'Quoted field has no closing quote': { rows: null, why: 'the rest of the file would be in one cell' },
  'Quoted field has invalid trailing quote after delimiter': {
    rows: [
      ['a', '"b,"c'],
      ['d', 'e', 'f'],
    ],
    why: STRAY,
  },
  'Quoted field has invalid trailing quote after delimiter with a valid closer': {
    rows: [
      ['"a,"b', 'c"'],
      ['d', 'e', 'f'],
    ],
    why: STRAY,
  },
  'Quoted field has invalid trailing quote before delimiter': {
    rows: [
      ['a', '"b"c', 'd'],
      ['e', 'f', 'g'],
    ],
    why: STRAY,
  },
  'Quoted field has invalid trailing quote after new line': { rows: null, why: 'two rows would be one' },
  'Quoted fields with spaces between closing quote and next delimiter': {
    rows: [
      ['A', '"B" ', 'C', 'D'],
      ['E', 'F', '"G"  ', 'H'],
    ],
    why: STRAY,
  },
  'Quoted fields with spaces between closing quote and next new line': {
    rows: [
      ['A', 'B', 'C', '"D" '],
      ['E', 'F', 'G', '"H"  '],
      ['Q', 'W', 'E', 'R'],
    ],
    why: STRAY,
  },
  'Quoted fields with spaces after closing quote': {
    rows: [
      ['A', '"B" ', 'C', '"D" '],
      ['E', 'F', '"G"  ', '"H"  '],
      ['Q', 'W', '"E" ', 'R'],
    ],
    why: STRAY,
  },
  'Quoted fields with spaces between closing quote and next delimiter and contains delimiter': {
    rows: [
      ['A', '",B" ', 'C', 'D'],
      ['E', 'F', 'G', 'H'],
    ],
    why: STRAY,
  },
  'Quoted fields with spaces between closing quote and newline and contains newline': {
    rows: null,
    why: 'over lines, a quote that does not enclose a whole cell may have swallowed rows',
  },
  'Mixed slash n and slash r should choose first as precident': {
    rows: [
      ['a', 'b', 'c'],
      ['d', 'e', 'f'],
      ['g', 'h', 'i'],
    ],
    why: 'files of the trade are put together from several: each line break ends a row',
  },
}

describe('papaparse', () => {
  const cases = papaTests()

  test('is there', () => expect(cases.length).toBeGreaterThan(80))

  test.each(cases.map(one => [one.description, one] as const))(
    '%s',
    async (description, { input, config, expected }) => {
      const bytes = Buffer.from(input)
      const other = OTHERWISE[description]
      const running = read(bytes, config?.delimiter ?? detectDelimiter(input))
      if (other?.rows === null) await expect(running).rejects.toThrow('a quote is opened and not closed')
      else
        expect(await running).toEqual(
          other?.rows ?? expected.data.filter(cells => cells.some(cell => cell.trim() !== '')),
        )
    },
  )

  test('the table names no test that is not there', () => {
    const known = new Set(cases.map(one => one.description))
    expect(Object.keys(OTHERWISE).filter(name => !known.has(name))).toEqual([])
  })
})

/**
 * Papa Parse's tests that ask for nothing but a delimiter that camp reads: comments, types and headers as keys are Papa's
 * own. The file is a script for a browser, and runs as one, with nothing of ours in reach.
 */
function papaTests(): PapaTest[] {
  const file = join(dirname(resolve('papaparse/package.json')), 'tests', 'test-cases.js')
  const describe = Object.assign(() => undefined, { skip: () => undefined })
  const context: { CORE_PARSER_TESTS?: PapaTest[]; PARSE_TESTS?: PapaTest[] } & Record<string, unknown> = {
    chai: { assert: {} },
    Papa: {},
    describe,
  }
  runInNewContext(readFileSync(file, 'utf8'), context)
  // Papa's core takes commas unless it is told otherwise; with its second list the delimiter is guessed.
  const core = context.CORE_PARSER_TESTS!.map(one => ({ ...one, config: { delimiter: ',', ...one.config } }))
  const all: PapaTest[] = [...core, ...context.PARSE_TESTS!]
  return all.filter(
    ({ config = {}, input, expected }) =>
      Object.keys(config).every(key => key === 'delimiter' || key === 'newline') &&
      (config.delimiter === undefined || [';', ',', '\t', '|'].includes(config.delimiter)) &&
      (config.newline === undefined || ['\n', '\r', '\r\n'].includes(config.newline)) &&
      typeof input === 'string' &&
      Array.isArray(expected.data),
  )
}

async function read(bytes: Buffer, delimiter: string): Promise<string[][]> {
  async function* once() {
    yield bytes
  }
  const rows: string[][] = []
  for await (const some of readRows(toText(once(), 'utf-8'), { file: 'f.csv', delimiter, separatorLine: null }))
    rows.push(...some.map(row => row.cells))
  return rows
}
