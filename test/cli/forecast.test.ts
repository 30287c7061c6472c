import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { camp, type Run } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { adminEnv, allowSelfApproval, succeed, userEnv } from '../support/login.ts'
import { scratchFolder } from '../support/scratch.ts'

const db = useDatabase()
const folder = scratchFolder('forecast')
const NOW = new Date('2026-11-24T15:00:00-03:00')
const LAST = new Date('2026-11-23T16:05:00-03:00')
let admin: NodeJS.ProcessEnv
let env: NodeJS.ProcessEnv

beforeAll(async () => {
  admin = await adminEnv(db)
  await succeed(camp(['wallet', 'add', 'Sul', '--idgis', '7'], { env: admin }))
  await succeed(camp(['budget', 'set', 'Sul', '2026-11', '100.00'], { env: admin }))
  await succeed(camp(['broker', 'add', 'Sandbox', '--adapter', 'SANDBOX', '--cost', '0.0450'], { env: admin }))
  await succeed(camp(['credential', 'set', 'Sul', 'Sandbox', 'url=http://127.0.0.1:9'], { env: admin }))
  env = await userEnv(db, admin)
  await allowSelfApproval(admin)
})

/** @param count people, of whom all but the first were written to a day before, less an hour and five minutes */
async function mailing(count: number, first: number): Promise<string> {
  const phones = Array.from({ length: count }, (_, i) => `55119${first + i}`)
  for (const phone of phones.slice(1))
    await db.pool.query(`INSERT INTO "Contact" (key, last_sent_at, lead_id) VALUES ($1, $2, gen_random_uuid())`, [
      `p:${phone}`,
      LAST,
    ])
  const file = join(folder, `${first}.csv`)
  writeFileSync(file, `telefone;nome\n${phones.map((phone, i) => `${phone};Pessoa ${i}`).join('\n')}\n`)
  return file
}

const FLAGS = ['--wallet', 'Sul', '--broker', 'Sandbox', '--message', 'Olá {{nome}}']

function run(argv: readonly string[], as = env): Promise<Run> {
  // The session of the test's own clock; only the campaign's present is moved.
  return camp(argv, { env: as, clock: { now: () => NOW } })
}

const SENTENCE = '19 were written to in the last 24 h (until 16:05): they will be refused if it starts now'
const CAPPED = { leads: 19, written_to: 19, until: '2026-11-24T19:05:00.000Z', same_document: 0 }
const FORECAST = { capped_now: CAPPED, blocked_now: { leads: 0 }, expected_cost: '0.0450' }

test('people who were written to a day ago are counted by the dry run, the import, show and approve', async () => {
  const file = await mailing(20, 87650000)
  const dry = await run(['campaign', 'import', file, ...FLAGS, '--dry-run'])
  expect(dry).toMatchObject({ code: 0, err: expect.stringContaining(`warning: ${SENTENCE}`) })
  expect(dry.out).toMatch(/cost +0\.00 used of at most 0\.90 \(0\.0450 each\), 0\.0450 expected\n/)
  expect(dry.out).toContain(SENTENCE)
  const dryJson = await run(['campaign', 'import', file, ...FLAGS, '--dry-run', '--json'])
  expect(dryJson.json()).toMatchObject({ ...FORECAST, cost: { ceiling: '0.9000' } })

  const imported = await run(['campaign', 'import', file, ...FLAGS, '--json'])
  expect(imported.json()).toMatchObject({ ...FORECAST, cost: { ceiling: '0.9000' } })
  const id = imported.json().agendamento_id
  expect((await run(['campaign', 'show', id])).out).toContain(SENTENCE)
  const approved = await run(['campaign', 'approve', id, '--yes', '--json'], admin)
  expect(approved).toMatchObject({ code: 0, err: expect.stringContaining(SENTENCE) })
  expect(approved.json()).toMatchObject({ status: 'APPROVED', ...FORECAST })
  expect((await run(['campaign', 'show', id, '--json'])).json()).toMatchObject(FORECAST)
})

test('a schedule is what counts: by then they are free, or not yet', async () => {
  const file = await mailing(3, 87660000)
  const late = await run(['campaign', 'import', file, ...FLAGS, '--dry-run', '--schedule', '2026-11-24 16:05'])
  expect(late.out).not.toContain('written to')
  const early = await run(['campaign', 'import', file, ...FLAGS, '--dry-run', '--schedule', '2026-11-24 16:04'])
  expect(early.err).toContain('2 were written to less than 24 h before it starts (until 16:05): they will be refused')
})

test('fish and --no-cap are left out', async () => {
  const file = await mailing(3, 87670000)
  await succeed(camp(['fish', 'add', 'Peixe', '5511987670001'], { env: admin }))
  const capped = await run(['campaign', 'import', file, ...FLAGS, '--dry-run', '--json'])
  expect(capped.json()).toMatchObject({ capped_now: { leads: 2 }, expected_cost: '0.0900' })
  const lifted = await run(['campaign', 'import', file, ...FLAGS, '--no-cap', '--dry-run', '--json'], admin)
  expect(lifted.json()).toMatchObject({ capped_now: { leads: 0, until: null }, expected_cost: '0.1800' })
})

test('two phones of one CPF, in one row or in two, are one message', async () => {
  const file = join(folder, 'two.csv')
  writeFileSync(
    file,
    'tel1;tel2;cpf\n11987680001;11987680002;52998224725\n11987680003;;11144477735\n11987680004;;111.444.777-35\n',
  )
  const phones = ['--map', 'phone=tel1,phone=tel2', '--wallet', 'Sul', '--broker', 'Sandbox', '--message', 'Olá']
  for (const [more, leads] of [
    [[], 1],
    [['--all-phones'], 2],
  ] as const) {
    const dry = await run(['campaign', 'import', file, ...phones, ...more, '--dry-run', '--json'])
    expect(dry.json()).toMatchObject({ capped_now: { leads, written_to: 0, same_document: leads } })
    expect(dry.err).toContain(`${leads} leads are further phones of the same CPF or CNPJ`)
  }
})

test('who came on the blocklist after the import is counted by show', async () => {
  const file = await mailing(1, 87690000)
  const id = (await run(['campaign', 'import', file, ...FLAGS, '--no-fish', '--json'])).json().agendamento_id
  await succeed(camp(['blocklist', 'add', '--phone', '11987690000'], { env }))
  const show = await run(['campaign', 'show', id, '--json'])
  expect(show.json()).toMatchObject({ blocked_now: { leads: 1 }, expected_cost: '0.0000', cost: { ceiling: '0.0450' } })
  expect((await run(['campaign', 'show', id])).out).toContain('1 is on the blocklist now')
})
