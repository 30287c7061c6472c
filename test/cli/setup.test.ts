import { rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { makeCampaign } from '../support/fixtures.ts'
import { ADMIN, adminEnv, succeed, userEnv } from '../support/login.ts'
import { scratchFolder } from '../support/scratch.ts'

const db = useDatabase()
let env: NodeJS.ProcessEnv
beforeAll(async () => {
  env = await adminEnv(db)
})
const run = (line: string[], stdin?: string) =>
  camp([...line, '--json'], { env, ...(stdin !== undefined && { stdin }) })
const json = async (line: string[], stdin?: string) => (await succeed(run(line, stdin))).json()

/** A campaign of this wallet and broker (and template), so that they are in use. */
async function useIt(wallet: string, broker: string, columns: Record<string, unknown> = {}): Promise<void> {
  const scene = {
    userId: (await db.prisma.user.findFirstOrThrow()).id,
    walletId: (await db.prisma.wallet.findUniqueOrThrow({ where: { name: wallet } })).id,
    brokerId: (await db.prisma.broker.findUniqueOrThrow({ where: { name: broker } })).id,
    credentialId: '',
  }
  await makeCampaign(db.pool, scene, { leads: 1, status: 'FINISHED', columns })
}

describe('camp wallet', () => {
  it('adds, lists, shows, changes and removes', async () => {
    expect(await json(['wallet', 'add', 'Norte', '--idgis', '10'])).toMatchObject({
      id: expect.any(String),
      name: 'Norte',
      idgis_ambiente: 10,
    })
    expect(await json(['wallet', 'list'])).toEqual([
      expect.objectContaining({ name: 'Norte', created_at: expect.stringMatching(/Z$/) }),
    ])
    expect(await json(['wallet', 'set', '10', '--name', 'Nordeste'])).toMatchObject({
      name: 'Nordeste',
      idgis_ambiente: 10,
    })
    expect(await json(['wallet', 'show', 'nordeste'])).toMatchObject({ brokers: [], budgets: [], campaigns: 0 })
    expect(await json(['wallet', 'remove', 'Nordeste', '--yes'])).toMatchObject({ removed: true, name: 'Nordeste' })
    expect(await json(['wallet', 'list'])).toEqual([])
    const events = await db.prisma.auditEvent.findMany({ where: { subject: 'Wallet' }, orderBy: { id: 'asc' } })
    expect(events.map(event => event.action)).toEqual(['wallet.add', 'wallet.set', 'wallet.remove'])
    expect(events[1]!.detail).toEqual({ name: { from: 'Norte', to: 'Nordeste' } })
  })

  it('refuses a name or number that is taken with 4, also by two at once', async () => {
    await json(['wallet', 'add', 'Sul', '--idgis', '20'])
    expect((await run(['wallet', 'add', 'SUL', '--idgis', '21'])).code).toBe(4)
    expect((await run(['wallet', 'add', 'Sudeste', '--idgis', '20'])).code).toBe(4)
    await json(['wallet', 'add', 'Oeste', '--idgis', '22'])
    expect((await run(['wallet', 'set', 'Oeste', '--name', 'sul'])).code).toBe(4)
    expect((await run(['wallet', 'set', 'Oeste', '--name', 'OESTE'])).code).toBe(0)
    const codes = await Promise.all([
      run(['wallet', 'add', 'Twin', '--idgis', '30']),
      run(['wallet', 'add', 'Twin', '--idgis', '31']),
    ])
    expect(codes.map(({ code }) => code).sort()).toEqual([0, 4])
  })

  it('removes nothing without a confirmation', async () => {
    const refused = await run(['wallet', 'remove', 'Sul'])
    expect(refused).toMatchObject({ code: 2, out: '', err: expect.stringContaining('--yes') })
    expect(await json(['wallet', 'show', 'Sul'])).toMatchObject({ name: 'Sul' })
  })

  it('exits 3 for one that is unknown, 2 for nothing to set', async () => {
    const unknown = await run(['wallet', 'show', 'Sull'])
    expect([unknown.code, unknown.error()]).toMatchObject([
      3,
      { code: 'WALLET_NOT_FOUND', hint: expect.stringContaining('Did you mean "Sul"?') },
    ])
    expect((await run(['wallet', 'set', 'Sul'])).code).toBe(2)
    expect((await run(['wallet', 'add', 'X', '--idgis', '1.5'])).code).toBe(2)
  })
})

describe('camp broker', () => {
  it('adds, shows and changes, money and pace as decimal strings', async () => {
    const added = await json([
      'broker',
      'add',
      'Caixa',
      '--adapter',
      'sandbox',
      '--cost',
      '0,0450',
      '--rate',
      '100/m',
      '--max-batch',
      '500',
    ])
    expect(added).toMatchObject({
      adapter: 'SANDBOX',
      cost_per_message: '0.0450',
      rate_limit: '1.666',
      max_batch: 500,
      billing: 'ACCEPTED',
    })
    const set = [
      'broker',
      'set',
      'Caixa',
      '--cost',
      '0.05',
      '--rate',
      'none',
      '--max-batch',
      'none',
      '--billing',
      'delivered',
    ]
    expect(await json(set)).toMatchObject({
      cost_per_message: '0.0500',
      rate_limit: null,
      max_batch: null,
      billing: 'DELIVERED',
    })
    expect(await json(['broker', 'list'])).toHaveLength(1)
    const event = await db.prisma.auditEvent.findFirstOrThrow({ where: { action: 'broker.set' } })
    expect(event.detail).toMatchObject({
      cost_per_message: { from: '0.045', to: '0.0500' },
      billing: { from: 'ACCEPTED', to: 'DELIVERED' },
    })
  })

  it('takes pace and billing from the adapter, unless they are given', async () => {
    const add = (name: string, ...more: string[]) =>
      json(['broker', 'add', name, '--adapter', 'META_WPP', '--cost', '0.0350', ...more])
    expect(await add('Meta 1')).toMatchObject({ rate_limit: '80.000', billing: 'DELIVERED' })
    expect(await add('Meta 2', '--rate', '20/s', '--billing', 'accepted')).toMatchObject({
      rate_limit: '20.000',
      billing: 'ACCEPTED',
    })
  })

  it.each([
    [['--adapter', 'CARRIER_PIGEON', '--cost', '1'], 5],
    [['--adapter', 'SANDBOX', '--cost', '0.00001'], 5],
    [['--adapter', 'SANDBOX', '--cost', '-1'], 5],
    [['--adapter', 'SANDBOX', '--cost', '1000000'], 5],
    [['--adapter', 'SANDBOX', '--cost', '1', '--max-batch', '1001'], 5],
    [['--adapter', 'SANDBOX', '--cost', '1', '--max-batch', '0'], 2],
    [['--adapter', 'SANDBOX', '--cost', '1', '--rate', 'fast'], 2],
    [['--adapter', 'SANDBOX', '--cost', '1', '--rate', '0/s'], 2],
    [['--cost', '1'], 2],
  ])('refuses %j with %i', async (options, code) => {
    expect((await run(['broker', 'add', 'Outra', ...options])).code).toBe(code)
  })

  it('tells an ADMIN the webhook URL, renewed on demand, and a USER none', async () => {
    const show = async (given: NodeJS.ProcessEnv) =>
      (await succeed(camp(['broker', 'show', 'Caixa', '--json'], { env: given }))).json()
    const open = { ...env, CAMP_PUBLIC_URL: 'https://camp.example/base/' }
    const { id, webhook_url: before } = await show(open)
    expect(before).toMatch(new RegExp(`^https://camp\\.example/base/webhooks/${id}/[\\w-]{43}$`))
    expect((await show(env)).webhook_url).toBeNull()
    const user = await userEnv(db, env)
    expect(await show({ ...user, CAMP_PUBLIC_URL: open.CAMP_PUBLIC_URL })).not.toHaveProperty('webhook_url')
    await json(['broker', 'set', 'Caixa', '--renew-webhook'])
    expect((await show(open)).webhook_url).not.toBe(before)
  })
})

describe('camp credential', () => {
  const PLACE = ['Sul', 'Caixa']

  it('is set from key=value, a file or stdin, and shown masked', async () => {
    expect(await json(['credential', 'set', ...PLACE, 'url=http://u:hidden@127.0.0.1:1'])).toMatchObject({
      wallet: 'Sul',
      broker: 'Caixa',
      config: { url: 'http://********@127.0.0.1:1' },
    })
    await json(['credential', 'set', ...PLACE, '--file', '-'], '{"url":"http://127.0.0.1:2"}')
    expect(await json(['credential', 'show', ...PLACE])).toMatchObject({
      adapter: 'SANDBOX',
      config: { url: 'http://127.0.0.1:2' },
    })
    const folder = scratchFolder('credential')
    await writeFile(join(folder, 'key.json'), '{"url":"http://127.0.0.1:3"}')
    await json(['credential', 'set', ...PLACE, '--file', join(folder, 'key.json')])
    await rm(folder, { recursive: true })
    expect(await json(['credential', 'show', ...PLACE])).toMatchObject({ config: { url: 'http://127.0.0.1:3' } })
    expect(await json(['credential', 'list'])).toEqual([
      expect.objectContaining({ wallet: 'Sul', broker: 'Caixa', adapter: 'SANDBOX' }),
    ])
    expect((await json(['wallet', 'show', 'Sul'])).brokers).toEqual(['Caixa'])
  })

  it.each([
    [['urk=s3cret-value'], 5, 'unknown key "urk"'],
    [['url=s3cret-value'], 5, '"url"'],
    [['url='], 5, 'missing key "url"'],
    [['s3cret-value'], 2, 'key=value'],
    [[], 2, 'url (required)'],
    [['--file', 'no-such-file'], 3, 'no-such-file'],
  ])('refuses %j with %i, names the key and echoes no value', async (given, code, said) => {
    const refused = await run(['credential', 'set', ...PLACE, ...given])
    expect(refused).toMatchObject({ code, out: '' })
    const { message, hint } = refused.error()
    expect(`${message} ${hint}`).toContain(said)
    expect(refused.err).not.toContain('s3cret-value')
  })

  it('echoes nothing of a file that is no JSON object', async () => {
    for (const stdin of ['{"url": s3cret-value', '["s3cret-value"]', 's3cret-value']) {
      const refused = await run(['credential', 'set', ...PLACE, '--file', '-'], stdin)
      expect(refused).toMatchObject({ code: 5, err: expect.not.stringContaining('s3cret') })
    }
  })

  it('is tested at the broker: 0 where it answers, 7 where it refuses, 8 where nothing listens', async () => {
    let status = 200
    const server = createServer((_, response) => response.writeHead(status).end('{}'))
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const test = () => run(['credential', 'test', ...PLACE])
    try {
      await json(['credential', 'set', ...PLACE, `url=http://127.0.0.1:${(server.address() as AddressInfo).port}`])
      expect((await succeed(test())).json()).toMatchObject({ tested: true, ok: true, wallet: 'Sul' })
      status = 401
      expect((await test()).code).toBe(7)
      status = 500
      expect((await test()).code).toBe(8)
    } finally {
      await new Promise(resolve => server.close(resolve))
    }
    expect((await test()).code).toBe(8)
  })

  it('is not tested where the adapter has no read for that, which ends with 4', async () => {
    await json(['broker', 'add', 'Sem leitura', '--adapter', 'GUPSHUP', '--cost', '0.01'])
    const keys = ['api_key=k', 'source=5511999990000', 'app_name=App']
    await json(['credential', 'set', 'Sul', 'Sem leitura', ...keys])
    const untested = await run(['credential', 'test', 'Sul', 'Sem leitura'])
    expect([untested.code, untested.error().code]).toEqual([4, 'CREDENTIAL_NOT_TESTABLE'])
    expect(untested.json()).toMatchObject({ tested: false, ok: null })
    await json(['broker', 'remove', 'Sem leitura', '--yes'])
  })

  it('cannot be read under another CAMP_SECRET', async () => {
    const CAMP_SECRET = 'another-secret-of-enough-length'
    const show = ['credential', 'show', ...PLACE, '--json']
    expect((await camp(show, { env: { ...env, CAMP_SECRET } })).code).toBe(2)
    // Not even by a token of before.
    const { out: token } = await camp(['user', 'token', ADMIN.email, '--quiet'], { env })
    const refused = await camp(show, { env: { ...env, CAMP_SECRET, CAMP_TOKEN: token.trim() } })
    expect([refused.code, refused.error().code]).toEqual([2, 'SECRET_MISMATCH'])
  })

  it('is removed', async () => {
    expect((await run(['credential', 'remove', ...PLACE])).code).toBe(2)
    expect(await json(['credential', 'remove', ...PLACE, '--yes'])).toMatchObject({ removed: true })
    expect((await run(['credential', 'remove', ...PLACE, '--yes'])).code).toBe(3)
    expect((await run(['credential', 'show', ...PLACE])).code).toBe(3)
  })
})

describe('camp template', () => {
  it('adds from text or file, lists, shows and removes', async () => {
    const added = await json([
      'template',
      'add',
      'Acordo',
      '--code',
      'acordo_v3',
      '--content',
      'Oi {{1}}, contrato {{ 2 }} de {{1}}',
    ])
    expect(added).toMatchObject({ template_code: 'acordo_v3', variables: ['1', '2'] })
    expect(await json(['template', 'show', 'ACORDO_V3'])).toMatchObject({
      name: 'Acordo',
      content: expect.stringContaining('{{1}}'),
    })
    expect(await json(['template', 'list'])).toHaveLength(1)
    expect((await run(['template', 'add', 'Outro', '--code', 'acordo_v3', '--content', 'x'])).code).toBe(4)
    const folder = scratchFolder('template')
    await writeFile(join(folder, 'text.txt'), 'Olá, João\n')
    expect(
      await json(['template', 'add', 'B', '--code', 'b', '--content-file', join(folder, 'text.txt')]),
    ).toMatchObject({ content: 'Olá, João' })
    await writeFile(join(folder, 'text.txt'), Buffer.from([0x4f, 0xe1]))
    expect((await run(['template', 'add', 'C', '--code', 'c', '--content-file', join(folder, 'text.txt')])).code).toBe(
      5,
    )
    await rm(folder, { recursive: true })
    expect(await json(['template', 'remove', 'b', '--yes'])).toMatchObject({ removed: true, template_code: 'b' })
  })

  it.each([
    [['--code', 'x'], 2],
    [['--code', 'x', '--content', 'a', '--content-file', 'b'], 2],
    [['--code', 'x', '--content', ' '], 5],
    [['--code', 'x y', '--content', 'a'], 2],
    [['--code', 'x', '--content-file', 'no-such-file'], 3],
  ])('refuses %j with %i', async (options, code) => {
    expect((await run(['template', 'add', 'T', ...options])).code).toBe(code)
  })
})

describe('what campaigns use', () => {
  it('is not removed, and says which campaigns', async () => {
    const template = await db.prisma.template.findUniqueOrThrow({ where: { template_code: 'acordo_v3' } })
    await useIt('Sul', 'Caixa', { agendamento_id: 'IN-USE-1', template_id: template.id })
    for (const what of [
      ['wallet', 'remove', 'Sul'],
      ['broker', 'remove', 'Caixa'],
      ['template', 'remove', 'acordo_v3'],
    ]) {
      expect(await run([...what, '--yes'])).toMatchObject({
        code: 4,
        err: expect.stringContaining('1 campaign (IN-USE-1)'),
      })
    }
    expect(await db.prisma.campaign.count()).toBe(1)
    await db.pool.query('DELETE FROM "Campaign"')
    for (const what of [
      ['wallet', 'remove', 'Sul'],
      ['broker', 'remove', 'Caixa'],
      ['template', 'remove', 'acordo_v3'],
    ]) {
      expect((await run([...what, '--yes'])).code).toBe(0)
    }
  })
})

describe('camp fish', () => {
  it('keeps canonical phones, once each', async () => {
    expect(await json(['fish', 'add', 'Ana', '(55) 9 9999-8888'])).toMatchObject({
      name: 'Ana',
      phone: '5555999998888',
    })
    expect((await run(['fish', 'add', 'Ana de novo', '+55 55 99999-8888'])).code).toBe(4)
    expect((await run(['fish', 'add', 'Bad', '123'])).code).toBe(5)
    expect(await json(['fish', 'list'])).toHaveLength(1)
    expect(await json(['fish', 'remove', '55999998888', '--yes'])).toMatchObject({
      removed: true,
      phone: '5555999998888',
    })
    expect((await run(['fish', 'remove', 'Ana', '--yes'])).code).toBe(3)
  })
})

it('prints text for people, and talks on stderr', async () => {
  await json(['wallet', 'add', 'Texto', '--idgis', '99'])
  const listed = await camp(['wallet', 'list'], { env })
  expect(listed.out).toMatch(/^NAME +IDGIS +BROKER +TEXT\n/)
  expect(listed.out).toMatch(/Texto +99/)
  expect(listed.err).toBe('')
})
