import { describe, expect, it } from 'vitest'
import { reconcileBudgets } from '../../../src/budget/reconcile.ts'
import { resumeCampaign, runCampaign } from '../../../src/campaign/actions/start.ts'
import { useDatabase } from '../../support/database.ts'
import { dispatchOn } from '../../support/dispatch.ts'
import { booksOf, makeCampaign, makeScene } from '../../support/fixtures.ts'
import { serveHttp } from '../../support/http.ts'

/** What a code of an answer does to a campaign, at a broker over HTTP: one that takes messages in bulk, and one that takes each alone. */
const db = useDatabase()
const { workers, status, still } = dispatchOn(db)

const SINGLE = {
  adapter: 'TWILIO',
  credential: { account_sid: `AC${'0'.repeat(32)}`, auth_token: '0'.repeat(32), from: '+5511999990000' },
}
const BULK = { adapter: 'SANDBOX', credential: {} }
type Kind = typeof SINGLE | typeof BULK

/** A code, or undefined: taken. */
type Fate = (phone: string) => string | undefined

/** A broker that decides about each message by its phone, and knows whose messages it took. */
async function openBroker(kind: Kind) {
  const broker = { fate: (() => undefined) as Fate, requests: 0, messages: 0, taken: [] as string[], url: '' }
  const answer = (phone: string): string | undefined => {
    broker.messages++
    const code = broker.fate(phone)
    if (code === undefined) broker.taken.push(phone)
    return code
  }
  broker.url = await serveHttp(async (incoming, response) => {
    let text = ''
    for await (const chunk of incoming) text += chunk
    broker.requests++
    const reply = (code: number, body: object) =>
      response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (kind === SINGLE) {
      const phone = new URLSearchParams(text).get('To')!.slice(1)
      const code = answer(phone)
      if (code === undefined) return reply(201, { sid: `SM${phone}`, status: 'queued' })
      return reply(400, { code: Number(code), message: 'no', status: 400 })
    }
    const { messages } = JSON.parse(text) as { messages: { key: string; phone: string }[] }
    const results = messages.map(({ key, phone }) => {
      const code = answer(phone)
      return code === undefined ? { key, status: 'accepted' } : { key, status: 'rejected', code, detail: 'no' }
    })
    return reply(200, { reference: 'r', results })
  })
  return broker
}

interface Options {
  leads: number
  kind: Kind
  fate: Fate
  codes?: object
  maxBatch?: number
  concurrency?: number
  columns?: Record<string, unknown>
}

async function started({ leads, kind, fate, codes = {}, maxBatch, concurrency = 8, columns = {} }: Options) {
  const broker = await openBroker(kind)
  broker.fate = fate
  const credential = { ...kind.credential, url: broker.url }
  const scene = await makeScene(db.pool, { adapter: kind.adapter, credential, maxBatch: maxBatch ?? null })
  await setCodes(scene.brokerId, codes)
  const deps = await workers({ count: 1, concurrency })
  const id = await makeCampaign(db.pool, scene, { leads, columns })
  await runCampaign(deps, id, scene.userId)
  return { id, broker, scene, resume: () => resumeCampaign(deps, id, scene.userId) }
}

const setCodes = (brokerId: string, codes: object) =>
  db.pool.query(`UPDATE "Broker" SET codes = $2 WHERE id = $1`, [brokerId, codes])

async function codesOf(id: string): Promise<Record<string, number>> {
  const { rows } = await db.pool.query<{ code: string; leads: number }>(
    `SELECT error_code AS code, count(*)::int AS leads FROM "CampaignLead" WHERE campaign_id = $1 AND status = 'ERROR' GROUP BY 1`,
    [id],
  )
  return Object.fromEntries(rows.map(({ code, leads }) => [code, leads]))
}

const differences = async () => (await reconcileBudgets(db.pool)).differences
const times = (taken: readonly string[]) => new Set(taken).size - taken.length
/** Every nth phone, by its last digits. */
const every =
  (n: number, code: string): Fate =>
  (phone: string) =>
    Number(phone.slice(-6)) % n === 0 ? code : undefined

const KINDS = [
  ['one message per request', SINGLE],
  ['many messages per request', BULK],
] as const

