import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { addToBlocklist } from '../../../src/blocklist/blocklist.ts'
import { importedFile, writeRejectsAgain } from '../../../src/intake/rejects-again.ts'
import type { ImportRequest } from '../../../src/intake/request.ts'
import { useDatabase } from '../../support/database.ts'
import { failure, intakeOn } from '../../support/intake.ts'

const db = useDatabase()
const { folder, run, write, scene } = intakeOn(db)
let files = 0

const again = async (campaign: string, file: string, { overwrite = false, rejects = newFile() } = {}) =>
  writeRejectsAgain(
    { pool: db.pool, signal: new AbortController().signal, timezone: 'America/Sao_Paulo' },
    await importedFile(db.pool, campaign),
    file,
    { file: rejects, overwrite },
  )

const newFile = () => join(folder, `again-${++files}.csv`)

beforeAll(() => db.pool.query(`UPDATE "Broker" SET adapter = 'SANDBOX' WHERE id = $1`, [scene().brokerId]))

const PHONES = [
  'nome;cpf;telefone1;telefone2;telefone3;data_cadastro',
  'Ana;529.982.247-25;123;11 98765-4321;11 3222-1111;',
  'Caio;;;;;',
  'Davi;;92 98765-4300;11 98765-4321;8765-4321;',
  'Eva;;11 98765-4399;;;01/01/2020',
  'Edu;;11 98765-4398;;;;;too many',
].join('\n')

describe('rejects written again', () => {
  test.each<[string, string | Buffer, Partial<ImportRequest>]>([
    ['of several phones of a row', PHONES, { allPhones: true }],
    ['of the first phone of a row', PHONES, { staleDays: 30 }],
    ['of repaired phones', 'fone;nome\n1187654321;Ana\n12;Bia\n', { repairNinthDigit: true }],
    [
      'of mapped columns below a title',
      'Lista\n\nA;B\n123;Ana\n11987654321;Bia\n',
      { map: { phone: ['A'] }, headerRow: 3 },
    ],
    ['of an empty variable', 'fone;nome\n11987654321;\n11987654322;Bia\n', { message: 'Olá {{nome}}' }],
    ['of texts by row', 'fone;mensagem\n11987654321;\n11987654322;Oi\n', { message: null }],
    ['of windows-1252', Buffer.from('fone;nome\r\n12;Jos\xe9\r\n11987654322;Bia\r\n', 'latin1'), {}],
    ['of a gzip', gzipSync('fone;nome\n12;=Ana\n11987654322;Bia\n'), {}],
    ['of a file without any', 'fone;nome\n11987654322;Bia\n', {}],
  ])('%s are those of the import, byte by byte', async (_, content, options) => {
    const [file, rejects] = [join(folder, `file-of-${++files}`), newFile()]
    writeFileSync(file, content)
    const made = await run({ file, rejects, ...options })
    const written = await again(made.id!, file)
    expect(written).toEqual({ file: written.file, rows: made.rejects!.rows, erased: 0 })
    expect(readFileSync(written.file)).toEqual(readFileSync(rejects))
    expect(statSync(written.file).mode & 0o777).toBe(0o600)
  })

  test('of thousands of rows keep their order', async () => {
    const rows = Array.from({ length: 12_000 }, (_, i) => (i % 2 ? `${i};x` : `1198${1_000_000 + i};y`))
    const [file, rejects] = [write(`fone;nome\n${rows.join('\n')}\n`), newFile()]
    const made = await run({ file, rejects })
    expect(made.rejects!.rows).toBe(6_000)
    expect(readFileSync((await again(made.id!, file)).file)).toEqual(readFileSync(rejects))
  })

  test('are what the import refused, not what the blocklist of today would', async () => {
    const block = (phone: string, documents: string[] = []) =>
      addToBlocklist(db.pool, { phones: [phone], documents, reason: null, source: 'manual', purpose: null })
    await block('5511987654321', ['52998224725'])
    const [file, rejects] = [write('fone;cpf\n11987654321;\n11987654322;529.982.247-25\n11987654323;\n'), newFile()]
    const made = await run({ file, rejects })
    await db.pool.query('TRUNCATE "Blocklist"')
    await block('5511987654323')
    const text = readFileSync((await again(made.id!, file)).file, 'utf8')
    expect(text).toBe(readFileSync(rejects, 'utf8'))
    expect(text).toContain('11987654321;;2;fone;BLOCKLISTED;its phone')
    expect(text).toContain('11987654322;529.982.247-25;3;cpf;BLOCKLISTED;its document')
  })

  test('leave out the rows of a person whose data was erased', async () => {
    const file = write('fone;nome\n12;Ana\n13;Bia\n')
    const made = await run({ file })
    await db.pool.query(
      `UPDATE "CampaignLead" SET phone = 'erased', error_message = NULL, erased_at = now() WHERE phone = '12'`,
    )
    const written = await again(made.id!, file)
    expect(written).toMatchObject({ rows: 1, erased: 1 })
    const text = readFileSync(written.file, 'utf8')
    expect(text).toContain('13;Bia;3;fone;INVALID_PHONE')
    expect(text).not.toContain('Ana')
  })

  test('are not written from another file, over a file, or without the options of the import', async () => {
    const file = write('fone;nome\n12;Ana\n')
    const made = await run({ file })
    const refused = newFile()
    expect(await failure(again(made.id!, write('fone;nome\n12;Ane\n'), { rejects: refused }))).toMatchObject({
      code: 'FILE_DIFFERS',
      hint: expect.stringContaining(made.source.sha256),
    })
    expect(() => statSync(refused)).toThrow('ENOENT')
    writeFileSync(refused, 'mine')
    expect(await failure(again(made.id!, file, { rejects: refused }))).toMatchObject({ code: 'FILE_EXISTS' })
    expect(await failure(again(made.id!, file, { rejects: file, overwrite: true }))).toMatchObject({
      code: 'OPTIONS_CONFLICT',
    })
    await again(made.id!, file, { rejects: refused, overwrite: true })
    expect(readFileSync(refused, 'utf8')).toContain('INVALID_PHONE')
    await db.pool.query(`UPDATE "CampaignLead" SET source_line = 7`)
    expect(await failure(again(made.id!, file))).toMatchObject({ code: 'REJECTS_UNAVAILABLE' })
    await db.pool.query(`UPDATE "Campaign" SET file_options = NULL`)
    expect(await failure(again(made.id!, file))).toMatchObject({ code: 'REJECTS_UNAVAILABLE' })
  })
})
