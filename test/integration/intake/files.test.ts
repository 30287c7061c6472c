import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { encode } from '../../../src/tabular/encoding.ts'
import { useDatabase } from '../../support/database.ts'
import { makeScene, type Scene } from '../../support/fixtures.ts'
import { importAs } from '../../support/import-request.ts'
import { mailing, mailingFile } from '../../support/mailing.ts'
import { scratchFolder } from '../../support/scratch.ts'
import { emptied } from '../../support/tampering.ts'
import { rowXml, workbookBytes } from '../../support/xlsx.ts'

const db = useDatabase()
const folder = scratchFolder('files')
let scene: Scene
beforeAll(async () => {
  scene = await makeScene(db.pool)
})
beforeEach(async () => {
  await emptied(db.pool, '"Campaign", "CampaignLead", "AuditEvent"')
})

describe('of a workbook with several sheets', () => {
  const list = [rowXml(1, ['telefone', 'nome']), rowXml(2, ['11987654321', 'Ana'])]

  test('the others with rows are warned of', async () => {
    const sheets = [
      { name: 'Outubro', rows: list },
      { name: 'Novembro', rows: list },
    ]
    const made = await importAs(db, scene, { file: write('months.xlsx', await workbookBytes({ sheets })) })
    expect(made).toMatchObject({ rows: 1, warnings: { OTHER_SHEET: 1 } })
    expect(made.source.otherSheets).toEqual([{ name: 'Novembro', hidden: false }])
  })

  test.each([
    ['a cover with a title', rowXml(1, ['Relatório']), /line 1: no column with phones was found/],
    ['a header without rows', list[0]!, /is empty: it has no row of data/],
    ['a list of others', rowXml(1, ['telefone']) + rowXml(2, ['11987654321']), /there is no column "nome"/],
  ])('where the first is %s, the error names them', async (_, rows, message) => {
    const sheets = [
      { name: 'Capa', rows },
      { name: 'Base', rows: list },
      { name: 'Antiga', state: 'hidden', rows: list },
    ] as const
    const file = write('cover.xlsx', await workbookBytes({ sheets }))
    await expect(importAs(db, scene, { file, message: 'Olá {{nome}}' })).rejects.toMatchObject({
      kind: 'DATA',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(
        /The sheet "Capa" was read; others with rows: Base, Antiga \(hidden\)\. Name one with --sheet\.$/,
      ),
    })
  })
})

describe('one mailing in each format', () => {
  const { bytes, facts } = mailingFile(2_000)
  const rows = [...mailing(2_000)].map(({ cells }, i) => rowXml(i + 1, cells))

  test.each([
    ['list.csv.gz', () => gzipSync(bytes), 'csv.gz'],
    ['list.xlsx', () => workbookBytes({ sheets: [{ name: 'Plan1', rows }] }), 'xlsx'],
  ])('%s gives the leads that the CSV gives', async (name, make, format) => {
    const plain = await importAs(db, scene, { file: write('list.csv', bytes) })
    const other = await importAs(db, scene, { file: write(name, await make()), again: true })
    expect(other.source.format).toBe(format)
    expect(other).toMatchObject({
      rows: facts.rows,
      pending: facts.pending,
      errors: plain.errors,
      warnings: plain.warnings,
    })
    // The mailing's remarks have line breaks: a sheet's row is one row anyway.
    const [leads, others] = [await leadsOf(plain.id!), await leadsOf(other.id!)]
    expect(others.map(lead => lead.source_line)).toEqual(
      Array.from({ length: facts.rows }, (_, i) => (format === 'xlsx' ? i + 2 : leads[i]!.source_line)),
    )
    const reason = ({ error_message }: LeadRow) => String(error_message).replace(/^line \d+ /, 'another line ')
    const values = (lead: LeadRow) => ({ ...lead, seq: 0, source_line: 0, error_message: reason(lead) })
    expect(others.map(values)).toEqual(leads.map(values))
  })

  test('a gzip of a file that was imported is that file', async () => {
    await importAs(db, scene, { file: write('list.csv', bytes) })
    await expect(importAs(db, scene, { file: write('again.csv.gz', gzipSync(bytes)) })).rejects.toMatchObject({
      code: 'FILE_IMPORTED_BEFORE',
    })
  })
})

test('a workbook’s numbers and days are understood: phones as numbers, documents without zeros, data_cadastro as a date', async () => {
  const day = (serial: number) => ({ s: 1, v: `<v>${serial}</v>` })
  const file = write(
    'numbers.xlsx',
    await workbookBytes({
      styles: [0, 14],
      sheets: [
        {
          name: 'Base',
          rows: [
            rowXml(1, ['telefone', 'cpf', 'data_cadastro', 'valor']),
            rowXml(2, [11987654321, 191, day(46350), 10.5]),
            rowXml(4, [{ v: '<v>5.5119876543220004E+12</v>' }, 52998224725, day(46343.75), '']),
            rowXml(5, [11987654323, undefined, day(46342), 0]),
            rowXml(6, [{ v: '<v>1.1987654321000001E+19</v>' }, undefined, '24/11/2026', 0]),
          ],
        },
      ],
    }),
  )
  const made = await importAs(db, scene, { file, message: 'Olá' })
  const leads = await leadsOf(made.id!)
  expect(leads).toMatchObject([
    {
      source_line: 2,
      phone: '5511987654321',
      cpf_cnpj: '00000000191',
      status: 'PENDING',
      variables: { valor: '10,5', data_cadastro: '24/11/2026' },
    },
    {
      source_line: 4,
      phone: '5511987654322',
      cpf_cnpj: '52998224725',
      status: 'PENDING',
      variables: { data_cadastro: '17/11/2026 18:00' },
    },
    { source_line: 5, error_code: 'STALE', error_message: 'registered on 16/11/2026, more than 7 days ago' },
    { source_line: 6, phone: '11987654321000001000', error_code: 'INVALID_PHONE' },
  ])
})