describe.each(KINDS)('at a broker that takes %s', (_, kind) => {
  it.each([
    ['stop', 'PAUSED'],
    ['fatal', 'FAILED'],
  ])(
    'a code of class %s: no lead is refused, the reason names it, and after the cure all is sent',
    async (codeClass, end) => {
      const { id, broker, scene, resume } = await started({
        ...{ leads: 300, kind, fate: () => '55501', maxBatch: 50, concurrency: 1 },
        codes: { 55501: { class: codeClass } },
      })
      await status(id, end)
      const books = await still(id)
      expect(books).toMatchObject({ statuses: { PENDING: 300 }, used: '0.0000', ledger: '0.0000' })
      expect(books.reason).toMatch(/^55501: no/)
      // With one batch at a time, one claim's leads; each further one that is in flight adds its own.
      expect(broker.messages).toBeLessThanOrEqual(50)
      const { rows } = await db.pool.query(`SELECT max(failures) AS failures FROM "SendSlot" WHERE id = $1`, [
        scene.credentialId,
      ])
      expect(rows[0].failures ?? 0).toBe(0)
      expect(await differences()).toEqual([])
      broker.fate = () => undefined
      await resume()
      expect(await status(id, 'FINISHED')).toMatchObject({ statuses: { SENT: 300 }, billed: '13.5000' })
      expect([broker.taken.length, times(broker.taken)]).toEqual([300, 0])
      expect(await differences()).toEqual([])
    },
  )

  it('with several batches at once, a code of class stop refuses no lead either', async () => {
    const { id, resume, broker } = await started({
      ...{ leads: 300, kind, fate: () => '55501', maxBatch: 20 },
      codes: { 55501: { class: 'stop' } },
    })
    await status(id, 'PAUSED')
    expect(await still(id)).toMatchObject({ statuses: { PENDING: 300 }, used: '0.0000' })
    expect(broker.messages).toBeLessThan(300)
    broker.fate = () => undefined
    await resume()
    expect(await status(id, 'FINISHED')).toMatchObject({ statuses: { SENT: 300 } })
    expect(times(broker.taken)).toBe(0)
  })

  it('one answer mixes classes: each message has its own', async () => {
    const [record, optOut, doubt] = ['55510', '55511', '55512']
    const fates: Record<string, string> = { 0: record, 1: optOut, 2: doubt }
    const { id } = await started({
      ...{ leads: 300, kind },
      fate: phone => (Number(phone.slice(-6)) % 50 < 3 ? fates[Number(phone.slice(-6)) % 50] : undefined),
      codes: { [record]: { class: 'record' }, [optOut]: { class: 'opt-out' }, [doubt]: { class: 'doubt' } },
    })
    expect(await status(id, 'FINISHED')).toMatchObject({ statuses: { SENT: 282, ERROR: 12, IN_DOUBT: 6 } })
    expect(await codesOf(id)).toEqual({ [record]: 6, [optOut]: 6 })
    const { rows } = await db.pool.query(
      `SELECT error_code AS code, count(*)::int AS blocked FROM "CampaignLead" l JOIN "Blocklist" b USING (phone)
       WHERE campaign_id = $1 GROUP BY 1`,
      [id],
    )
    expect(rows).toEqual([{ code: optOut, blocked: 6 }])
    expect(await differences()).toEqual([])
  })

  it('one recipient, or a few, with a code that is not listed: refused, and the campaign goes on', async () => {
    const { id } = await started({ leads: 300, kind, fate: every(20, '55599') })
    expect(await status(id, 'FINISHED')).toMatchObject({ statuses: { SENT: 285, ERROR: 15 } })
    expect(await codesOf(id)).toEqual({ 55599: 15 })
  })

  it('a code that is not listed, for all: paused before anyone is refused; resumed without a cure, paused by new messages', async () => {
    const { id, broker, resume } = await started({ leads: 300, kind, fate: () => '55599' })
    for (let i = 0; i < 2; i++) {
      await status(id, 'PAUSED')
      const books = await still(id)
      expect(books).toMatchObject({ statuses: { PENDING: 300 }, used: '0.0000', ledger: '0.0000' })
      expect(books.reason).toMatch(/^10 of the last \d+ messages were refused with 55599: no/)
      expect(await differences()).toEqual([])
      if (i === 0) await resume()
    }
    broker.fate = every(20, '55599')
    await resume()
    expect(await status(id, 'FINISHED')).toMatchObject({ statuses: { SENT: 285, ERROR: 15 }, billed: '12.8250' })
    expect([broker.taken.length, times(broker.taken)]).toEqual([285, 0])
    expect(await differences()).toEqual([])
  })

  it.each([1, 4, 9])(
    'over small batches of %i: earlier refusals with the code are taken back, and others stay',
    async size => {
      const early = every(1, '55510')
      let answered = 0
      const { id, broker, resume } = await started({
        ...{ leads: 60, kind, maxBatch: size, concurrency: 2, codes: { 55510: { class: 'record' } } },
        // The first is refused for its own phone.
        fate: phone => (answered++ === 0 ? early(phone) : '55599'),
      })
      await status(id, 'PAUSED')
      expect(await still(id)).toMatchObject({ statuses: { PENDING: 59, ERROR: 1 }, used: '0.0000' })
      expect(await codesOf(id)).toEqual({ 55510: 1 })
      expect(await differences()).toEqual([])
      broker.fate = () => undefined
      await resume()
      expect(await status(id, 'FINISHED')).toMatchObject({ statuses: { SENT: 59, ERROR: 1 } })
      expect([broker.taken.length, times(broker.taken)]).toEqual([59, 0])
      expect(await differences()).toEqual([])
    },
  )
})

it('a code of class wait: nothing is refused, and its credential waits as long as the code says', async () => {
  const { id, scene, broker } = await started({
    ...{ leads: 60, kind: BULK, fate: () => '55520' },
    codes: { 55520: { class: 'wait', afterMs: 1_500 } },
  })
  const blocked = async () =>
    (await db.pool.query(`SELECT 1 FROM "SendSlot" WHERE id = $1 AND blocked_until > now()`, [scene.credentialId]))
      .rowCount
  await expect.poll(blocked, { timeout: 20_000 }).toBe(1)
  expect(await booksOf(db.pool, id)).toMatchObject({ campaign: 'PROCESSING', statuses: { PENDING: 60 } })
  broker.fate = () => undefined
  expect(await status(id, 'FINISHED')).toMatchObject({ statuses: { SENT: 60 } })
})
