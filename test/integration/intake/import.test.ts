import { randomFillSync } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addToBlocklist } from '../../../src/blocklist/blocklist.ts'
import { isUnreachable } from '../../../src/database/pool.ts'
import type { CampError } from '../../../src/errors.ts'
import { importCampaign } from '../../../src/intake/import.ts'
import type { ImportRequest } from '../../../src/intake/request.ts'
import { REGIONS, regionOf, zoneOf } from '../../../src/lead/zones.ts'
import { useDatabase } from '../../support/database.ts'
import { makeScene, type Scene } from '../../support/fixtures.ts'
import { importRequest } from '../../support/import-request.ts'
import { mailingFile } from '../../support/mailing.ts'

const db = useDatabase()
const NOW = new Date('2026-11-24T15:00:00Z')
const folder = mkdtempSync(join(tmpdir(), 'camp-import-'))
let scene: Scene

beforeAll(async () => {
  scene = await makeScene(db.pool)
})
beforeEach(async () => {
  await db.pool.query(`TRUNCATE "Campaign", "CampaignLead", "Fish", "Blocklist", "AuditEvent" CASCADE`)
})

describe('every row becomes a lead', () => {
  test('the demo mailing: counts, zones, and the same from a dry run, which writes nothing', async () => {
    const { facts } = mailingFile(10_000)
    const planned = await run({ file: 'fixtures/demo/mailing.csv', dryRun: true })
    expect(await countOf('Campaign')).toBe(0)
    expect(await countOf('CampaignLead')).toBe(0)
    const made = await run({ file: 'fixtures/demo/mailing.csv' })
    expect(made).toMatchObject({
      rows: 10_000,
      pending: facts.pending,
      errors: { INVALID_PHONE: facts.INVALID_PHONE, DUPLICATE: facts.DUPLICATE },
      warnings: { BAD_DOCUMENT: facts.BAD_DOCUMENT },
    })
    const { id: _, agendamentoId: __, createdAt: ___, ...same } = made
    expect(planned).toMatchObject(same)
    expect(made.cost.ceiling).toBe((facts.pending * 0.045).toFixed(4))

    const leads = await leadsOf(made.id!)
    expect(leads).toHaveLength(10_000)
    const regions = leads.filter(lead => lead.status === 'PENDING').map(lead => REGIONS.indexOf(regionOf(lead.phone)!))
    expect(regions).toEqual([...regions].sort((a, b) => a - b))
    expect(new Set(regions).size).toBe(REGIONS.length)
    expect(leads.find(lead => lead.source_line === 2)).toMatchObject({
      phone: '5511900000001',
      nome: 'Tânia Sant’Anna',
    })
  })

  test('keeps names, documents, contracts, other columns, and the line on which each record begins', async () => {
    const made = await run({
      text: 'Celular;Cliente;Documento;Nº Contrato;Cidade;Obs\n11987654321;Zoé;191;C-1;Cuiabá;"a\n\tb\\"\n\n(55) 99999-8888;;x;;;\n',
      map: { idcob_contrato: ['Nº Contrato'] },
      message: 'Olá',
    })
    expect(await leadsOf(made.id!)).toMatchObject([
      {
        source_line: 2,
        phone: '5511987654321',
        nome: 'Zoé',
        cpf_cnpj: '00000000191',
        idcob_contrato: 'C-1',
        variables: { Cidade: 'Cuiabá', Obs: 'a\n\tb\\' },
      },
      { source_line: 5, phone: '5555999998888', nome: null, cpf_cnpj: null, variables: { Cidade: '', Obs: '' } },
    ])
  })
})

