import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { dumpOf, KEY, legacyTables } from '../support/legacy-data.ts'
import { adminEnv, succeed, userEnv } from '../support/login.ts'
import { scratchFolder } from '../support/scratch.ts'

const db = useDatabase()
let env: NodeJS.ProcessEnv
let folder: string
let dump: string

/** The day before yesterday is out of the cap; the messages of the test are of this day in São Paulo. */
const today = new Date(Date.now() - 3 * 3_600_000).toISOString().slice(0, 10)
const run = (...line: string[]) => camp([...line, '--json'], { env })
const countOf = async (sql: string): Promise<number> => Number((await db.pool.query(sql)).rows[0].n)
const counts = (tables: { table: string; taken: number; already: number; refused: number }[]) =>
  Object.fromEntries(tables.map(({ table, taken, already, refused }) => [table, [taken, already, refused]]))

const TAKEN = {
  pc_carteiras_v2: [2, 0, 1],
  pc_custos_providers: [2, 0, 2],
  acm_provider_credentials: [2, 0, 3],
  pc_orcamentos_bases: [2, 0, 2],
  cm_baits: [1, 0, 2],
  pc_blocklist: [2, 0, 2],
  envios_pendentes: [8, 0, 6],
}

beforeAll(async () => {
  env = await adminEnv(db)
  folder = scratchFolder('legacy')
  dump = join(folder, 'painel.sql.gz')
  writeFileSync(dump, gzipSync(dumpOf(legacyTables(today))))
})

describe('camp legacy import', () => {
  it('is for an ADMIN', async () => {
    const bob = await userEnv(db, env)
    expect((await camp(['legacy', 'import', dump], { env: bob })).code).toBe(7)
  })

  it('counts in a dry run what it would take, and writes nothing', async () => {
    const before = await countOf(`SELECT count(*) AS n FROM "AuditEvent"`)
    const dry = (await succeed(run('legacy', 'import', dump, '--dry-run'))).json()
    expect(counts(dry.tables)).toEqual(TAKEN)
    expect(dry).toMatchObject({ dry_run: true, campaigns: 3 })
    for (const { read, taken, already, refused } of dry.tables) expect(read).toBe(taken + already + refused)
    for (const table of ['Wallet', 'Broker', 'Credential', 'Budget', 'Fish', 'Blocklist', 'Campaign', 'CampaignLead'])
      expect([table, await countOf(`SELECT count(*) AS n FROM "${table}"`)]).toEqual([table, 0])
    expect(await countOf(`SELECT count(*) AS n FROM "AuditEvent"`)).toBe(before)
  })

  it('takes each row or refuses it by a reason, and lists the refused ones without their values', async () => {
    const rejects = join(folder, 'refused.csv')
    const imported = await succeed(run('legacy', 'import', dump, '--rejects', rejects))
    const view = imported.json()
    expect(counts(view.tables)).toEqual(TAKEN)
    const reasons = Object.fromEntries(
      view.tables.map((one: { table: string; reasons: object }) => [one.table, one.reasons]),
    )
    expect(reasons).toMatchObject({
      pc_carteiras_v2: { IDGIS_UNKNOWN: 1 },
      pc_custos_providers: { INVALID_AMOUNT: 1, PROVIDER_UNKNOWN: 1 },
      acm_provider_credentials: { WALLET_UNKNOWN: 1, BROKER_MISSING: 1, PROVIDER_UNKNOWN: 1 },
      pc_orcamentos_bases: { MONTH_MISSING: 1, WALLET_UNKNOWN: 1 },
      cm_baits: { INACTIVE: 1, INVALID_PHONE: 1 },
      pc_blocklist: { INVALID_DOCUMENT: 1, TYPE_UNKNOWN: 1 },
      envios_pendentes: {
        ...{
          STATUS_UNKNOWN: 1,
          PROVIDER_UNKNOWN: 1,
          INVALID_PHONE: 1,
          WALLET_UNKNOWN: 1,
          INVALID_DATE: 1,
          NO_CAMPAIGN: 1,
        },
      },
    })
    const lines = readFileSync(rejects, 'utf8').trim().split('\n')
    expect(lines).toHaveLength(19)
    expect(lines).toContain('envios_pendentes;9;STATUS_UNKNOWN;the status talvez')
    expect(statSync(rejects).mode & 0o077).toBe(0)
    for (const text of [imported.out, imported.err, lines.join()]) {
      expect(text).not.toContain(KEY)
      expect(text).not.toMatch(/98765|529/)
    }
  })

  it('keeps what the old system says of each message, in archived campaigns', async () => {
    const { rows } = await db.pool.query(
      `SELECT c.agendamento_id AS campaign, w.name AS wallet, b.name AS broker, c.status AS of, l.seq, l.status,
              l.error_code AS code, l.phone, l.nome, l.custom_message AS text, l.idcob_contrato AS contract, l.sent_at IS NOT NULL AS dated
       FROM "CampaignLead" l JOIN "Campaign" c ON c.id = l.campaign_id JOIN "Wallet" w ON w.id = c.wallet_id
       JOIN "Broker" b ON b.id = c.broker_id ORDER BY l.seq`,
    )
    expect(new Set(rows.map(row => row.of))).toEqual(new Set(['ARCHIVED']))
    expect(rows.map(row => [row.seq, row.status, row.code, row.dated])).toEqual([
      [1, 'SENT', null, true],
      [2, 'SENT', null, true],
      [3, 'IN_DOUBT', null, true],
      [4, 'ERROR', 'LEGACY_OPEN', false],
      [5, 'ERROR', 'LEGACY_STOPPED', false],
      [6, 'ERROR', 'LEGACY_FAILED', false],
      [7, 'SENT', null, true],
      [8, 'SENT', null, true],
    ])
    expect(rows[1]).toMatchObject({
      ...{ campaign: 'A1', wallet: 'Carteira Norte', broker: 'GOSAC', phone: '5511987650002', nome: 'João' },
      ...{ text: `It's "\\o/";\n(linha 2), 😀`, contract: '777' },
    })
    expect(rows[0].contract).toBeNull()
    expect(rows.slice(6).map(row => [row.campaign, row.broker])).toEqual([
      ['A2', 'CDA'],
      ['A2-GOSAC', 'GOSAC'],
    ])
    const story = (await succeed(run('campaign', 'explain', '11987650002'))).json()
    expect(story.messages.map((one: { campaign: string }) => one.campaign).sort()).toEqual(['A1', 'A2-GOSAC'])
    expect(story.next_message_after).not.toBeNull()
  })

  it('seals the credentials, and sets the budgets with what the old system has used', async () => {
    const { rows } = await db.pool.query(`SELECT config::text AS config FROM "Credential"`)
    expect(rows).toHaveLength(2)
    for (const { config } of rows) expect(config).not.toContain(KEY)
    expect((await succeed(run('credential', 'show', 'Carteira Sul', 'CDA'))).json()).toMatchObject({
      config: { url: 'https://cda.example.com', api_key: '********' },
    })
    // Three messages of A1 and one of A2 at 0.1250; those that were never sent cost nothing.
    const budget = (await succeed(run('budget', 'show', 'Carteira Norte', today.slice(0, 7)))).json()
    expect(budget).toMatchObject({ budget: '1500.3500', used_budget: '0.5000' })
    expect((await run('budget', 'audit')).code).toBe(0)
  })

  it('takes nothing twice', async () => {
    const again = (await succeed(run('legacy', 'import', dump))).json()
    const repeated = Object.entries(TAKEN).map(([table, [taken, , refused]]) => [table, [0, taken, refused]])
    expect(counts(again.tables)).toEqual(Object.fromEntries(repeated))
    expect(again).toMatchObject({ campaigns: 0, used: [] })
    expect(await countOf(`SELECT count(*) AS n FROM "CampaignLead"`)).toBe(8)
    expect(await countOf(`SELECT sum(rows) AS n FROM "Campaign"`)).toBe(8)
  })

  it('makes nothing that can be sent: no command moves an archived campaign or its leads', async () => {
    const leads = () => db.pool.query(`SELECT id, status, error_code FROM "CampaignLead" ORDER BY seq`)
    const before = (await leads()).rows
    const tries = [
      ...[
        'approve A1',
        'reject A1',
        'run A1',
        'resume A1',
        'retry A1',
        'retry A1 --only LEGACY_OPEN',
        'pause A1',
        'cancel A1',
      ],
      'resolve A1 --resend',
    ]
    for (const line of tries)
      expect([line, (await run('campaign', ...line.split(' '), '--yes')).code]).toEqual([line, 4])
    await run('campaign', 'run', '--due')
    expect((await leads()).rows).toEqual(before)
    expect(await countOf(`SELECT count(*) AS n FROM "Campaign" WHERE status <> 'ARCHIVED'`)).toBe(0)
    expect(await countOf(`SELECT count(*) AS n FROM "Batch"`)).toBe(0)
    // A person may say what became of a message in doubt.
    expect((await run('campaign', 'resolve', 'A1', '--not-sent', '--yes')).code).toBe(0)
    expect((await succeed(run('legacy', 'import', dump))).json().used).toMatchObject([
      { amount: '-0.1250', messages: -1 },
    ])
    expect((await run('budget', 'audit')).code).toBe(0)
  })

  it('is in the audit', async () => {
    const { rows } = await db.pool.query(
      `SELECT detail::text AS detail FROM "AuditEvent" WHERE action = 'legacy.import'`,
    )
    expect(rows).toHaveLength(3)
    expect(await countOf(`SELECT count(*) AS n FROM "AuditEvent" WHERE action = 'campaign.archive'`)).toBe(3)
  })
})

