import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { CampError } from '../../../src/errors.ts'
import type { ImportResult } from '../../../src/intake/request.ts'
import { type CodePage, decodeCodePage, encodeCodePage, isCodePage } from '../../../src/tabular/code-page.ts'
import { ENCODINGS, type Encoding, encode } from '../../../src/tabular/encoding.ts'
import { inspectFile } from '../../../src/tabular/inspect.ts'
import { openRecords } from '../../../src/tabular/records.ts'
import { useDatabase } from '../../support/database.ts'
import { makeScene, type Scene } from '../../support/fixtures.ts'
import { importAs } from '../../support/import-request.ts'
import { mailing } from '../../support/mailing.ts'
import { mutate, mutations } from '../../support/mutate.ts'
import { scratchFolder } from '../../support/scratch.ts'
import { escaped, rowXml, type Workbook, workbookBytes } from '../../support/xlsx.ts'

/**
 * Files as no one would write them. The same ones every time; other ones with CAMP_FUZZ_SEED=number, more with CAMP_FUZZ_RUNS=factor.
 * What fails is told with its seed and its smallest case.
 */
const seed = Number(process.env.CAMP_FUZZ_SEED ?? 20_261_124)
const times = (runs: number) => ({ seed, numRuns: runs * Number(process.env.CAMP_FUZZ_RUNS ?? 1) })

/** Far more than any of these files takes. */
const HANG_MS = 5_000

// More runs, or a busy machine, take longer than one case may.
vi.setConfig({ testTimeout: 600_000 })

const db = useDatabase()
const folder = scratchFolder('fuzz')
const rejects = join(folder, 'rejects.csv')
const signal = new AbortController().signal
const texts = readdirSync('fixtures/import').map(name => readFileSync(join('fixtures/import', name)))
texts.push(Buffer.concat([...mailing(60)].map(({ line }) => encode(line, 'windows-1252'))))
let scene: Scene
let book: Buffer

beforeAll(async () => {
  scene = await makeScene(db.pool)
  book = await workbookBytes(BOOK)
})

describe('with any content a file is imported row by row, or refused in words, and leaves nothing', () => {
  const text = fc.constantFrom(...texts)

  test('any bytes', () => fuzz(60, fc.uint8Array({ maxLength: 3_000 }).map(Buffer.from)))

  test('any text of the signs that matter', () => {
    const signs = fc.constantFrom(
      'fone',
      '11987654321',
      ';',
      '"',
      '\n',
      '\r\n',
      '\r',
      ' ',
      ',',
      'é',
      '\ufeff',
      '\0',
      'sep=;',
      "'",
    )
    return fuzz(
      80,
      fc.array(signs, { maxLength: 120 }).map(all => Buffer.from(`fone;nome\n${all.join('')}`)),
    )
  })

  test('a text that was changed', () =>
    fuzz(
      150,
      fc.tuple(text, mutations).map(([file, steps]) => mutate(file, steps)),
    ))

  test('a gzip that was changed, and one of a changed text', async () => {
    await fuzz(
      50,
      fc.tuple(text, mutations).map(([file, steps]) => mutate(gzipSync(file), steps)),
    )
    await fuzz(
      50,
      fc.tuple(text, mutations).map(([file, steps]) => gzipSync(mutate(file, steps))),
    )
  })

  test('a workbook that was changed', () =>
    fuzz(
      100,
      mutations.map(steps => mutate(book, steps)),
    ))

  test.each([
    'xl/worksheets/sheet1.xml',
    'xl/sharedStrings.xml',
    'xl/workbook.xml',
    'xl/styles.xml',
    'xl/_rels/workbook.xml.rels',
    '_rels/.rels',
  ])('a workbook whose %s was changed before it was packed', name =>
    fuzz(
      40,
      mutations.map(steps => ({ name, steps })),
    ),
  )
})

test('any table comes through as it is, in each encoding, delimiter and line break, packed or not', async () => {
  await fc.assert(
    fc.asyncProperty(
      tables,
      fc.constantFrom(...ENCODINGS),
      fc.constantFrom(';', ',', '\t', '|'),
      fc.constantFrom('\r\n', '\n', '\r'),
      fc.boolean(),
      async (rows, encoding, delimiter, lineBreak, packed) => {
        const lines = [HEADER, ...rows].map(
          cells => cells.map(cell => `"${cell.replaceAll('"', '""')}"`).join(delimiter) + lineBreak,
        )
        const page = isCodePage(encoding) ? encoding : undefined
        const bytes = encode(`${page ? '' : '\ufeff'}${lines.join('')}`, encoding)
        const written = page ? rows.map(cells => cells.map(cell => there(cell, page))) : rows
        // Code pages are told apart by the accents of Portuguese, and these tables have any.
        expect(await readAll(packed ? gzipSync(bytes) : bytes, page)).toEqual(written.filter(hasText))
      },
    ),
    times(120),
  )
})

test('any table comes through a workbook as it is, its texts shared or not', async () => {
  await fc.assert(
    fc.asyncProperty(tables, fc.boolean(), async (rows, shared) => {
      const strings = [HEADER, ...rows].flat()
      let next = 0
      const cellOf = (cell: string) => (shared ? { t: 's', v: `<v>${next++}</v>` } : cell)
      const sheet = { name: 'S', rows: [HEADER, ...rows].map((cells, i) => rowXml(i + 1, cells.map(cellOf))) }
      const read = await readAll(await workbookBytes({ sheets: [sheet], ...(shared && { strings }) }))
      // What XML has no sign for is none in a cell either, and a cell without text is no cell.
      expect(read.map(cells => HEADER.map((_, i) => cells[i] ?? ''))).toEqual(rows.filter(hasText))
    }),
    times(60),
  )
})

