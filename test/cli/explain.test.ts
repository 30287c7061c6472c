import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { makeScene } from '../support/fixtures.ts'
import { adminEnv, allowSelfApproval, succeed, userEnv } from '../support/login.ts'
import { scratchFolder } from '../support/scratch.ts'

const db = useDatabase()
let admin: NodeJS.ProcessEnv
let user: NodeJS.ProcessEnv
let folder: string
let wallet: string
let broker: string

beforeAll(async () => {
  admin = await adminEnv(db)
  user = await userEnv(db, admin)
  await allowSelfApproval(admin)
  folder = scratchFolder('explain')
  const scene = await makeScene(db.pool)
  wallet = scene.walletId
  broker = scene.brokerId
})

async function imported(name: string, rows: string): Promise<string> {
  const file = join(folder, `${name}.csv`)
  await writeFile(file, `telefone;nome\n${rows}`)
  const argv = ['campaign', 'import', file, '--wallet', wallet, '--broker', broker, '--message', 'Olá {{nome}}']
  return (await succeed(camp([...argv, '--no-fish', '--json'], { env: user }))).json().agendamento_id
}

const explain = async (phone: string) =>
  (await succeed(camp(['campaign', 'explain', phone, '--json'], { env: user }))).json()

test('tells every row that named a phone, in any spelling, with what became of it, why, and who did what', async () => {
  const first = await imported('janeiro', '11987654321;Ana\n(11) 98765-4321;Ana de novo\n')
  await succeed(camp(['campaign', 'approve', first, '--yes'], { env: admin }))
  const second = await imported('fevereiro', '21987654321;Beto\n+55 11 98765-4321;Ana\n')
  await db.pool.query(
    `UPDATE "CampaignLead" l SET status = 'DELIVERED', sent_at = now(), delivered_at = now() + interval '1 second',
            provider_msg_id = 'SM1'
     FROM "Campaign" c WHERE c.id = l.campaign_id AND c.agendamento_id = $1 AND l.source_line = 2`,
    [first],
  )
  await db.pool.query(`INSERT INTO "Contact" (key, last_sent_at, lead_id) VALUES ('p:5511987654321', now(), $1)`, [
    wallet,
  ])
  await succeed(camp(['blocklist', 'add', '--phone', '11987654321', '--reason', 'pediu'], { env: user }))

  const story = await explain('011 9 8765-4321')
  expect(story).toMatchObject({
    phone: '5511987654321',
    blocked: [{ source: 'manual', reason: 'pediu' }],
    next_message_after: expect.stringMatching(/^20\d\d-/),
  })
  expect(story.messages).toMatchObject([
    { campaign: second, status: 'PENDING', reason: 'its campaign is waiting for approval', source_line: 3 },
    { campaign: first, status: 'DELIVERED', source_line: 2, provider_msg_id: 'SM1' },
    { campaign: first, status: 'ERROR', error_code: 'DUPLICATE', source_line: 3 },
  ])
  expect(story.messages[1].steps.map((step: { what: string }) => step.what)).toEqual([
    'campaign.import',
    'campaign.approve',
    'sent',
    'delivered',
  ])
  const { out } = await succeed(camp(['campaign', 'explain', '11987654321'], { env: user }))
  expect(out).toMatch(/blocked +by manual since .*: pediu/)
  expect(out).toMatch(/line 3 of fevereiro\.csv, Ana\n/)
  expect(out).toMatch(/DELIVERED: the broker reports that it was delivered/)
})

test('tells the rows that were refused, by the document of the row, and by one that could not be read', async () => {
  const file = join(folder, 'recusados.csv')
  await writeFile(file, 'telefone;cpf\n123;111.444.777-35\n11912345678;11144477735\n')
  const argv = ['campaign', 'import', file, '--wallet', wallet, '--broker', broker, '--message', 'Olá', '--no-fish']
  await succeed(camp(argv, { env: user }))
  const story = await explain('11144477735')
  expect(story.matches).toContainEqual({ as: 'document', value: '11144477735', leads: 2 })
  expect(story.messages).toMatchObject([
    { status: 'PENDING', source_line: 3 },
    { status: 'ERROR', error_code: 'INVALID_PHONE', source_line: 2, reason: expect.stringMatching(/^"123": 3 digits/) },
  ])

  const strict = await makeScene(db.pool, { adapter: 'SALESFORCE' })
  const other = join(folder, 'sem-cpf.csv')
  await writeFile(other, 'telefone;nome;cpf\n11912345679;Ana;529.982.247-26\n')
  const place = ['--wallet', strict.walletId, '--broker', strict.brokerId]
  await succeed(camp(['campaign', 'import', other, ...place, '--message', 'Olá', '--no-fish'], { env: user }))
  const refused = await explain('529.982.247-26')
  expect(refused.messages).toMatchObject([
    { error_code: 'INVALID_DOCUMENT', source_line: 2, source_file: 'sem-cpf.csv' },
  ])
})

test.each([
  ['APPROVED', null, 'camp campaign run'],
  ['PROCESSING', null, 'it will be put into a batch next'],
  ['PAUSED', 'too many refusals', 'its campaign is PAUSED: too many refusals'],
])('says what a PENDING one waits for: its campaign is %s', async (status, failure, reason) => {
  const phone = `319${String(90_000_000 + status.length)}`
  const campaign = await imported(`espera-${status}`, `${phone};Caio\n`)
  await db.pool.query(
    `UPDATE "Campaign" SET status = $2::"CampaignStatus", failure_reason = $3 WHERE agendamento_id = $1`,
    [campaign, status, failure],
  )
  expect((await explain(phone)).messages[0].reason).toContain(reason)
})

test('finds a person by CPF and by contract, and says how the value was read', async () => {
  const file = join(folder, 'contratos.csv')
  await writeFile(file, 'telefone;nome;cpf;contrato\n11981230001;João;529.982.247-25;C-1\n')
  const argv = [
    'campaign',
    'import',
    file,
    '--wallet',
    wallet,
    '--broker',
    broker,
    '--message',
    'Olá {{nome}}: {{contrato}}',
  ]
  const campaign = (await succeed(camp([...argv, '--no-fish', '--json'], { env: user }))).json().agendamento_id
  for (const [value, as, canonical] of [
    ['52998224725', 'document', '52998224725'],
    ['529.982.247-25', 'document', '52998224725'],
    ['C-1', 'contract', 'C-1'],
  ]) {
    const story = await explain(value!)
    expect(story.messages).toMatchObject([{ campaign, source_line: 2, text: 'Olá João: C-1' }])
    expect(story.matches.filter((match: { leads: number }) => match.leads > 0)).toEqual([
      { as, value: canonical, leads: 1 },
    ])
  }
  const { out } = await succeed(camp(['campaign', 'explain', '52998224725'], { env: user }))
  expect(out).toMatch(/document +52998224725 \(1 lead\)/)
  expect(out).toMatch(/text +Olá João: C-1/)
})

test('finds what a file had in place of a phone, as it stands there', async () => {
  const campaign = await imported('torto', '5,51199E+12;Davi\n11911112222;Eva\n')
  expect((await explain('5,51199E+12')).messages).toMatchObject([
    { campaign, status: 'ERROR', error_code: 'INVALID_PHONE', reason: expect.stringContaining('scientific') },
  ])
})

test('an unknown value is not found', async () => {
  expect(await camp(['campaign', 'explain', '11900000000'], { env: user })).toMatchObject({
    code: 3,
    err: expect.stringContaining('no campaign has a row with the phone, document or contract 11900000000'),
  })
})
