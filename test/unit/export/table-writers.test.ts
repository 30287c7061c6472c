import { execFileSync } from 'node:child_process'
import { createWriteStream, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { writeTable } from '../../../src/export/table-file.ts'
import type { CellValue, TableColumn } from '../../../src/tabular/write/cells.ts'
import { openCsv } from '../../../src/tabular/write/csv-writer.ts'
import { openXlsx } from '../../../src/tabular/write/xlsx-writer.ts'
import { scratchFolder } from '../../support/scratch.ts'
import { readTable } from '../../support/xlsx-read.ts'

const timezone = 'America/Sao_Paulo'
const COLUMNS: readonly TableColumn[] = [
  { title: 'nome', kind: 'text' },
  { title: 'telefone', kind: 'digits' },
  { title: 'linhas', kind: 'count' },
  { title: 'gasto', kind: 'money' },
  { title: 'lidas', kind: 'share' },
  { title: 'em', kind: 'time' },
]
const AT = new Date('2026-11-30T17:16:18.427Z')
const ROWS: CellValue[][] = [
  ['Ana; "A"', '5511987654321', 1148, '38.0700', 0.946, AT],
  ['=HYPERLINK("x")', '01234567890', 0, '-0.0450', null, null],
]

let folder: string
beforeAll(() => {
  folder = scratchFolder('table')
})

async function csv(form: 'excel' | 'plain'): Promise<string> {
  let written = ''
  const write = async (text: string) => {
    written += text
  }
  const writer = await openCsv(COLUMNS, write, { form, timezone })
  await writer.add(ROWS)
  await writer.end()
  return written
}

describe('a CSV file', () => {
  it('is for Excel in Portuguese: every digit stays, and nothing is calculated', async () => {
    expect(await csv('excel')).toBe(
      '\ufeffnome;telefone;linhas;gasto;lidas;em\r\n' +
        `"Ana; ""A""";'5511987654321;1148;38,0700;0,946;30/11/2026 14:16:18\r\n` +
        `"'=HYPERLINK(""x"")";'01234567890;0;-0,0450;;\r\n`,
    )
  })

  it('is plain for programs', async () => {
    expect(await csv('plain')).toBe(
      'nome,telefone,linhas,gasto,lidas,em\n' +
        '"Ana; ""A""",5511987654321,1148,38.0700,0.946,2026-11-30T17:16:18.427Z\n' +
        `"'=HYPERLINK(""x"")",01234567890,0,-0.0450,,\n`,
    )
  })
})

describe('a workbook', () => {
  const strange: CellValue[] = ['a<b>&"c"\n_x0041_\u0001\ud800 ', '55', null, null, null, null]

  async function write(name: string, rows: CellValue[][], maxRows?: number): Promise<string> {
    const file = join(folder, name)
    const options = { sheet: 'leads', timezone, ...(maxRows && { maxRows }) }
    const writer = await openXlsx(COLUMNS, createWriteStream(file), options)
    await writer.add(rows)
    await writer.end()
    return file
  }

  it('is read back with its texts, digits, numbers and local times', async () => {
    const file = await write('types.xlsx', [...ROWS, strange])
    const rows = await readTable(file)
    expect(rows[1]).toEqual(['Ana; "A"', '5511987654321', '1.148', 'R$ 38,07', '94,6%', '30/11/2026 14:16:18'])
    expect(rows[2]!.slice(0, 4)).toEqual(['=HYPERLINK("x")', '01234567890', '0', '-R$ 0,045'])
    expect(rows[3]![0]).toBe('a<b>&"c"\n_x0041_\u0001\ufffd ')
    expect(() => execFileSync('unzip', ['-tq', file])).not.toThrow()
  })

  it('has numbers as numbers, and texts that look like formulas as texts', async () => {
    const file = await write('cells.xlsx', ROWS)
    const sheet = execFileSync('unzip', ['-p', file, 'xl/worksheets/sheet1.xml'], { encoding: 'utf8' })
    expect(sheet).toContain('<c r="D2" s="3"><v>38.0700</v></c>')
    expect(sheet).toContain('<c r="A3" s="1" t="inlineStr">')
    expect(sheet).not.toContain('<f>')
  })

  it('continues on another sheet at the limit, with the same header', async () => {
    const rows = Array.from({ length: 7 }, (_, i): CellValue[] => [`n${i}`, null, i, null, null, null])
    const file = await write('sheets.xlsx', rows, 4)
    const named = async (sheet: string) => (await readTable(file, sheet)).map(row => row[0])
    expect(await named('leads')).toEqual(['nome', 'n0', 'n1', 'n2'])
    expect(await named('leads 2')).toEqual(['nome', 'n3', 'n4', 'n5'])
    expect(await named('leads 3')).toEqual(['nome', 'n6'])
  })
})

describe('a table in a file', () => {
  const target = (file: string) => ({ file, type: 'excel' as const, overwrite: false, timezone, sheet: 'x' })
  async function* pages() {
    yield ROWS
  }

  it('is private, and replaces nothing without --overwrite', async () => {
    const file = join(folder, 'private.csv')
    expect(await writeTable(target(file), COLUMNS, pages())).toBe(2)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const again = writeTable(target(file), COLUMNS, pages())
    await expect(again).rejects.toMatchObject({ code: 'FILE_EXISTS', hint: expect.stringContaining('--csv') })
    expect(await writeTable({ ...target(file), overwrite: true, type: 'xlsx' }, COLUMNS, pages())).toBe(2)
    expect((await readFile(file)).subarray(0, 2).toString()).toBe('PK')
  })

  it.each(['excel', 'xlsx'] as const)('is not there after an error: %s', async type => {
    const file = join(folder, `half-${type}.csv`)
    const broken = async function* () {
      yield ROWS
      throw new Error('the database is gone')
    }
    await expect(writeTable({ ...target(file), type }, COLUMNS, broken())).rejects.toThrow('the database is gone')
    await expect(readFile(file)).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
