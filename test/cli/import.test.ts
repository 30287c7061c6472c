import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { adminEnv, succeed, userEnv } from '../support/login.ts'
import { scratchFolder } from '../support/scratch.ts'
import { emptied } from '../support/tampering.ts'

const db = useDatabase()
const folder = scratchFolder('cli-import')
const fixture = (name: string) => `fixtures/import/${name}`
let admin: NodeJS.ProcessEnv
let env: NodeJS.ProcessEnv

beforeAll(async () => {
  admin = await adminEnv(db)
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
  await emptied(db.pool, '"Campaign"')
})

test('what people would read wrongly is said on standard error, with lines; what was put right beside the text', async () => {
  const file = join(folder, 'odd.csv')
  writeFileSync(file, 'nome;telefone;mensagem\nJosÃ©;11987650001;\nBia;11987650002;Veja [link]\nNULL;11987650003;Oi\n')
  const run = await importing(file, '--message', 'Ola\\n{{nome}} &amp; [saldo]', '--dry-run')
  expect(run.err.split('\n').filter(line => line.startsWith('warning:') && !/budget|credential/.test(line))).toEqual([
    expect.stringMatching(/^warning: the message contains HTML/),
    expect.stringMatching(/^warning: the message contains \[saldo\]/),
    'warning: 1 text with characters that look wrongly decoded, such as "JosÃ©" (line 2)',
    'warning: 1 text with a placeholder that no column fills, such as "[link]" (line 3)',
  ])
  expect(run.out).toMatch(/repaired +the message had \\n as two characters/)
  expect(run.out).toMatch(/warnings .*1 value that is not a name omitted/)
  const { json } = await importing(file, '--message', 'Ola {{nome}}', '--dry-run', '--json')
  expect(json()).toMatchObject({
    warnings: { ODD_CHARACTERS: 1, LEFTOVER: 1, BAD_NAME: 1 },
    warning_lines: { ODD_CHARACTERS: [2], LEFTOVER: [3], BAD_NAME: [4] },
    warning_examples: { BAD_NAME: 'NULL' },
    notes: [],
    repairs: [],
  })
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

test('with --quiet it prints the handle alone', async () => {
  const run = await importing(fixture('bom-crlf.csv'), '--message', 'Olá', '--quiet')
  expect(run.out).toMatch(/^C\d{6}-[0-9A-Z]{5}\n$/)
})

test('--no-cap by a USER: 7, and what requires an ADMIN', async () => {
  const run = await importing(fixture('bom-crlf.csv'), '--message', 'Olá', '--no-cap')
  expect(run).toMatchObject({
    code: 7,
    err: expect.stringMatching(/bob@example\.com is a USER; --no-cap, .* requires an ADMIN/),
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
  expect(run.err).toMatch(
    /No ADMIN may approve it: it was imported by bob@example\.com, or with a token or password from there\. .*\nAfter approval it starts at Fri 2 Jan 2099 09:00\.\nNo worker is running: start one with camp worker\.\n$/,
  )
  expect(readFileSync(rejects, 'utf8')).toBe(
    'telefone;nome;cidade;linha;coluna;motivo;detalhe\n11900000003;Caio;Natal;4;coluna_4;BAD_ROW;4 cells for 3 ' +
      'columns, extra cells: surplus\n',
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
    [
      'missing-phone-column.csv',
      /line 1: no column with phones was found\n.*Columns found: nome, cpf\. .*--map phone=COLUMN/,
    ],
    ['no-header.csv', /The first line seems to contain data/],
    ['two-phone-columns.csv', /"telefone" and "celular" each match the field phone\n.*--map phone=telefone/],
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

describe('several phones', () => {
  const file = join(folder, 'phones.csv')
  beforeAll(() => writeFileSync(file, 'fone1;fone2;celular\n11987654321;1132221111;11987654399\n'))

  test('of two words: exit 5, and how to take one or both', async () => {
    const run = await importing(file, '--message', 'x')
    expect(run.code).toBe(5)
    expect(run.err).toMatch(
      /"fone1" and "celular" each match the field phone\n.*or both, the first valid one of each row: --map phone=fone1 /,
    )
  })

  test('by --map in its order; --all-phones makes each a lead, and show counts them', async () => {
    const options = ['--message', 'x', '--map', 'phone=celular', '--map', 'phone=fone1', '--json']
    const first = await importing(file, ...options, '--dry-run')
    expect(first.json()).toMatchObject({
      rows: 1,
      counts: { total: 1 },
      mapping: { phone: 'celular' },
      phone_columns: [
        { column: 'celular', area_code: null },
        { column: 'fone1', area_code: null },
      ],
      all_phones: false,
      first_leads: [{ line: 2, phone: '5511987654399', text: 'x', error_code: null }],
    })
    const all = (await importing(file, ...options, '--all-phones')).json()
    expect(all).toMatchObject({
      rows: 1,
      counts: { total: 2, PENDING: 2 },
      cost: { ceiling: '0.0900' },
      all_phones: true,
    })
    const shown = (await camp(['campaign', 'show', all.id, '--json'], { env })).json()
    expect(shown).toMatchObject({ rows: 1, counts: { total: 2 } })
    const leads = (await camp(['campaign', 'leads', all.id, '--json'], { env })).json()
    expect(leads.map((lead: { source_line: number }) => lead.source_line)).toEqual([2, 2])
  })

  test('of one document: a warning that the frequency cap lets one message out', async () => {
    const text = join(folder, 'one-document.csv')
    writeFileSync(text, 'cpf;fone1;fone2\n52998224725;11987654321;1132221111\n')
    const run = await importing(text, '--message', 'x', '--all-phones', '--dry-run')
    expect(run.err).toMatch(/warning: 1 leads are further phones of the same CPF or CNPJ/)
  })
})

test('--repair-ninth-digit adds it, and counts how often', async () => {
  const file = join(folder, 'ninth.csv')
  writeFileSync(file, 'fone\n1187654321\n')
  const refused = await importing(file, '--message', 'x', '--dry-run', '--json')
  expect(refused.json()).toMatchObject({ errors: { INVALID_PHONE: 1 }, refused_lines: { INVALID_PHONE: [2] } })
  const repaired = await importing(file, '--message', 'x', '--dry-run', '--json', '--repair-ninth-digit')
  expect(repaired.json()).toMatchObject({
    counts: { PENDING: 1 },
    warnings: { REPAIRED_PHONE: 1 },
    first_leads: [{ phone: '5511987654321' }],
  })
})

test('a dry run tells the budget that an approval would ask, and warns where it is too little', async () => {
  const run = () =>
    importing(fixture('one-column.csv'), '--message', 'x', '--schedule', '2031-03-10 09:00', '--dry-run')
  expect((await run()).err).toMatch(
    /warning: it cannot be approved at present; budget: the wallet has none for 2031-03/,
  )
  await succeed(camp(['budget', 'set', 'Carteira Sul', '2031-03', '0.08'], { env: admin }))
  expect((await run()).err).toMatch(/warning: .*of 0\.08 in 2031-03, .*0\.08 available, too little/)
  await succeed(camp(['budget', 'set', 'Carteira Sul', '2031-03', '0.09'], { env: admin }))
  expect((await run()).err).not.toMatch(/warning: .*budget/)
})

test('how many SMS a broker bills depends on the credential: Twilio’s channel', async () => {
  await succeed(camp(['broker', 'add', 'Twilio', '--adapter', 'TWILIO', '--cost', '0.0500'], { env: admin }))
  const dry = (...text: string[]) => {
    const argv = ['import', fixture('one-column.csv'), '--wallet', '7', '--broker', 'Twilio', ...text]
    return camp(['campaign', ...argv, '--dry-run', '--json'], { env: admin })
  }
  const sms = ['--message', 'ã'.repeat(71)]
  const credential = (channel: string) => {
    const keys = [
      'account_sid=AC00000000000000000000000000000000',
      'auth_token=t',
      'from=+5511900000000',
      `channel=${channel}`,
    ]
    return succeed(camp(['credential', 'set', 'Carteira Sul', 'Twilio', ...keys], { env: admin }))
  }
  const unknown = await dry(...sms)
  expect(unknown.json()).toMatchObject({ segments: null, segments_known: false })
  expect(unknown.err).toMatch(/depends on the credential, and the wallet has none yet/)
  await credential('sms')
  expect((await dry(...sms)).json()).toMatchObject({
    segments: { total: 4, messages: { 2: 2 }, unicode: 2 },
    segments_known: true,
  })
  await credential('whatsapp')
  const code = `HX${'0'.repeat(32)}`
  await succeed(camp(['template', 'add', 'Aviso', '--code', code, '--content', 'ã'.repeat(71)], { env: admin }))
  const whatsapp = await dry('--template', code)
  expect(whatsapp.json()).toMatchObject({ segments: null, segments_known: true })
  expect(whatsapp.err).not.toMatch(/SMS/)
})

function args(file: string): string[] {
  return ['import', file, '--wallet', 'Carteira Sul', '--broker', 'sandbox']
}

function importing(file: string, ...options: string[]) {
  return camp(['campaign', ...args(file), ...options], { env })
}