test('refuses by the first rule that a row breaks', async () => {
  await addToBlocklist(db.pool, {
    phones: ['5511911111111'],
    documents: ['52998224725'],
    reason: null,
    source: 'manual',
    purpose: null,
  })
  const made = await run({
    text: [
      'telefone;cpf;data_cadastro;cidade',
      '11987654321;;24/11/2026;x;surplus',
      '123;;;x',
      '11987654321;;16/11/2026;x',
      '11987654321;;31/02/2026;x',
      '11987654321;;17/11/2026;',
      '11987654321;;17/11/2026 23:59;São Paulo',
      '+55 11 98765-4321;;;São Paulo',
      '11911111111;;;x',
      '11922222222;529.982.247-25;;x',
    ].join('\n'),
    message: 'Olá de {{Cidade}}',
  })
  const leads = await leadsOf(made.id!)
  expect(leads.toSorted((a, b) => a.source_line! - b.source_line!).map(lead => lead.error_code)).toEqual([
    'BAD_ROW',
    'INVALID_PHONE',
    'STALE',
    'STALE',
    'MISSING_VARIABLE',
    null,
    'DUPLICATE',
    'BLOCKLISTED',
    'BLOCKLISTED',
  ])
  expect(made.errors).toEqual({
    BAD_ROW: 1,
    INVALID_PHONE: 1,
    STALE: 2,
    MISSING_VARIABLE: 1,
    DUPLICATE: 1,
    BLOCKLISTED: 2,
  })
  expect(leads.find(lead => lead.error_code === 'MISSING_VARIABLE')?.error_message).toBe('column cidade is empty')
})

test('a broker that needs a document refuses rows without a good one', async () => {
  const made = await run({
    text: 'fone;cpf\n11987654321;\n11987654322;123\n11987654323;52998224725\n',
    adapter: { documentRequired: true },
  })
  expect(made).toMatchObject({ pending: 1, errors: { MISSING_DOCUMENT: 1, INVALID_DOCUMENT: 1 } })
})

describe('the file', () => {
  test('is imported once, and again only when asked to', async () => {
    const text = 'fone\n11987654321\n'
    const first = await run({ text })
    const refused = await failure(run({ text }))
    expect(refused).toMatchObject({ kind: 'STATE' })
    expect(refused.message).toContain(first.agendamentoId!)
    expect((await run({ text, dryRun: true })).importedBefore).toBe(first.agendamentoId)
    await run({ text, again: true })
    expect(await countOf('Campaign')).toBe(2)
  })

  test('of a cancelled campaign may come again', async () => {
    const text = 'fone\n11987654321\n'
    await run({ text })
    await db.pool.query(`UPDATE "Campaign" SET status = 'CANCELLED'`)
    await run({ text })
    expect(await countOf('Campaign')).toBe(2)
  })

  test('taken by two imports at once becomes one campaign', async () => {
    const text = `fone\n${phones(20_000).join('\n')}\n`
    const [one, other] = await Promise.allSettled([run({ text }), run({ text })])
    expect([one.status, other.status].sort()).toEqual(['fulfilled', 'rejected'])
    expect(await countOf('Campaign')).toBe(1)
  })
})

