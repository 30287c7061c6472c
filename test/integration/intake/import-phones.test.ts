import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { useDatabase } from '../../support/database.ts'
import { intakeOn } from '../../support/intake.ts'

const _NOW = new Date('2026-11-24T15:00:00Z')
const db = useDatabase()
const { folder, scene, run, leadsOf } = intakeOn(db)

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

describe('what a dry run tells in addition', () => {
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
    const template = { id: scene().walletId, code: 't', content: 'Olá {{1}}, contrato {{2}}' }
    const text = 'fone;nome;contrato\n11987654321;Zoé;C-1\n'
    const made = await run({ text, message: null, template, vars: { 1: 'nome', 2: 'contrato' }, dryRun: true })
    expect(made.first[0]!.text).toBe('Olá Zoé, contrato C-1')
  })

  test('the cost against the budget of the month that pays', async () => {
    const text = 'fone\n11987654321\n11987654322\n'
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
      [scene().walletId, year, number, limit],
    )
  }
})
