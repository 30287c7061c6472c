import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LenientReader } from '../../../src/tabular/lenient-csv.ts'
import { type CsvRecord, StrictReader } from '../../../src/tabular/strict-csv.ts'

const BIT = fc.constantFrom('a', 'é', ' ', ';', ';', '"', '"', '""', '\n', '\n', '\r', '\r\n', '";"', '"\n"')
const CELL = fc.constantFrom('Ana', '', '"Ana"', '"a;b"', '"a""b"', '"a\r\nb"', 'Zé "Bala"', '"x"y', '  ', '""')
const ROW = fc.array(CELL, { minLength: 1, maxLength: 4 }).map(cells => cells.join(';'))
const TEXT = fc.oneof(
  fc.array(BIT, { maxLength: 25 }).map(bits => bits.join('')),
  fc.tuple(fc.array(ROW, { maxLength: 6 }), fc.constantFrom('\n', '\r\n', '\r')).map(([rows, end]) => rows.join(end)),
)

test('reads the records that csv-parse reads, and leaves to it what it does not', async () => {
  let [strictly, leniently] = [0, 0]
  await fc.assert(
    fc.asyncProperty(TEXT, fc.integer({ min: 1, max: 9 }), async (text, size) => {
      const { records, rest, line } = readStrictly(text, size)
      const expected = await readLeniently(text, 1)
      const others = rest === undefined ? [] : await readLeniently(rest, line)
      expect([...records, ...others]).toEqual(expected)
      if (rest === undefined) strictly++
      else leniently++
    }),
    { numRuns: 3_000, seed: 20_261_129 },
  )
  expect(Math.min(strictly, leniently)).toBeGreaterThan(300)
})

test.each([
  ['characters behind a closing quote', 'a;b\n1;2\n"x"y;3\n4;5\n', '"x"y;3\n4;5\n', 3],
  ['a quote that is not closed', 'a;b\n"x;3\n', '"x;3\n', 2],
  ['a record longer than any row', `a;b\n1;${'x'.repeat(101)}\n2;y\n`, `1;${'x'.repeat(101)}\n2;y\n`, 2],
  ['a record that grows longer than any row', `a;b\n"${'x\n'.repeat(51)}`, `"${'x\n'.repeat(51)}`, 2],
])('stops at %s', (_, text, rest, line) => {
  expect(readStrictly(text, 1_000)).toMatchObject({ rest, line })
})

/** @returns its records, and where it has stopped the text that is left and its first line */
function readStrictly(text: string, size: number): { records: Told[]; rest: string | undefined; line: number } {
  const records: Told[] = []
  const reader = new StrictReader(';', 100, record => records.push({ ...record, torn: false }))
  for (let at = 0; at < text.length; at += size) {
    const rest = reader.read(text.slice(at, at + size), false)
    if (rest !== undefined) return { records, rest: rest + text.slice(at + size), line: reader.line }
  }
  return { records, rest: reader.read('', true), line: reader.line }
}

interface Told extends CsvRecord {
  torn: boolean
}

/** The records up to an error, and the error's code. */
async function readLeniently(text: string, line: number): Promise<(Told | string)[]> {
  const records: (Told | string)[] = []
  const reader = new LenientReader({ delimiter: ';' }, 1024, line, (record, torn) => records.push({ ...record, torn }))
  await reader.read(text, true).catch(error => records.push(error.code))
  return records
}
