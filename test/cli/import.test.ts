import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { adminEnv, succeed, userEnv } from '../support/login.ts'

const db = useDatabase()
const folder = mkdtempSync(join(tmpdir(), 'camp-cli-import-'))
const fixture = (name: string) => `fixtures/import/${name}`
let env: NodeJS.ProcessEnv

beforeAll(async () => {
  const admin = await adminEnv(db)
  await succeed(camp(['wallet', 'add', 'Carteira Sul', '--idgis', '7'], { env: admin }))
  await succeed(camp(['broker', 'add', 'Sandbox', '--adapter', 'SANDBOX', '--cost', '0.0450'], { env: admin }))
  await succeed(
    camp(['template', 'add', 'Acordo', '--code', 'acordo_v1', '--content', 'Olá {{1}}, contrato {{2}}'], {
      env: admin,
    }),
  )
  env = await userEnv(db, admin)
})
beforeEach(async () => {
  await db.pool.query(`TRUNCATE "Campaign" CASCADE`)
})

test('a USER imports a file; --json is the campaign as show prints it, and how the file was read', async () => {
  const run = await importing(fixture('bom-crlf.csv'), '--message', 'Olá {{nome}}', '--name', 'Novembro', '--json')
  expect(run.code).toBe(0)
  expect(run.json()).toMatchObject({
    id: expect.any(String),
    agendamento_id: expect.stringMatching(/^C\d{6}-[0-9A-Z]{5}$/),
    name: 'Novembro',
    status: 'PENDING_APPROVAL',
    wallet: 'Carteira Sul',
    broker: 'Sandbox',
    rows: 2,
    fish: 0,
    counts: { total: 2, PENDING: 2, SENDING: 0, SENT: 0, DELIVERED: 0, READ: 0, ERROR: 0, IN_DOUBT: 0 },
    errors: { INVALID_PHONE: 0, DUPLICATE: 0, BLOCKLISTED: 0 },
    cost: { unit: '0.0450', ceiling: '0.0900', used: '0.0000' },
    failure_reason: null,
    message: 'Olá {{nome}}',
    hours: '08:00-20:00',
    days: 'mon-sat',
    source_file: 'bom-crlf.csv',
    encoding: 'utf-8',
    delimiter: ';',
    mapping: { phone: 'Telefone', nome: 'Nome' },
    variables: ['Observação'],
    warnings: {},
    plan: { batch_size: 1000, batches: 1 },
    rejects: null,
    created_by: 'bob@example.com',
  })
})

test('a dry run prints the same, without an id, and writes nothing', async () => {
  const options = ['--message', 'Olá', '--throttle', 'fixed:30s', '--json']
  const dry = await importing(fixture('ragged.csv'), ...options, '--dry-run', '--rejects', join(folder, 'dry.csv'))
  expect(dry.code).toBe(0)
  expect((await db.pool.query(`SELECT 1 FROM "Campaign"`)).rowCount).toBe(0)
  expect(existsSync(join(folder, 'dry.csv'))).toBe(false)
  const real = (await importing(fixture('ragged.csv'), ...options)).json()
  const moments = { created_at: expect.any(String), expected_end: expect.any(String) }
  expect(dry.json()).toEqual({ ...real, id: null, agendamento_id: null, ...moments })
  expect(Math.abs(Date.parse(dry.json().expected_end) - Date.parse(real.expected_end))).toBeLessThan(60_000)
  expect(real).toMatchObject({
    counts: { PENDING: 2, ERROR: 1 },
    errors: { BAD_ROW: 1 },
    plan: { batch_size: 1, batches: 2 },
    throttle: 'fixed:30s',
  })
})

test('as text it says what was read and refused, and what comes next', async () => {
  const rejects = join(folder, 'rejects.csv')
  const run = await importing(
    fixture('ragged.csv'),
    '--message',
    'Olá',
    '--rejects',
    rejects,
    '--schedule',
    '2099-01-02 09:00',
  )
  expect(run.out).toMatch(/PENDING 2, ERROR 1/)
  expect(run.out).toMatch(/refused +BAD_ROW 1/)
  expect(run.out).toMatch(/read as +utf-8, separated by ;/)
  expect(run.out).toMatch(/columns +phone = telefone, nome = nome/)
  expect(run.out).toMatch(/scheduled +2099-01-02 09:00:00/)
  expect(run.err).toMatch(/Next: camp campaign approve C/)
  expect(readFileSync(rejects, 'utf8')).toBe(
    'telefone;nome;cidade;linha;motivo;detalhe\n11900000003;Caio;Natal;4;BAD_ROW;4 cells for 3 columns, and beyond them: surplus\n',
  )
})

