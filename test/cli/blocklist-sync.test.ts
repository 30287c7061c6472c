import { readFile } from 'node:fs/promises'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { dispatchOn, openSandbox } from '../support/dispatch.ts'
import { serveHttp } from '../support/http.ts'
import { adminEnv, allowSelfApproval, succeed, userEnv } from '../support/login.ts'
import { fileOf } from '../support/sync.ts'
import { emptied } from '../support/tampering.ts'

const db = useDatabase()
const { workers, status } = dispatchOn(db)
let admin: NodeJS.ProcessEnv
let user: NodeJS.ProcessEnv
beforeAll(async () => {
  admin = await adminEnv(db)
  user = await userEnv(db, admin)
  await allowSelfApproval(admin)
})
beforeEach(() => emptied(db.pool, '"Blocklist", "BlocklistSync", "AuditEvent", "Contact", "Campaign"'))

const run = (args: string[], env = admin, stdin?: string) =>
  camp(['blocklist', ...args], { env, ...(stdin !== undefined && { stdin }) })
const json = async (args: string[], env = admin) => (await succeed(run([...args, '--json'], env))).json()
const EXAMPLE = 'fixtures/examples/blocklist.csv'

describe('camp blocklist sync', () => {
  it('takes an ADMIN, says what it did, and stats and check tell of it', async () => {
    expect((await run(['sync', EXAMPLE, '--source', 'procon'], user)).code).toBe(7)
    const synced = await run(['sync', EXAMPLE, '--source', 'procon', '--purpose', 'Cobrança', '--replace'])
    expect(synced).toMatchObject({ code: 0, err: expect.stringContaining('1 rows could not be read') })
    expect(synced.out).toContain('campaigns for cobranca, and those without a purpose')
    expect(synced.out).toMatch(/LINE +REASON +DETAIL\n +6 +INVALID_PHONE +"5,51199E\+12"/)

    const stats = await json(['stats'], user)
    expect(stats).toMatchObject({
      ...{ phones: 5, documents: 3 },
      sources: [{ source: 'procon', phones: 5, documents: 3, purposes: ['cobranca'] }],
    })
    expect(stats.sources[0].syncs).toMatchObject([
      { from: expect.stringContaining(EXAMPLE), added: 8, refused: 1, etag: null, synced_at: expect.any(String) },
    ])
    expect((await run(['stats'], user)).out).toMatch(/procon +5 +3 +cobranca +\d{4}-/)
    expect(await json(['check', '(11) 98765-4321'], user)).toMatchObject({
      blocked: true,
      entries: [{ source: 'procon', reason: 'pediu para não ser contatado', purpose: 'cobranca' }],
    })
  })

  it('replaces no file with its rejects unless it is told to, as a cron job is', async () => {
    const rejects = await fileOf('mine')
    const argv = ['sync', EXAMPLE, '--source', 'procon', '--rejects', rejects]
    const refused = await run(argv)
    expect(refused).toMatchObject({ code: 4, err: expect.stringMatching(/the file .* already exists\n.*--overwrite/) })
    expect(await readFile(rejects, 'utf8')).toBe('mine')
    expect((await run(['stats'])).out).toBe('The blocklist is empty.\n')
    await succeed(run([...argv, '--overwrite']))
    expect(await readFile(rejects, 'utf8')).toContain('5,51199E+12')
  })

  it('reads standard input, and a server that says that nothing is new', async () => {
    expect(await run(['sync', '-', '--source', 'stdin', '--json'], admin, '11987654321\n')).toMatchObject({ code: 0 })
    const url = await serveHttp((request, response) => {
      if (request.headers['if-none-match']) response.writeHead(304).end()
      else response.writeHead(200, { etag: '"1"' }).end('11987654321\n')
    })
    expect(await json(['sync', url, '--source', 'web'])).toMatchObject({ status: 'APPLIED', from: `${url}/`, added: 1 })
    expect(await json(['sync', url, '--source', 'web'])).toMatchObject({ status: 'NOT_MODIFIED', phones: 1 })
    expect((await run(['sync', url, '--source', 'web'])).out).toMatch(/^The list at .* is unchanged/)
    expect((await run(['stats'])).out).toContain('"1"')
  })

  it('keeps the preset of a source, and warns of dates that it cannot read', async () => {
    const list = await fileOf('telefone;data\n11987654321;soon\n21987654321;01/01/2020\n')
    const first = await run(['sync', list, '--source', 'nml', '--preset', 'nao-me-ligue-sp'])
    expect(first.err).toContain('warning: 1 rows have no registration date that can be read (the first: line 2)')
    const later = await json(['sync', list, '--source', 'nml'])
    expect(later).toMatchObject({ preset: 'nao-me-ligue-sp', added: 0, refused: 1, undated: 1 })
    expect((await json(['stats'])).sources[0].syncs).toMatchObject([{ preset: 'nao-me-ligue-sp', undated: 1 }])
    const refused = await run(['sync', list, '--source', 'nml', '--purpose', 'offers'])
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('--preset none') })
    expect(await json(['sync', list, '--source', 'nml', '--preset', 'none'])).toMatchObject({ preset: null, added: 1 })
  })

  it('says what is broken in a list, and keeps it in the audit', async () => {
    const list = await fileOf(
      Buffer.from('telefone;reason\n11987654321;não\n11987654322;n\xc3\n'.replace('não', 'n\xc3\xa3o'), 'latin1'),
    )
    const synced = await run(['sync', list, '--source', 'torn', '--json'])
    const note = expect.stringMatching(/^it is UTF-8, but for .* line 3/)
    expect(synced.json()).toMatchObject({ added: 2, notes: [note] })
    expect(synced.err).toMatch(/warning: the list: it is UTF-8/)
    const { rows } = await db.pool.query(`SELECT detail FROM "AuditEvent" WHERE action = 'blocklist.sync'`)
    expect(rows[0].detail).toMatchObject({ notes: [note] })
  })

  it('warns of what may be a phone or a CPF, and --type decides', async () => {
    const list = await fileOf('11900000083\n11987654321\n')
    const either = await run(['sync', list, '--source', 'a', '--json'])
    expect(either.json()).toMatchObject({ ambiguous: 1, phones: 2, documents: 1 })
    expect(either.err).toContain('may be a phone or a document: both are blocked')
    expect(await json(['sync', list, '--source', 'a', '--type', 'phone', '--replace'])).toMatchObject({
      ...{ ambiguous: 0, phones: 2, documents: 0, removed: 1 },
    })
  })

  it.each([
    [['sync', EXAMPLE], 2],
    [['sync', EXAMPLE, '--source', 'manual'], 2],
    [['sync', EXAMPLE, '--source', 'a', '--purpose', 'two words'], 2],
    [['sync', EXAMPLE, '--source', 'a', '--allow-shrink'], 2],
    [['sync', EXAMPLE, '--source', 'a', '--type', 'fax'], 2],
    [['sync', EXAMPLE, '--source', 'a', '--map', 'phone=X'], 5],
    [['sync', 'nowhere.csv', '--source', 'a'], 3],
    [['sync', 'http://127.0.0.1:9/list', '--source', 'a'], 8],
  ])('%j exits %i', async (args, code) => {
    expect(await run(args)).toMatchObject({ code, out: '' })
    expect(await db.prisma.blocklist.count()).toBe(0)
  })

  it('exits 4 where the list shrinks, and 130 when it is interrupted', async () => {
    await json(['sync', EXAMPLE, '--source', 'a'])
    const short = await fileOf('11987654321\n')
    const shrunk = await run(['sync', short, '--source', 'a', '--replace', '--yes'])
    expect(shrunk).toMatchObject({ code: 4, err: expect.stringContaining('--allow-shrink') })
    const stop = new AbortController()
    stop.abort(new Error('SIGINT'))
    const stopped = await camp(['blocklist', 'sync', short, '--source', 'a'], { env: admin, signal: stop.signal })
    expect(stopped).toMatchObject({ code: 130, out: '' })
    expect((await json(['stats'])).sources[0]).toMatchObject({ phones: 5, documents: 3 })
  })
})