describe('options and errors', () => {
  it('--idgis and --broker decide what the data leaves open', async () => {
    await succeed(run('broker', 'add', 'Pombo', '--adapter', 'NOAH', '--cost', '0.10'))
    const view = await succeed(
      run('legacy', 'import', dump, '--dry-run', '--idgis', 'W3=30', '--broker', 'pombo=Pombo,rcs=Pombo'),
    )
    const found = counts(view.json().tables)
    expect(found).toMatchObject({ pc_carteiras_v2: [1, 2, 0], envios_pendentes: [1, 8, 5] })
  })

  it.each([
    ['no such file', ['/nowhere.sql'], 3, 'FILE_NOT_FOUND'],
    ['another prefix', ['DUMP', '--prefix', 'x_'], 5, 'FILE_EMPTY'],
    ['a prefix that is none', ['DUMP', '--prefix', 'a;b'], 2, 'INVALID_ARGUMENT'],
    ['a number that is none', ['DUMP', '--idgis', 'W3=x'], 2, 'INVALID_ARGUMENT'],
    ['a broker that is not there', ['DUMP', '--broker', 'pombo=Nenhum'], 3, 'BROKER_NOT_FOUND'],
    ['a URL without a database', ['mysql://root@127.0.0.1'], 2, 'INVALID_ARGUMENT'],
    ['a database that does not answer', ['mysql://root:x@127.0.0.1:9/wp'], 8, 'LEGACY_UNREACHABLE'],
  ])('%s', async (_what, line, code, name) => {
    const refused = await run('legacy', 'import', ...line.map(word => (word === 'DUMP' ? dump : word)))
    expect([refused.code, refused.error().code]).toEqual([code, name])
    expect(refused.err).not.toContain('root:x')
  })
})
