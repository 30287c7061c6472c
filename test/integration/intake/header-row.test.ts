import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { useDatabase } from '../../support/database.ts'
import { failure, intakeOn } from '../../support/intake.ts'
import { rowXml, writeWorkbook } from '../../support/xlsx.ts'

const db = useDatabase()
const { folder, run, write } = intakeOn(db)

const TITLE = 'Cobrança Forte Ltda, São Paulo - Relatório\nEmitido em 28/11/2026, 09:00\n\n'

describe('rows above the header', () => {
  test('are left out; lines stay those of the file, and the rejects come back', async () => {
    const file = write(`${TITLE}Nome;Telefone;Obs\nAna;11987654321;a, b\nBia;123;c, d\n`)
    const rejects = join(folder, 'title-rejects.csv')
    const first = await run({ file, rejects })
    expect(first).toMatchObject({ headerLine: 4, rowsAbove: 2, rows: 2, pending: 1, source: { delimiter: ';' } })
    expect(first.refusedLines).toEqual({ INVALID_PHONE: [6] })
    const text = readFileSync(rejects, 'utf8')
    expect(text).toMatch(/^Nome;Telefone;Obs;linha;coluna;motivo;detalhe\nBia;123;"?c, d"?;6;Telefone;INVALID_PHONE;/)
    const again = await run({ file: write(text.replace('Bia;123', 'Bia;11987654322')) })
    expect(again).toMatchObject({ headerLine: 1, rowsAbove: 0, rows: 1, pending: 1 })
  })

  test('with a title that names phones', async () => {
    const file = write('Lista de telefones\nCPF;Telefone\n52998224725;11987650001\n')
    expect(await run({ file })).toMatchObject({ headerLine: 2, rowsAbove: 1, pending: 1 })
  })

  test('by a name that --map gives', async () => {
    const file = write('Relatório\nquem;onde\nAna;11987650002\n')
    expect(await run({ file, map: { phone: ['onde'] } })).toMatchObject({ headerLine: 2, pending: 1 })
  })

  test('are none where the first row is the header, even if one below it names columns', async () => {
    const file = write('telefone;obs\n11987650003;x\ntelefone;nome\n11987650004;cpf\n')
    expect(await run({ file })).toMatchObject({ headerLine: 1, rowsAbove: 0, rows: 3 })
  })

  test('with --header-row; a line without a row is an error', async () => {
    const file = write('telefone;nome\nfone;quem\n11987650005;Ana\n')
    expect(await run({ file, headerRow: 2 })).toMatchObject({ headerLine: 2, rowsAbove: 1, rows: 1 })
    for (const headerRow of [9, 3_000]) {
      const error = await failure(run({ file, headerRow, again: true }))
      expect(error).toMatchObject({ code: 'HEADER_ROW_EMPTY', message: expect.stringContaining(`line ${headerRow}`) })
    }
  })

  test('of a workbook', async () => {
    const rows: [number, string[]][] = [
      [1, ['Cobrança Forte Ltda']],
      [4, ['Nome', 'Telefone']],
      [5, ['Ana', '11987650006']],
    ]
    const xml = rows.map(([row, cells]) => rowXml(row, cells)).join('')
    const file = join(folder, 'title.xlsx')
    await writeWorkbook(file, { sheets: [{ name: 'Plan1', rows: xml }] })
    expect(await run({ file })).toMatchObject({ headerLine: 4, rowsAbove: 1, rows: 1, pending: 1 })
  })
})
