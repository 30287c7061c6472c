import { randomFillSync } from 'node:crypto'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { addToBlocklist } from '../../../src/blocklist/blocklist.ts'
import { isUnreachable } from '../../../src/database/pool.ts'
import { REGIONS, regionOf, zoneOf } from '../../../src/recipient/regions.ts'
import { useDatabase } from '../../support/database.ts'
import { failure, intakeOn } from '../../support/intake.ts'
import { mailingFile } from '../../support/mailing.ts'

const db = useDatabase()
const { folder, scene, run, write, leadsOf } = intakeOn(db)

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
    const { id: _, agendamentoId: __, createdAt: ___, refusals: ____, ...same } = made
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
    expect(refused).toMatchObject({ code: 'FILE_IMPORTED_BEFORE' })
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
    expect(error).toMatchObject({ code: 'FILE_MALFORMED' })
    expect(error.message).toMatch(/line 30002, column "nome"/)
    await expectNothing()
    expect(readdirSync(folder).filter(name => name.startsWith('never'))).toEqual([])
  })

  test('Ctrl-C', async () => {
    const stop = new AbortController()
    const running = run({ text: big }, { signal: stop.signal, onProgress: () => stop.abort() })
    expect(await failure(running)).toMatchObject({ code: 'INTERRUPTED', hint: 'Nothing was imported.' })
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
    expect(error.code).toBe('FILE_CHANGED')
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

  test('are left out when asked, and where there is no lead to send', async () => {
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

test('leaves its campaign and its audit', async () => {
  const made = await run({
    text: 'fone;nome\n11987654321;Ana\n',
    message: 'Olá {{NOME}}',
    name: 'Novembro',
    throttle: { type: 'random', config: { delayLimit: 20, maxRandom: 90 } },
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
  expect(audit.rows).toEqual([{ action: 'campaign.import', subject_id: made.id, user_id: scene().userId }])
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

function phones(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `11${900_000_001 + i}`)
}

async function addFish(...fish: [name: string, phone: string][]) {
  for (const [name, phone] of fish) await db.prisma.fish.create({ data: { name, phone } })
}

async function countOf(table: string): Promise<number> {
  return (await db.pool.query(`SELECT count(*)::int AS n FROM "${table}"`)).rows[0].n
}
