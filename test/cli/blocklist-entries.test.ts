import { readFileSync, statSync } from 'node:fs'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { addToBlocklist } from '../../src/blocklist/blocklist.ts'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { adminEnv, succeed, userEnv } from '../support/login.ts'
import { fileOf } from '../support/sync.ts'
import { emptied } from '../support/tampering.ts'

const db = useDatabase()
let admin: NodeJS.ProcessEnv
let user: NodeJS.ProcessEnv
beforeAll(async () => {
  admin = await adminEnv(db)
  user = await userEnv(db, admin)
})
beforeEach(() => emptied(db.pool, '"Blocklist", "BlocklistSync", "AuditEvent"'))

const run = (args: string[], env = user, stdin?: string) =>
  camp(['blocklist', ...args], { env, ...(stdin !== undefined && { stdin }) })
const json = async (args: string[], env = user, stdin?: string) =>
  (await succeed(run([...args, '--json'], env, stdin))).json()
const stored = async () =>
  (
    await db.pool.query(
      `SELECT coalesce(phone, cpf_cnpj) AS value, reason, source, purpose FROM "Blocklist" ORDER BY 1`,
    )
  ).rows

const LIST = 'telefone;cpf;motivo\n(11) 98765-4321;;reclamou\n;529.982.247-25;\n11987654321;;again\n12;;x\n'

describe('camp blocklist add --file', () => {
  it('blocks all entries of a list for any user, and reports the rows that it cannot read', async () => {
    const rejects = `${await fileOf('')}.rejects.csv`
    const argv = [
      'add',
      '--file',
      await fileOf(LIST),
      '--reason',
      'por carta',
      '--purpose',
      'Cobrança',
      '--rejects',
      rejects,
    ]
    expect(await json(argv)).toMatchObject({
      ...{ rows: 4, refused: 1, phones: 1, documents: 1, added: 2 },
      refusals: [{ line: 5, code: 'INVALID_PHONE' }],
      rejects: { file: rejects, rows: 1 },
    })
    expect(await stored()).toEqual([
      { value: '52998224725', reason: 'por carta', source: 'manual', purpose: 'cobranca' },
      { value: '5511987654321', reason: 'reclamou', source: 'manual', purpose: 'cobranca' },
    ])
    expect(readFileSync(rejects, 'utf8')).toMatch(/^12;;x;5;;INVALID_PHONE;/m)
    const [event] = await db.prisma.auditEvent.findMany({ where: { action: 'blocklist.add' } })
    expect(event!.detail).toMatchObject({ sha256: expect.stringMatching(/^\w{64}$/), added: 2, rows: 4 })
    expect(JSON.stringify(event)).not.toMatch(/98765|529982/)
  })

  it('never unblocks: an entry keeps its reason where the list has none, and applies to more purposes', async () => {
    await json(['add', '--phone', '11987654321', '--reason', 'first', '--purpose', 'offers'])
    expect(await json(['add', '--file', '-'], user, 'telefone\n11987654321\n11987654322\n')).toMatchObject({ added: 1 })
    expect(await stored()).toMatchObject([{ reason: 'first', purpose: null }, { reason: null }])
    const text = await succeed(run(['add', '--file', '-'], user, 'telefone\n11987654321\n'))
    expect(text.out).toMatch(/contains +1 phones, 0 documents in 1 rows\nadded +0\nknown before +1\n/)
  })

  it.each<[string[], number, string]>([
    [['--phone', '11987654321'], 2, 'OPTIONS_CONFLICT'],
    [['--file', 'https://example.com/list.csv'], 2, 'INVALID_ARGUMENT'],
    [['--file', 'no-such-file'], 3, 'FILE_NOT_FOUND'],
    [['--map', 'phone=X'], 5, 'COLUMN_NOT_FOUND'],
  ])('with %j ends with %i and changes nothing', async (options, code, name) => {
    const refused = await run(['add', '--file', await fileOf(LIST), ...options, '--json'])
    expect([refused.code, refused.error().code, await stored()]).toEqual([code, name, []])
    const alone = await run(['add', '--phone', '11987654321', '--rejects', 'x', '--json'])
    expect([alone.code, alone.error().code]).toEqual([2, 'OPTIONS_CONFLICT'])
  })

  it('changes nothing by a list without an entry', async () => {
    expect((await run(['add', '--file', await fileOf('telefone\n12\n'), '--json'])).error().code).toBe('LIST_EMPTY')
    expect(await stored()).toEqual([])
  })
})

