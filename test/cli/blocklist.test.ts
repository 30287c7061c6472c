import { beforeAll, expect, it } from 'vitest'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { adminEnv, succeed, userEnv } from '../support/login.ts'

const db = useDatabase()
let admin: NodeJS.ProcessEnv
let user: NodeJS.ProcessEnv
beforeAll(async () => {
  admin = await adminEnv(db)
  user = await userEnv(db, admin)
})
const run = (args: string[], env = user) => camp(['blocklist', ...args, '--json'], { env })
const json = async (args: string[], env = user) => (await succeed(run(args, env))).json()

it('lets any user block a phone in any spelling, and finds it in any other', async () => {
  expect(await json(['check', '11987654321'])).toMatchObject({ blocked: false, entries: [] })
  expect(await json(['add', '--phone', '(11) 98765-4321', '--reason', 'pediu para sair'])).toMatchObject({
    added: 1,
    entries: [{ phone: '5511987654321', reason: 'pediu para sair', source: 'manual' }],
  })
  // Without its ninth digit it is the same person.
  for (const spelling of ['+55 11 98765-4321', '011987654321', '1187654321']) {
    expect(await json(['check', spelling])).toMatchObject({
      blocked: true,
      phone: '5511987654321',
      entries: [{ source: 'manual' }],
    })
  }
  expect(await json(['add', '--phone', '11987654321'])).toMatchObject({ added: 0 })
})

it('blocks a document, and looks eleven digits up as a phone and as a CPF', async () => {
  await json(['add', '--document', '529.982.247-25'])
  expect(await json(['check', '52998224725'])).toMatchObject({ blocked: true, cpf_cnpj: '52998224725' })
  expect(await json(['check', '111.444.777-35'])).toMatchObject({ blocked: false, cpf_cnpj: '11144477735' })
})

it.each([
  [['add'], 2],
  [['add', '--phone', '123'], 5],
  [['add', '--document', '52998224726'], 5],
  [['check', 'nonsense'], 5],
])('%j exits %i', async (args, code) => {
  expect(await run(args)).toMatchObject({ code, out: '' })
})

it('counts by source', async () => {
  expect(await json(['stats'])).toEqual({
    phones: 1,
    documents: 1,
    sources: [{ source: 'manual', phones: 1, documents: 1, purposes: [null], syncs: [] }],
  })
})

it('takes an ADMIN and a yes to unblock', async () => {
  expect((await run(['remove', '--phone', '11987654321', '--yes'])).code).toBe(7)
  expect((await run(['remove', '--phone', '11987654321'], admin)).code).toBe(2)
  expect(await json(['remove', '--phone', '11987654321', '--yes'], admin)).toMatchObject({ removed: 1 })
  expect((await run(['remove', '--phone', '11987654321', '--yes'], admin)).code).toBe(3)
  expect(await json(['check', '11987654321'])).toMatchObject({ blocked: false })
  const events = await db.prisma.auditEvent.findMany({ where: { subject: 'Blocklist' }, orderBy: { id: 'asc' } })
  expect(events.map(event => event.action)).toEqual([
    'blocklist.add',
    'blocklist.add',
    'blocklist.add',
    'blocklist.remove',
  ])
  expect(events.every(event => event.user_id !== null)).toBe(true)
})

it('takes a source off as a whole, but not what people have said themselves', async () => {
  await db.pool.query(
    `INSERT INTO "Blocklist" (id, phone, source, updated_at)
     SELECT gen_random_uuid(), '55119555500' || (n + 10), s, now() FROM generate_series(1, 3) n,
       unnest(ARRAY['broker:G', 'broker:G:unknown']) s`,
  )
  const all = (source: string, env = admin) => run(['remove', '--source', source, '--all', '--yes'], env)
  expect((await all('broker:G:unknown', user)).code).toBe(7)
  for (const source of ['manual', 'broker:G']) expect((await all(source)).code).toBe(2)
  expect((await all('broker:H:unknown')).code).toBe(3)
  expect((await run(['remove', '--all', '--yes'], admin)).code).toBe(2)
  expect((await succeed(all('broker:G:unknown'))).json()).toEqual({ removed: 3, source: 'broker:G:unknown' })
  const { rows } = await db.pool.query(`SELECT DISTINCT source FROM "Blocklist" WHERE phone LIKE '55119555500%'`)
  expect(rows).toEqual([{ source: 'broker:G' }])
})

it('takes a value alone, as what it is: a phone or a document, and not one that may be both', async () => {
  expect(await json(['add', '(21) 98765-4321'])).toMatchObject({ added: 1, entries: [{ phone: '5521987654321' }] })
  expect(await json(['add', '111.444.777-35', '--phone', '21987654322'])).toMatchObject({ added: 2 })
  expect(await json(['check', '11144477735'])).toMatchObject({ blocked: true })
  const both = await run(['add', '11980000077'])
  expect(both).toMatchObject({ code: 2 })
  expect(both.error()).toMatchObject({ hint: expect.stringContaining('--phone or --document') })
  expect(await run(['add', '12345'])).toMatchObject({ code: 5 })
  expect((await run(['add', '12345'])).error().hint).toMatch(/^As a phone: .*\. As a document: .*\.$/)
  expect(await run(['add', '21987654323', '--file', 'x.csv'])).toMatchObject({ code: 2 })
  for (const value of ['--phone=21987654321', '--phone=21987654322', '--document=11144477735'])
    await json(['remove', value, '--yes'], admin)
})
