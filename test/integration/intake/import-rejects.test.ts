import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { addToBlocklist } from '../../../src/blocklist/blocklist.ts'
import { encodeCodePage } from '../../../src/tabular/code-page.ts'
import { useDatabase } from '../../support/database.ts'
import { failure, intakeOn } from '../../support/intake.ts'

const db = useDatabase()
const { folder, run, write, leadsOf } = intakeOn(db)

describe('rejects', () => {
  test('come back in the original’s encoding, and are imported again once corrected', async () => {
    const bytes = Buffer.from(
      'telefone;nome;obs\r\n123;Jos\xe9 \x93Z\xe9\x94;"a;b"\r\n11987654321;Ana;\r\n11987654321;Ana;;x\r\n',
      'latin1',
    )
    const file = join(folder, 'original.csv')
    writeFileSync(file, bytes)
    const rejects = join(folder, 'rejects.csv')
    expect((await run({ file, rejects })).rejects).toEqual({ file: rejects, rows: 2 })
    const written = readFileSync(rejects).toString('latin1')
    expect(written.split('\r\n')).toEqual([
      'telefone;nome;obs;linha;coluna;motivo;detalhe',
      '123;Jos\xe9 \x93Z\xe9\x94;"a;b";2;telefone;INVALID_PHONE;"""123"": 3 digits are too few: an area code and 8 or 9 digits are needed"',
      '11987654321;Ana;;4;coluna_4;BAD_ROW;4 cells for 3 columns, extra cells: x',
      '',
    ])
    const corrected = join(folder, 'corrected.csv')
    writeFileSync(corrected, written.replace('123;', '11987654300;'), 'latin1')
    const again = await run({ file: corrected })
    expect(again).toMatchObject({ rows: 2, pending: 2 })
    expect((await leadsOf(again.id!))[0]).toMatchObject({ nome: 'José “Zé”', variables: { obs: 'a;b' } })
  })

  test.each(['cp850', 'cp860', 'macintosh'] as const)(
    'of a file in %s are UTF-8 with byte order mark, and read right again',
    async page => {
      const file = join(folder, `original-${page}.csv`)
      writeFileSync(
        file,
        encodeCodePage(`nome;telefone\nJOÃO;119\nJOSÉ;11987650002\nÂngela Conceição;1198765${page.length}003\n`, page),
      )
      const rejects = join(folder, `rejects-${page}.csv`)
      expect((await run({ file, rejects })).source.encoding).toBe(page)
      const written = readFileSync(rejects, 'utf8')
      expect(written).toMatch(/^\ufeffnome;telefone;linha;coluna;motivo;detalhe\nJOÃO;119;2;/)
      const text = written.replace('JOÃO;119', `JOÃO;1198765${page.length}001`)
      writeFileSync(rejects, text)
      const again = await run({ file: rejects })
      expect((await leadsOf(again.id!))[0]).toMatchObject({ nome: 'JOÃO' })
    },
  )

  test('of a UTF-16 file parted by tabs are one too', async () => {
    const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')
    const file = join(folder, 'utf16.txt')
    writeFileSync(file, utf16('Telefone\tNome\r\n123\t“Zé” João\r\n11987654321\tAna\r\n'))
    const rejects = join(folder, 'utf16-rejects.txt')
    await run({ file, rejects })
    const written = readFileSync(rejects)
    expect(written.subarray(0, 2)).toEqual(Buffer.from([0xff, 0xfe]))
    writeFileSync(rejects, utf16(written.toString('utf16le').slice(1).replace('123\t', '11987654300\t')))
    const again = await run({ file: rejects })
    expect(again.source).toMatchObject({ encoding: 'utf-16le', delimiter: '\t', lineBreak: '\r\n' })
    expect(await leadsOf(again.id!)).toMatchObject([{ phone: '5511987654300', nome: '“Zé” João', variables: null }])
  })

  test('name the column at fault, under every rule', async () => {
    await addToBlocklist(db.pool, {
      phones: [],
      documents: ['52998224725'],
      reason: null,
      source: 'manual',
      purpose: null,
    })
    const rejects = join(folder, 'columns.csv')
    const row = 'nome;cpf;data_cadastro;cidade;telefone1;telefone2'
    await run({
      text: [
        row,
        'a;;;;11987654301;',
        'b;;;x;123;456',
        'c;;;x;;',
        'd;;31/02/2026;x;11987654302;',
        'e;;;x;123;11987654303',
        'f;;;x;11987654303;',
        'g;529.982.247-25;;x;11987654304;',
      ].join('\n'),
      message: 'Olá de {{cidade}}',
      rejects,
    })
    const [header, ...lines] = readFileSync(rejects, 'utf8').trimEnd().split('\n')
    expect(header).toBe(`${row};linha;coluna;motivo;detalhe`)
    expect(lines.map(line => line.split(';').slice(6, 9))).toEqual([
      ['2', 'cidade', 'MISSING_VARIABLE'],
      ['3', 'telefone1', 'INVALID_PHONE'],
      ['4', 'telefone1', 'INVALID_PHONE'],
      ['5', 'data_cadastro', 'STALE'],
      ['7', 'telefone1', 'DUPLICATE'],
      ['8', 'cpf', 'BLOCKLISTED'],
    ])
    expect(lines[1]).toContain('telefone1 ""123"": 3 digits are too few')
    expect(lines[1]).toContain('telefone2 ""456"": 3 digits are too few')
    expect(lines[4]).toContain('line 6 has the same phone')
  })

  test('may not be the file itself', async () => {
    const file = write('fone\n123\n')
    expect(await failure(run({ file, rejects: file }))).toMatchObject({ code: 'OPTIONS_CONFLICT' })
  })
})