describe('entries', () => {
  beforeEach(async () => {
    const add = (phones: string[], documents: string[], source: string, reason: string | null) =>
      addToBlocklist(db.pool, { phones, documents, source, reason, purpose: source === 'procon' ? 'offers' : null })
    await add(['5511987654321', '5511987654322'], ['52998224725'], 'procon', null)
    await add(['5511987654321'], [], 'manual', '=call 11 98765-4321')
  })

  it('are listed with masked numbers, by filter and page by page', async () => {
    const all = await json(['list'])
    expect(all.entries).toHaveLength(4)
    expect(JSON.stringify(all)).not.toMatch(/98765|5299822/)
    expect(all.entries[0]).toMatchObject({ phone: '5511*****4321', source: 'manual', reason: '=call 11 *****-4321' })
    expect((await run(['list', '--source', 'manual'])).out).toMatch(
      /^PHONE +DOCUMENT.*\n5511\*+4321 +manual +everything/,
    )
    expect(await json(['list', '--type', 'document'])).toMatchObject({
      entries: [{ cpf_cnpj: '*********25' }],
      next: null,
    })
    expect((await json(['list', '--purpose', 'Offers'])).entries).toHaveLength(3)
    const seen: string[] = []
    let next: string | null = null
    do {
      const page = await json(['list', '--limit', '3', ...(next === null ? [] : ['--after', next])])
      seen.push(...page.entries.map((entry: { id: string }) => entry.id))
      next = page.next
    } while (next !== null)
    expect(seen).toEqual(all.entries.map((entry: { id: string }) => entry.id))
    expect((await run(['list', '--limit', '3'])).err).toMatch(/^More, with the same options: --after [\w-]{36}\n$/)
    expect((await run(['list', '--after', 'nonsense'])).code).toBe(3)
  })

  it('are exported by an ADMIN, guarded against formulas, private and audited', async () => {
    const file = `${await fileOf('')}.csv`
    expect((await run(['export', '--csv', file])).code).toBe(7)
    expect(() => statSync(file)).toThrow('ENOENT')
    expect(await json(['export', '--csv', file], admin)).toEqual({ file, rows: 4 })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const text = readFileSync(file, 'utf8')
    expect(text).toMatch(/^\ufeffphone;cpf_cnpj;reason;source;purpose;created_at\r\n/)
    expect(text).toMatch(/\r\n'5511987654321;;'=call 11 98765-4321;manual;;\d\d\/\d\d\/\d{4} /)
    expect((await run(['export', '--csv', file], admin)).code).toBe(4)
    const plain = await succeed(run(['export', '--csv', '-', '--plain', '--type', 'document'], admin))
    expect(plain.out).toMatch(/^phone,cpf_cnpj,[^\n]*\n,52998224725,,procon,offers,[^\n]*\n$/)
    const events = await db.prisma.auditEvent.findMany({
      where: { action: 'blocklist.export' },
      orderBy: { id: 'asc' },
    })
    expect(events.map(({ detail }) => detail)).toContainEqual({ source: null, purpose: null, type: 'document' })
  })

  it('that were exported are a list that can be added', async () => {
    const file = `${await fileOf('')}.csv`
    await json(['export', '--csv', file, '--source', 'procon'], admin)
    await db.pool.query('TRUNCATE "Blocklist"')
    expect(await json(['add', '--file', file])).toMatchObject({ refused: 0, phones: 2, documents: 1, added: 3 })
  })
})