describe('what goes wrong leaves nothing behind', () => {
  const big = `fone;nome\n${phones(30_000)
    .map(phone => `${phone};x`)
    .join('\n')}\n`

  test('a quote that is not closed on the last line', async () => {
    const rejects = join(folder, 'never.csv')
    const error = await failure(run({ text: `${big}11987654321;"Ana\n`, rejects }))
    expect(error).toMatchObject({ kind: 'DATA' })
    expect(error.message).toMatch(/line 30002, column "nome"/)
    await expectNothing()
    expect(readdirSync(folder).filter(name => name.startsWith('never'))).toEqual([])
  })

  test('Ctrl-C', async () => {
    const stop = new AbortController()
    const running = run({ text: big }, { signal: stop.signal, onProgress: () => stop.abort() })
    expect(await failure(running)).toMatchObject({ kind: 'INTERRUPTED', hint: 'Nothing was imported.' })
    await expectNothing()
  })

  test('a database that ends the connection', async () => {
    let told = false
    const onProgress = () => {
      if (told) return
      told = true
      void db.pool.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'COPY%' AND datname = current_database()`,
      )
    }
    expect(isUnreachable(await failure(run({ text: big.repeat(3) }, { onProgress })))).toBe(true)
    expect(told).toBe(true)
    await expectNothing()
  })

  test('a file that changes while it is read', async () => {
    const file = write(big)
    const error = await failure(run({ file }, { onProgress: () => writeFileSync(file, `${big}\n`) }))
    expect(error.message).toMatch(/changed while it was read/)
    await expectNothing()
  })

  async function expectNothing() {
    expect([await countOf('Campaign'), await countOf('CampaignLead'), await countOf('AuditEvent')]).toEqual([0, 0, 0])
  }
})

describe('fish', () => {
  test('stand first, in the middle and last, with the first good lead’s columns, and skip the blocklist', async () => {
    await addFish(['Controle A', '5511900000091'], ['Controle B', '5511900000092'], ['Controle C', '5511900000093'])
    await addToBlocklist(db.pool, {
      phones: ['5511900000091'],
      documents: [],
      reason: null,
      source: 'manual',
      purpose: null,
    })
    const rows = phones(10).map((phone, i) => `${phone};${i};C${i}`)
    const made = await run({ text: `fone;valor;contrato\n123;;\n${rows.join('\n')}\n`, message: 'Deve {{valor}}' })
    const leads = (await leadsOf(made.id!)).filter(lead => lead.status === 'PENDING')
    expect(leads.map(lead => (lead.is_fish ? lead.nome : '.')).join('')).toBe(
      'Controle A.....Controle B.....Controle C',
    )
    expect(leads[0]).toMatchObject({ source_line: null, idcob_contrato: 'C0', variables: { valor: '0' } })
    expect(made).toMatchObject({ rows: 11, fish: 3, pending: 13, cost: { ceiling: '0.5850' } })
  })

  test('of another region stand in its block; a batch stays a range of one region', async () => {
    await addFish(['Manaus', '5592900000091'], ['Manaus 2', '5592900000092'])
    const made = await run({ text: `fone\n${phones(5).join('\n')}\n`, throttle: { type: 'none', config: null } })
    const zones = (await leadsOf(made.id!)).map(lead => zoneOf(lead.phone))
    expect(zones).toEqual([...Array(5).fill('America/Sao_Paulo'), 'America/Manaus', 'America/Manaus'])
    expect(made.batches.count).toBe(2)
  })

  test('are left out when asked, and where there is nobody to write to', async () => {
    await addFish(['Controle', '5511900000091'])
    expect(await run({ text: 'fone\n11987654321\n', fish: false })).toMatchObject({ fish: 0, pending: 1 })
    expect(await run({ text: 'fone\n123\n' })).toMatchObject({ fish: 0, pending: 0 })
  })
})

test('a broker of one text per request gets leads with one text side by side, fish among their like', async () => {
  await addFish(['Controle A', '5511900000091'], ['Controle B', '5511900000092'])
  const made = await run({
    text: 'fone;valor;mensagem\n11987654301;2;\n11987654302;1;\n92987654303;2;\n11987654304;2;\n11987654305;;Só para você\n11987654306;;\n',
    message: 'Deve {{valor}}',
    adapter: { oneTextPerRequest: true },
    throttle: { type: 'none', config: null },
  })
  const leads = await leadsOf(made.id!)
  expect(leads.map(lead => [lead.source_line, lead.custom_message])).toEqual([
    [null, 'Deve 1'],
    [3, 'Deve 1'],
    [2, 'Deve 2'],
    [5, 'Deve 2'],
    [6, 'Só para você'],
    [null, 'Só para você'],
    [4, 'Deve 2'],
    [7, null],
  ])
  expect(made.batches.count).toBe(4)
})

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
      '11987654321;Ana;;4;coluna_4;BAD_ROW;4 cells for 3 columns, and beyond them: x',
      '',
    ])
    const corrected = join(folder, 'corrected.csv')
    writeFileSync(corrected, written.replace('123;', '11987654300;'), 'latin1')
    const again = await run({ file: corrected })
    expect(again).toMatchObject({ rows: 2, pending: 2 })
    expect((await leadsOf(again.id!))[0]).toMatchObject({ nome: 'José “Zé”', variables: { obs: 'a;b' } })
  })

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

  test('name the column at fault, whatever the rule', async () => {
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
    expect(await failure(run({ file, rejects: file }))).toMatchObject({ kind: 'USAGE' })
  })
})

describe('several phones of a row', () => {
  const file = [
    'nome;cpf;telefone1;telefone2;telefone3',
    'Ana;529.982.247-25;123;11 98765-4321;11 3222-1111',
    'Bia;;(11) 98765-4300;11987654300;',
    'Caio;;;;',
    'Davi;;92 98765-4300;11 98765-4321;8765-4321',
  ].join('\n')

  test('the first good one is the lead’s phone; all of them are kept in its variables', async () => {
    const made = await run({ text: file })
    expect(made).toMatchObject({ rows: 4, leads: 4, pending: 3, errors: { INVALID_PHONE: 1 } })
    expect(await shown(made)).toEqual([
      [2, '5511987654321', null],
      [3, '5511987654300', null],
      [4, '', 'INVALID_PHONE'],
      [5, '5592987654300', null],
    ])
    const [ana] = (await leadsOf(made.id!)).filter(lead => lead.source_line === 2)
    expect(ana).toMatchObject({
      variables: { telefone1: '123', telefone2: '11 98765-4321', telefone3: '11 3222-1111' },
    })
  })

  test('--all-phones makes each a lead of the same line, once; what is refused comes back alone', async () => {
    const rejects = join(folder, 'phones.csv')
    const made = await run({ text: file, allPhones: true, rejects })
    expect(made).toMatchObject({
      rows: 4,
      leads: 8,
      pending: 4,
      errors: { INVALID_PHONE: 3, DUPLICATE: 1 },
      refusedLines: { INVALID_PHONE: [2, 4, 5], DUPLICATE: [5] },
      warnings: { SAME_DOCUMENT: 1 },
      cost: { ceiling: '0.1800' },
      rejects: { rows: 4 },
    })
    expect(await shown(made)).toEqual([
      [2, '123', 'INVALID_PHONE'],
      [2, '551132221111', null],
      [2, '5511987654321', null],
      [3, '5511987654300', null],
      [4, '', 'INVALID_PHONE'],
      [5, '5511987654321', 'DUPLICATE'],
      [5, '5592987654300', null],
      [5, '8765-4321', 'INVALID_PHONE'],
    ])
    const [, ...lines] = readFileSync(rejects, 'utf8').trimEnd().split('\n')
    expect(lines.map(line => line.split(';').slice(0, 8).join(';'))).toEqual([
      'Ana;529.982.247-25;123;;;2;telefone1;INVALID_PHONE',
      'Caio;;;;;4;telefone1;INVALID_PHONE',
      'Davi;;;11 98765-4321;;5;telefone2;DUPLICATE',
      'Davi;;;;8765-4321;5;telefone3;INVALID_PHONE',
    ])
    const { rows } = await db.pool.query(`SELECT rows, lead_count, fish FROM "Campaign"`)
    expect(rows).toEqual([{ rows: 4, lead_count: 8, fish: 0 }])
  })

  test('a rule of the row refuses it once, with all its phones', async () => {
    const rejects = join(folder, 'stale.csv')
    const text = 'fone1;fone2;data_cadastro\n11987654321;11987654322;01/01/2020\n'
    expect(await run({ text, allPhones: true, rejects })).toMatchObject({ rows: 1, leads: 1, errors: { STALE: 1 } })
    expect(readFileSync(rejects, 'utf8')).toContain('11987654321;11987654322;01/01/2020;2;data_cadastro;STALE')
  })

  test('each has its own text, where the text names it and a request carries one', async () => {
    const made = await run({
      text: 'fone1;fone2;nome\n11987654322;11987654321;Ana\n',
      message: '{{nome}}, é o {{telefone}}?',
      allPhones: true,
      adapter: { oneTextPerRequest: true },
    })
    expect((await leadsOf(made.id!)).map(lead => lead.custom_message)).toEqual([
      'Ana, é o 5511987654321?',
      'Ana, é o 5511987654322?',
    ])
    expect(made.batches.count).toBe(2)
  })

  async function shown({ id }: { id: string | null }) {
    return (await leadsOf(id!))
      .map(lead => [lead.source_line, lead.phone, lead.error_code] as const)
      .sort(([a, one], [b, other]) => a! - b! || (one < other ? -1 : 1))
  }
})

test('a mobile without its ninth digit is refused, unless it is to be repaired', async () => {
  const text = 'ddd;fone\n11;8765-4321\n11;98765-4322\n'
  const refused = await run({ text })
  expect(refused).toMatchObject({ pending: 1, errors: { INVALID_PHONE: 1 }, warnings: {} })
  const [bad] = (await leadsOf(refused.id!)).filter(lead => lead.error_code !== null)
  expect(bad!.error_message).toBe(
    '"8765-4321" with area code "11": it is a mobile without its ninth digit (--repair-ninth-digit adds it)',
  )
  const repaired = await run({ text, repairNinthDigit: true, again: true })
  expect(repaired).toMatchObject({ pending: 2, warnings: { REPAIRED_PHONE: 1 } })
  expect((await leadsOf(repaired.id!)).map(lead => lead.phone)).toEqual(['5511987654321', '5511987654322'])
})

describe('what a dry run tells besides', () => {
  test('the first leads, with what each is sent, and the first lines of each reason', async () => {
    const bad = Array.from({ length: 7 }, () => '123;;').join('\n')
    const made = await run({
      text: `fone;nome;contrato\n11987654321;Zoé;C-1\n${bad}\n`,
      message: 'Olá {{nome}}',
      dryRun: true,
    })
    expect(made.first.map(({ lead, text }) => [lead.row.line, lead.phone, lead.nome, text])).toEqual([
      [2, '5511987654321', 'Zoé', 'Olá Zoé'],
      [3, '123', null, null],
      [4, '123', null, null],
    ])
    expect(made).toMatchObject({ errors: { INVALID_PHONE: 7 }, refusedLines: { INVALID_PHONE: [3, 4, 5, 6, 7] } })
  })

  test('a template’s text', async () => {
    const template = { id: scene.walletId, code: 't', content: 'Olá {{1}}, contrato {{2}}' }
    const text = 'fone;nome;contrato\n11987654321;Zoé;C-1\n'
    const made = await run({ text, message: null, template, vars: { 1: 'nome', 2: 'contrato' }, dryRun: true })
    expect(made.first[0]!.text).toBe('Olá Zoé, contrato C-1')
  })

  test('the cost against the budget of the month that pays', async () => {
    const text = 'fone\n11987654321\n11987654322\n'
    await db.pool.query(`DELETE FROM "BudgetEntry"`)
    await db.pool.query(`DELETE FROM "Budget"`)
    expect((await run({ text, dryRun: true })).budget).toEqual({ month: '2026-11', position: null, fits: false })
    await setBudget('2026-11', '0.08')
    await setBudget('2026-12', '0.09')
    expect((await run({ text, dryRun: true })).budget).toMatchObject({
      month: '2026-11',
      position: { budget: '0.0800', used: '0.0000', committed: '0.0000', available: '0.0800' },
      fits: false,
    })
    const scheduledAt = new Date('2026-12-01T12:00:00Z')
    expect((await run({ text, scheduledAt })).budget).toMatchObject({ month: '2026-12', fits: true })
  })

  test('how many SMS it takes, where the broker bills each', async () => {
    const text = `fone;nome\n11987654321;${'a'.repeat(160)}\n11987654322;João\n11987654323;${'é'.repeat(161)}\n123;x\n`
    const counted = await run({ text, message: '{{nome}}', billsSegments: true, dryRun: true })
    expect(counted.segments).toEqual({
      total: 4,
      messages: { 1: 2, 2: 1 },
      unicode: 1,
      unicode_characters: ['ã'],
    })
    expect((await run({ text, message: '{{nome}}', billsSegments: true })).segments).toEqual(counted.segments)
  })

  async function setBudget(month: string, limit: string) {
    const [year, number] = month.split('-').map(Number)
    await db.pool.query(
      `INSERT INTO "Budget" (id, wallet_id, year, month, budget, updated_at) VALUES (gen_random_uuid(), $1, $2, $3, $4, now())`,
      [scene.walletId, year, number, limit],
    )
  }
})

test('leaves its campaign and its audit', async () => {
  const made = await run({
    text: 'fone;nome\n11987654321;Ana\n',
    message: 'Olá {{NOME}}',
    name: 'Novembro',
    dryRun: false,
  })
  const { rows } = await db.pool.query(`SELECT * FROM "Campaign"`)
  expect(rows[0]).toMatchObject({
    id: made.id,
    name: 'Novembro',
    status: 'PENDING_APPROVAL',
    base_message: 'Olá {{nome}}',
    rows: 1,
    source_sha256: made.source.sha256,
    throttling_type: 'random',
    throttling_config: { delayLimit: 20, maxRandom: 90 },
  })
  expect(made.agendamentoId).toMatch(/^C261124-[0-9A-Z]{5}$/)
  const audit = await db.pool.query(`SELECT action, subject_id, user_id FROM "AuditEvent"`)
  expect(audit.rows).toEqual([{ action: 'campaign.import', subject_id: made.id, user_id: scene.userId }])
})

test('draws another handle where one is taken', async () => {
  let draws = 0
  const random = (bytes: Uint8Array) => {
    if (bytes.length === 5) bytes.fill(draws++ > 1 ? 7 : 3)
    else randomFillSync(bytes)
  }
  const handles = [
    await run({ text: 'fone\n11987654321\n' }, { random }),
    await run({ text: 'fone\n11987654322\n' }, { random }),
  ]
  expect(handles.map(made => made.agendamentoId)).toEqual(['C261124-33333', 'C261124-77777'])
})

type Overrides = Partial<Omit<ImportRequest, 'adapter'>> & {
  text?: string
  adapter?: Partial<ImportRequest['adapter']>
}

async function run(
  { text, adapter, ...overrides }: Overrides,
  deps: Partial<Parameters<typeof importCampaign>[0]> = {},
) {
  return importCampaign(
    { pool: db.pool, prisma: db.prisma, clock: { now: () => NOW }, signal: new AbortController().signal, ...deps },
    {
      ...importRequest(scene),
      file: text === undefined ? '' : write(text),
      adapter: {
        name: 'SANDBOX',
        content: 'EITHER',
        messagesPerRequest: 1000,
        oneTextPerRequest: false,
        documentRequired: false,
        ...adapter,
      },
      throttle: { type: 'random', config: { delayLimit: 20, maxRandom: 90 } },
      ...overrides,
    },
  )
}

let files = 0
function write(text: string): string {
  const file = join(folder, `file-${++files}.csv`)
  writeFileSync(file, text)
  return file
}

function phones(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `11${900_000_001 + i}`)
}

async function addFish(...fish: [name: string, phone: string][]) {
  for (const [name, phone] of fish) await db.prisma.fish.create({ data: { name, phone } })
}

async function failure(running: Promise<unknown>): Promise<CampError> {
  return running.then(
    () => {
      throw new Error('it did not fail')
    },
    error => error,
  )
}

async function countOf(table: string): Promise<number> {
  return (await db.pool.query(`SELECT count(*)::int AS n FROM "${table}"`)).rows[0].n
}

interface LeadRow {
  seq: number
  source_line: number | null
  phone: string
  nome: string | null
  status: string
  is_fish: boolean
  error_code: string | null
  error_message: string | null
  custom_message: string | null
}

async function leadsOf(campaignId: string): Promise<LeadRow[]> {
  return (await db.pool.query(`SELECT * FROM "CampaignLead" WHERE campaign_id = $1 ORDER BY seq`, [campaignId])).rows
}