it('two sources hold one phone: removed from one it is blocked by the other', async () => {
  const list = await fileOf('11987654321\n')
  for (const source of ['a', 'b']) await json(['sync', list, '--source', source])
  const removed = await run(['remove', '--phone', '1187654321', '--source', 'a', '--yes'])
  expect(removed.out).toContain('Still blocked')
  expect(removed.err).toContain('if the list of a still contains it, the next sync blocks it again')
  expect((await run(['remove', '--phone', '11987654321', '--source', 'a', '--yes'])).code).toBe(3)
  expect(await json(['check', '11987654321'])).toMatchObject({ blocked: true, entries: [{ source: 'b' }] })
  const event = await db.prisma.auditEvent.findFirst({ where: { action: 'blocklist.remove' } })
  expect(event).toMatchObject({ detail: { sources: ['a'] } })
})

describe('a campaign that was imported and approved before', () => {
  async function begin(...flags: string[]) {
    const sandbox = await openSandbox()
    const name = `W${Math.random().toString(36).slice(2)}`
    const month = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Sao_Paulo', year: 'numeric', month: '2-digit' })
    const setup = [
      ['wallet', 'add', name, '--idgis', String(Math.floor(Math.random() * 2 ** 31))],
      ['broker', 'add', name, '--adapter', 'SANDBOX', '--cost', '0.0450'],
      ['credential', 'set', name, name, `url=${sandbox.url}`],
      ['budget', 'set', name, month.format(new Date()), '100.00'],
    ]
    for (const command of setup) await succeed(camp(command, { env: admin }))
    const mailing = await fileOf(
      'telefone;cpf\n11900000001;\n11900000002;\n11900000003;52998224725\n11900000004;\n',
      `${name}.csv`,
    )
    const always = ['--hours', '00:00-24:00', '--days', 'mon-sun', '--allow-holidays', '--message', 'Olá']
    const target = ['--wallet', name, '--broker', name, ...always, ...flags]
    const imported = await succeed(camp(['campaign', 'import', mailing, ...target, '--json'], { env: admin }))
    const { id } = imported.json()
    await succeed(camp(['campaign', 'approve', id, '--yes'], { env: admin }))
    return { sandbox, imported, id: id as string }
  }

  it('does not reach whom a list names since', async () => {
    const { sandbox, id } = await begin('--purpose', 'collection')
    const list = await fileOf('1100000002\n11900000002\n529.982.247-25\n')
    await json(['sync', list, '--source', 'procon'])
    await json(['sync', await fileOf('11900000004\n'), '--source', 'telecom', '--purpose', 'offers'])
    await succeed(camp(['campaign', 'run', id], { env: admin }))
    await workers({ count: 1 })
    expect(await status(id, 'FINISHED')).toMatchObject({
      statuses: { SENT: 2, ERROR: 2 },
      errors: { BLOCKLISTED: 2 },
    })
    expect(
      sandbox
        .messages()
        .map(message => message.phone)
        .sort(),
    ).toEqual(['5511900000001', '5511900000004'])
    const view = (await succeed(camp(['campaign', 'show', id, '--json'], { env: user }))).json()
    expect(view).toMatchObject({ purpose: 'collection', errors: { BLOCKLISTED: 2 } })
  })

  it('without a purpose is bound by every list, and a new one says which lists do not bind it', async () => {
    await json(['sync', await fileOf('11900000004\n'), '--source', 'telecom', '--purpose', 'offers'])
    const bound = await begin()
    expect(bound.imported.json()).toMatchObject({ purpose: null, errors: { BLOCKLISTED: 1 } })
    expect((await succeed(camp(['campaign', 'show', bound.id], { env: admin }))).out).not.toContain('purpose')

    const dryRun = ['campaign', 'import', 'fixtures/import/bom-crlf.csv', '--message', 'x', '--purpose', 'collection']
    const wallet = bound.imported.json().wallet
    const free = await succeed(camp([...dryRun, '--wallet', wallet, '--broker', wallet, '--dry-run'], { env: admin }))
    expect(free.err).toContain('Lists for another purpose do not apply: telecom (offers).')
    expect(free.out).toMatch(/purpose +collection/)
  })

  it('without a cap says so, in its views and in the audit of its import and its approval', async () => {
    const { id } = await begin('--no-cap')
    expect((await succeed(camp(['campaign', 'show', id], { env: user }))).out).toMatch(/cap +none/)
    const events = await db.prisma.auditEvent.findMany({ where: { subject_id: id }, orderBy: { id: 'asc' } })
    expect(events.map(event => [event.action, event.detail])).toEqual([
      ['campaign.import', expect.objectContaining({ no_cap: true, purpose: null })],
      ['campaign.approve', expect.objectContaining({ no_cap: true, purpose: null })],
    ])
    const refused = await camp(
      ['campaign', 'import', EXAMPLE, '--wallet', 'x', '--broker', 'x', '--no-cap', '--message', 'x'],
      { env: user },
    )
    expect(refused.code).toBe(7)
  })

  it('must be approved again when its purpose is changed behind it', async () => {
    const { id } = await begin('--purpose', 'collection')
    await db.pool.query(`UPDATE "Campaign" SET purpose = 'offers' WHERE id = $1`, [id])
    expect((await camp(['campaign', 'run', id], { env: admin })).code).toBe(4)
    expect((await succeed(camp(['campaign', 'show', id, '--json'], { env: admin }))).json().status).toBe(
      'PENDING_APPROVAL',
    )
  })
})