const HEADER = ['fone', 'nome', 'obs']

/** Without what a text file may not hold: NUL, half characters, and a byte order mark in the middle. */
const cell = fc
  .string({ unit: 'grapheme', maxLength: 20 })
  .map(text =>
    text.replaceAll(/(?![\n\r\t])[\p{Cc}\ufeff\ufffe\uffff]|_x[0-9a-f]{4}_/giu, '').replaceAll(/\r\n?/g, '\n'),
  )
const tables = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 12 }).filter(rows => rows.some(hasText))

function hasText(cells: readonly string[]): boolean {
  return cells.some(cell => cell.trim() !== '')
}

/** There and back. */
function there(text: string, page: CodePage): string {
  return decodeCodePage(encodeCodePage(text, page), page)
}

/** With a shared text, an own one, a number, a date and a formula. */
const BOOK: Workbook = {
  styles: [0, 14],
  strings: ['telefone', 'nome', 'João “Zé”', 'data_cadastro', '<si><r><t>Ri</t></r><r><t>co</t></r></si>'],
  sheets: [
    {
      name: 'Base',
      rows: [
        rowXml(
          1,
          [0, 1, 3].map(index => ({ t: 's', v: `<v>${index}</v>` })),
        ),
        ...Array.from({ length: 20 }, (_, i) =>
          rowXml(i + 2, [
            i % 2 ? 11_987_654_300 + i : escaped(`(11) 98765-43${10 + i}`),
            { t: 's', v: `<v>${2 + 2 * (i % 2)}</v>` },
            { s: 1, v: `<f>TODAY()</f><v>${46_350 - (i % 9)}</v>` },
          ]),
        ),
      ],
    },
    { name: 'Vazia', rows: '' },
  ],
}

type Case = Buffer | { name: string; steps: Parameters<typeof mutate>[1] }

async function fuzz(runs: number, cases: fc.Arbitrary<Case>) {
  await fc.assert(
    fc.asyncProperty(cases, async made => {
      const bytes = Buffer.isBuffer(made) ? made : await withPart(made)
      const file = join(folder, 'list.csv')
      writeFileSync(file, bytes)
      const startedAt = performance.now()
      const result = await importAs(db, scene, { file, rejects, overwrite: true, again: true }).catch(error => error)
      expect(performance.now() - startedAt).toBeLessThan(HANG_MS)
      const { rows } = await db.pool.query<{
        campaigns: number
        counted: number | null
        leads: number
        refused: number
      }>(
        `SELECT count(DISTINCT c.id)::int AS campaigns, max(c.rows) AS counted, count(l.id)::int AS leads,
                count(l.id) FILTER (WHERE l.status = 'ERROR')::int AS refused
         FROM "Campaign" c LEFT JOIN "CampaignLead" l ON l.campaign_id = c.id`,
      )
      const left = readdirSync(folder).filter(name => name !== 'list.csv')
      if (result instanceof Error) {
        if (!(result instanceof CampError)) throw result
        expect(['DATA', 'STATE']).toContain(result.kind)
        expect(result.hint).toMatch(/\w/)
        expect([rows[0], left]).toEqual([{ campaigns: 0, counted: null, leads: 0, refused: 0 }, []])
        return
      }
      const refused = Object.values((result as ImportResult).errors).reduce((sum, n) => sum + n, 0)
      expect(rows[0]).toEqual({ campaigns: 1, counted: result.rows, leads: result.rows, refused })
      expect(result.pending + refused).toBe(result.rows)
      expect([left, result.rejects?.rows]).toEqual([['rejects.csv'], refused])
      rmSync(rejects)
      await db.pool.query(`DELETE FROM "CampaignLead"; DELETE FROM "Campaign"`)
    }),
    times(runs),
  )
}

async function withPart({ name, steps }: Exclude<Case, Buffer>): Promise<Buffer> {
  const part = await partOf(name)
  return workbookBytes({ ...BOOK, parts: { [name]: mutate(part, steps) } })
}

async function partOf(name: string): Promise<Buffer> {
  const { openArchive } = await import('../../../src/tabular/xlsx/archive.ts')
  const file = join(folder, 'list.csv')
  writeFileSync(file, book)
  const archive = await openArchive(file, 'book.xlsx')
  const chunks: Buffer[] = []
  for await (const chunk of archive.read(name, signal)) chunks.push(chunk)
  archive.close()
  return Buffer.concat(chunks)
}

/** The rows behind the header, as they come out of the file. */
async function readAll(bytes: Buffer, encoding: Encoding | null = null): Promise<string[][]> {
  const file = join(folder, 'table')
  writeFileSync(file, bytes)
  const source = await inspectFile(file, { encoding, delimiter: null, sheet: null, signal })
  const records = await openRecords(source, signal)
  expect(records.header).toEqual(HEADER)
  const rows: string[][] = []
  for await (const some of records.rows) rows.push(...some.map(row => row.cells))
  rmSync(file)
  return rows
}