describe('rejects', () => {
  test('of a workbook are a CSV that Brazilian Excel opens, and that comes back', async () => {
    const rows = [
      rowXml(1, ['telefone', 'nome', 'obs']),
      rowXml(3, [1198765432, 'José', 'a;"b"\nc']),
      rowXml(4, ['11987654321', 'Ana']),
    ]
    const file = write('book.xlsx', await workbookBytes({ sheets: [{ name: 'Base', rows }] }))
    const rejects = join(folder, 'book-rejects.csv')
    expect((await importAs(db, scene, { file, rejects })).rejects).toEqual({ file: rejects, rows: 1 })
    const text = readFileSync(rejects, 'utf8')
    expect(text).toMatch(
      /^\ufefftelefone;nome;obs;linha;coluna;motivo;detalhe\r\n1198765432;José;"a;""b""\nc";3;telefone;INVALID_PHONE;.*\r\n$/,
    )
    const corrected = write('corrected.csv', text.replace('1198765432;', '11987654320;'))
    const again = await importAs(db, scene, { file: corrected })
    expect(await leadsOf(again.id!)).toMatchObject([
      { phone: '5511987654320', nome: 'José', variables: { obs: 'a;"b"\nc' } },
    ])
  })

  test('of a gzip are plain text in the encoding of what it holds', async () => {
    const file = write('list.csv.gz', gzipSync(encode('fone,nome\r\n12,José\r\n', 'utf-16le')))
    const rejects = join(folder, 'gz-rejects.csv')
    await importAs(db, scene, { file, rejects })
    expect(readFileSync(rejects).toString('utf16le')).toMatch(
      /^fone,nome,linha,coluna,motivo,detalhe\r\n12,José,2,fone,INVALID_PHONE,/,
    )
    expect(() => gunzipSync(readFileSync(rejects))).toThrow()
  })

  test('of a file with a line "sep=" have it too; lines are the file’s own', async () => {
    const file = write('sep.csv', 'sep=|\nfone|a;b;c\n12|x\n11987654321|y\n')
    const rejects = join(folder, 'sep-rejects.csv')
    const made = await importAs(db, scene, { file, rejects })
    expect((await leadsOf(made.id!)).map(lead => lead.source_line)).toEqual([3, 4])
    const text = readFileSync(rejects, 'utf8')
    expect(text.split('\n').slice(0, 2)).toEqual(['sep=|', 'fone|a;b;c|linha|coluna|motivo|detalhe'])
    const again = await importAs(db, scene, { file: write('sep2.csv', text.replace('12|', '11987654320|')) })
    expect(again).toMatchObject({ rows: 1, pending: 1, columns: { headers: ['fone', 'a;b;c'] } })
  })
})

test('an error about the header says on which line it stands', async () => {
  await expect(importAs(db, scene, { file: write('late.csv', 'sep=;\n\nnome;cpf\nAna;1\n') })).rejects.toMatchObject({
    message: 'late.csv, line 3: no column with phones was found',
  })
})

test('headers that come twice or have no name, separators behind the last, and all kinds of line breaks', async () => {
  const text = 'fone;obs;;obs;;\r\n11987654321;a;b;c;;\n\r;;;\r11987654322;;;d\r\n\r\n11987654323;e;f;g;;;;\n'
  const made = await importAs(db, scene, { file: write('odd.csv', text) })
  expect(
    (await leadsOf(made.id!)).map(({ source_line, error_code, variables }) => [source_line, error_code, variables]),
  ).toEqual([
    [2, null, { obs: 'a', coluna_3: 'b', obs_2: 'c' }],
    [5, null, { obs: '', coluna_3: '', obs_2: 'd' }],
    [7, null, { obs: 'e', coluna_3: 'f', obs_2: 'g' }],
  ])
})

function write(name: string, bytes: Buffer | string): string {
  const file = join(folder, name)
  writeFileSync(file, bytes)
  return file
}

interface LeadRow {
  source_line: number
  phone: string
  error_code: string | null
  variables: Record<string, string> | null
  [column: string]: unknown
}

/** In the file's order. */
async function leadsOf(campaignId: string): Promise<LeadRow[]> {
  const { rows } = await db.pool.query<LeadRow>(
    `SELECT seq, source_line, phone, nome, cpf_cnpj, idcob_contrato, custom_message, variables, status, error_code, error_message
     FROM "CampaignLead" WHERE campaign_id = $1 ORDER BY source_line`,
    [campaignId],
  )
  return rows
}