describe('reads', () => {
  test.each([
    ['utf16le.csv', 'utf-16le', 2],
    ['utf16be-without-bom.csv', 'utf-16be', 2],
    ['windows-1252.csv', 'windows-1252', 1],
    ['comma-in-values.csv', 'utf-8', 2],
    ['pipe.csv', 'utf-8', 1],
    ['one-column.csv', 'utf-8', 2],
    ['stray-quotes.csv', 'utf-8', 2],
  ])('%s', async (name, encoding, leads) => {
    const run = await importing(fixture(name), '--message', 'Olá', '--dry-run', '--json')
    expect(run.json()).toMatchObject({ encoding, counts: { total: leads, PENDING: leads } })
  })
})

describe('a file that cannot be imported: exit 5, with the place and what to do', () => {
  test.each([
    ['empty.csv', /empty\.csv is empty/],
    ['header-only.csv', /header-only\.csv is empty: it has no row of data/],
    ['unclosed-quote.csv', /unclosed-quote\.csv, line 3, column "nome": a quote is opened and not closed/],
    ['quote-closed-in-another-row.csv', /line 2, column "nome": a quote is opened and not closed/],
    ['missing-phone-column.csv', /line 1: no column is the phone\n.*Columns found: nome, cpf\. .*--map phone=COLUMN/],
    ['no-header.csv', /The first line seems to hold data/],
    ['two-phone-columns.csv', /"telefone" and "celular" could each be phone\n.*--map phone=telefone/],
  ])('%s', async (name, message) => {
    const run = await importing(fixture(name), '--message', 'Olá')
    expect(run.code).toBe(5)
    expect(run.err).toMatch(message)
    expect(run.out).toBe('')
    expect((await db.pool.query(`SELECT 1 FROM "Campaign"`)).rowCount).toBe(0)
  })
})

describe('exit codes', () => {
  const file = fixture('one-column.csv')
  test.each([
    ['an unknown wallet', 3, ['import', file, '--wallet', 'Norte', '--broker', 'Sandbox', '--message', 'x']],
    ['an unknown broker', 3, ['import', file, '--wallet', '7', '--broker', 'X', '--message', 'x']],
    ['an unknown template', 3, [...args(file), '--template', 'nada']],
    ['a file that is not there', 3, [...args('nowhere.csv'), '--message', 'x']],
    ['no wallet', 2, ['import', file, '--broker', 'Sandbox', '--message', 'x']],
    ['a throttling that is none', 2, [...args(file), '--message', 'x', '--throttle', 'slowly']],
    ['a schedule in the past', 2, [...args(file), '--message', 'x', '--schedule', '2020-01-01 09:00']],
    ['a text and a template', 2, [...args(file), '--message', 'x', '--template', 'acordo_v1']],
    ['--var without a template', 2, [...args(file), '--message', 'x', '--var', '1=nome']],
    ['nothing to say', 5, args(file)],
    ['a placeholder without a column', 5, [...args(file), '--message', 'Olá {{nome}}']],
    ['a template variable without a column', 5, [...args(file), '--template', 'acordo_v1']],
    ['--no-cap by a USER', 7, [...args(file), '--message', 'x', '--no-cap']],
    ['--allow-holidays by a USER', 7, [...args(file), '--message', 'x', '--allow-holidays']],
  ])('%s: %i', async (_, code, argv) => {
    const run = await camp(['campaign', ...argv], { env })
    expect(run.code, run.err).toBe(code)
    expect(run.err, 'what to do next').toMatch(/\n {2}\S|--help/)
  })

  test('the same file twice: 4, naming the campaign; --again imports it', async () => {
    const first = (await importing(file, '--message', 'x', '--json')).json()
    const second = await importing(file, '--message', 'x')
    expect(second.code).toBe(4)
    expect(second.err).toContain(first.agendamento_id)
    expect(second.err).toContain('--again')
    expect((await importing(file, '--message', 'x', '--again')).code).toBe(0)
  })
})

test('a template takes its variables from columns, and a row without one is refused', async () => {
  const run = await importing(
    fixture('bom-crlf.csv'),
    '--template',
    'acordo_v1',
    '--var',
    '1=NOME,2=observacao',
    '--json',
  )
  expect(run.json()).toMatchObject({ template: 'acordo_v1', message: null, counts: { PENDING: 2 } })
  const { rows } = await db.pool.query(`SELECT template_vars, base_message FROM "Campaign"`)
  expect(rows).toEqual([{ template_vars: { 1: 'nome', 2: 'Observação' }, base_message: null }])
})

test('--map, --delimiter and --encoding decide over what was detected', async () => {
  const run = await importing(
    fixture('two-phone-columns.csv'),
    '--message',
    'x',
    '--map',
    'phone=celular',
    '--encoding',
    'latin1',
    '--delimiter',
    ';',
    '--json',
  )
  expect(run.json()).toMatchObject({ encoding: 'windows-1252', mapping: { phone: 'celular' }, variables: ['telefone'] })
})

function args(file: string): string[] {
  return ['import', file, '--wallet', 'Carteira Sul', '--broker', 'sandbox']
}

function importing(file: string, ...options: string[]) {
  return camp(['campaign', ...args(file), ...options], { env })
}
