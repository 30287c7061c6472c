import { describe, expect, it } from 'vitest'
import { reconcileBudgets } from '../../../src/budget/reconcile.ts'
import { resumeCampaign, runCampaign } from '../../../src/campaign/actions/start.ts'
import { pauseCampaign } from '../../../src/campaign/actions/stop.ts'
import { settleLate } from '../../../src/dispatch/settle/settle-late.ts'
import { sweep } from '../../../src/dispatch/sweep.ts'
import { byHand, claimed, outcomeOf } from '../../support/by-hand.ts'
import { useDatabase } from '../../support/database.ts'
import { dispatchOn } from '../../support/dispatch.ts'
import { makeCampaign, makeScene, type Scene, twilioCredential } from '../../support/fixtures.ts'
import { serveHttp } from '../../support/http.ts'
import { orgCredential, startOrg } from '../../support/salesforce-org.ts'
import { until } from '../../support/worker.ts'
import { makeContacts } from './closing-scene.ts'

/** After a start one batch is in flight until the broker has taken a message; what is wrong for all then touches one batch. */
const db = useDatabase()
const { workers, status, still } = dispatchOn(db)

interface Reply {
  status: number
  body: object
}

/** A broker of single messages over HTTP: it answers by phone, and holds its answers while `held`. */
async function openBroker(taken: (phone: string) => Reply) {
  const broker = { url: '', fate: taken, phones: new Set<string>(), waiting: [] as (() => void)[], held: false }
  broker.url = await serveHttp(async (incoming, response) => {
    let text = ''
    for await (const chunk of incoming) text += chunk
    const form = new URLSearchParams(text)
    const phone = (form.get('To') ?? form.get('destination')!).replace('+', '')
    broker.phones.add(phone)
    const answer = () => {
      const { status: code, body } = broker.fate(phone)
      response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    if (broker.held) broker.waiting.push(answer)
    else answer()
  })
  return {
    ...broker,
    broker,
    release: () => {
      broker.held = false
      for (const answer of broker.waiting.splice(0)) answer()
    },
  }
}

const TAKEN_BY_TWILIO = (phone: string): Reply => ({ status: 201, body: { sid: `SM${phone}`, status: 'queued' } })
const refusedByTwilio = (code: number): Reply => ({ status: 400, body: { code, message: 'no', status: 400 } })
const TAKEN_BY_GUPSHUP = (phone: string): Reply => ({ status: 202, body: { status: 'submitted', messageId: phone } })

const gupshupCredential = (url: string) => ({
  ...{ api_key: 'a-key', source: '5511900000000', app_name: 'App', url: `${url}/wa/api/v1/template/msg` },
})

async function templateOf(): Promise<Record<string, unknown>> {
  const { rows } = await db.pool.query<{ id: string }>(
    `INSERT INTO "Template" (id, name, template_code, content, updated_at)
     VALUES (gen_random_uuid(), 'Acordo', gen_random_uuid()::text, 'Olá', now()) RETURNING id`,
  )
  return { template_id: rows[0]!.id, base_message: null }
}

interface Options {
  leads: number
  columns?: Record<string, unknown>
  documents?: boolean
  workers?: number
  concurrency?: number
}

async function started(scene: Scene, options: Options) {
  const { leads, columns = {}, documents = false, workers: count = 2, concurrency = 8 } = options
  const deps = await workers({ count, concurrency })
  const id = documents
    ? await makeContacts(db, scene, leads, columns)
    : await makeCampaign(db.pool, scene, { leads, columns })
  await runCampaign(deps, id, scene.userId)
  return { id, deps }
}

const differences = async () => (await reconcileBudgets(db.pool)).differences

async function attempts(id: string): Promise<number> {
  const { rows } = await db.pool.query<{ n: number }>(
    `SELECT sum(attempt)::int AS n FROM "Batch" WHERE campaign_id = $1`,
    [id],
  )
  return rows[0]!.n
}

describe('an answer that is about the campaign, to every message', () => {
  const single = [
    ['Twilio 63007', 'TWILIO', refusedByTwilio(63007), 'PAUSED', /^63007: .*Cure: set from/],
    ['Twilio 21655', 'TWILIO', refusedByTwilio(21655), 'PAUSED', /^21655: .*Cure: look at the template/],
    ['Twilio 21609', 'TWILIO', refusedByTwilio(21609), 'PAUSED', /^21609: .*Cure: look at CAMP_PUBLIC_URL/],
    ['Twilio 21910', 'TWILIO', refusedByTwilio(21910), 'PAUSED', /^21910: .*Cure: set from/],
    [
      'Twilio 21703',
      'TWILIO',
      refusedByTwilio(21703),
      'PAUSED',
      /were refused with 21703: .*Cure: look at the sender pool/,
    ],
    ['Twilio 20003', 'TWILIO', refusedByTwilio(20003), 'FAILED', /^20003: .*Cure: set the key/],
    [
      ...(['a code that Twilio’s table does not list', 'TWILIO', refusedByTwilio(99999), 'PAUSED'] as const),
      /were refused with 99999: no\. Cure: ask the broker/,
    ],
    [
      ...(['Gupshup 400 Invalid App Details', 'GUPSHUP'] as const),
      { status: 400, body: { status: 'error', message: 'Invalid App Details' } },
      ...(['FAILED', /^INVALID_APP_DETAILS: .*Cure: Compare app_name/] as const),
    ],
    [
      ...(['Gupshup 400 Callback Billing', 'GUPSHUP'] as const),
      { status: 400, body: { status: 'error', message: 'Callback Billing must be enabled for this API' } },
      ...(['FAILED', /^CALLBACK_BILLING_DISABLED: .*Cure: Have Gupshup enable it/] as const),
    ],
  ] as const
  it.each(single)(
    '%s: one batch is touched, no lead is refused, and after the cure all are sent once',
    async (...one) => {
      const [, adapter, reply, end, reason] = one
      const { broker } = await openBroker(() => reply)
      const isTwilio = adapter === 'TWILIO'
      const credential = isTwilio ? twilioCredential(broker.url) : gupshupCredential(broker.url)
      const scene = await makeScene(db.pool, { adapter, credential })
      const columns = isTwilio ? {} : await templateOf()
      const { id, deps } = await started(scene, { leads: 1000, columns })
      await status(id, end)
      const books = await still(id)
      expect(books).toMatchObject({ statuses: { PENDING: 1000 }, used: '0.0000', ledger: '0.0000' })
      expect(books.reason).toMatch(reason)
      expect(broker.phones.size).toBeLessThanOrEqual(50)
      expect(await attempts(id)).toBe(1)
      broker.phones.clear()
      broker.fate = isTwilio ? TAKEN_BY_TWILIO : TAKEN_BY_GUPSHUP
      await resumeCampaign(deps, id, scene.userId)
      expect(await status(id, 'FINISHED')).toMatchObject({ statuses: { SENT: 1000 }, billed: '45.0000' })
      expect(broker.phones.size).toBe(1000)
      expect(await differences()).toEqual([])
    },
  )

  const ofRecords = [
    ['STORAGE_LIMIT_EXCEEDED', 'FAILED', /^STORAGE_LIMIT_EXCEEDED: .*Cure: free or buy storage/],
    ['INVALID_FIELD', 'FAILED', /^INVALID_FIELD: .*Cure: compare object/],
    ['REQUIRED_FIELD_MISSING', 'PAUSED', /were refused with REQUIRED_FIELD_MISSING: .*Cure: compare object/],
  ] as const
  it.each(ofRecords)(
    'Salesforce %s for each record: one batch is touched, none is refused',
    async (code, end, reason) => {
      const org = await startOrg({ judge: () => ({ statusCode: code, message: 'no' }) })
      const scene = await makeScene(db.pool, { adapter: 'SALESFORCE', credential: orgCredential(org) })
      const { id, deps } = await started(scene, { leads: 1200, documents: true })
      await status(id, end)
      const books = await still(id)
      expect(books).toMatchObject({ statuses: { PENDING: 1200 }, used: '0.0000' })
      expect(books.reason).toMatch(reason)
      expect(await attempts(id)).toBe(1)
      org.set.judge = () => undefined
      await resumeCampaign(deps, id, scene.userId)
      await until(
        'all are saved',
        async () => org.records.length,
        saved => saved === 1200,
      )
      expect(await differences()).toEqual([])
    },
  )

  it('Salesforce, maintenance for each record: one batch, which waits with the credential', async () => {
    const code = 'INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE'
    const org = await startOrg({ judge: () => ({ statusCode: code, message: 'no' }) })
    const scene = await makeScene(db.pool, { adapter: 'SALESFORCE', credential: orgCredential(org) })
    const { id } = await started(scene, { leads: 1200, documents: true })
    const { rows } = await until(
      'the credential waits',
      () => db.pool.query(`SELECT 1 FROM "SendSlot" WHERE id = $1 AND blocked_until > now()`, [scene.credentialId]),
      ({ rowCount }) => rowCount === 1,
    )
    expect(rows).toHaveLength(1)
    expect(await still(id)).toMatchObject({ campaign: 'PROCESSING', statuses: { PENDING: 1200 } })
    expect(org.count('POST /services/data')).toBe(1)
  })

  it('Salesforce, a request refused as a whole for its fields: it is not halved', async () => {
    const org = await startOrg({ whole: { status: 400, errorCode: 'INVALID_FIELD', message: 'no such column' } })
    const scene = await makeScene(db.pool, { adapter: 'SALESFORCE', credential: orgCredential(org) })
    const { id } = await started(scene, { leads: 1200, documents: true })
    await status(id, 'FAILED')
    expect(await still(id)).toMatchObject({ statuses: { PENDING: 1200 } })
    expect(org.count('POST /services/data')).toBe(1)
  })
})

describe('an answer that is about one recipient', () => {
  it.each([21703, 21606])('Twilio %s: that lead is refused, and the campaign goes on', async code => {
    let only = ''
    const { broker } = await openBroker(phone => {
      only ||= phone
      return phone === only ? refusedByTwilio(code) : TAKEN_BY_TWILIO(phone)
    })
    const scene = await makeScene(db.pool, { adapter: 'TWILIO', credential: twilioCredential(broker.url) })
    const { id } = await started(scene, { leads: 300 })
    const books = await status(id, 'FINISHED')
    expect(books).toMatchObject({ statuses: { ERROR: 1, SENT: 299 }, errors: { [code]: 1 } })
  })
})

describe('after a start', () => {
  it('batches wait for the first answer, and then go beside one another; so after each resume', async () => {
    const opened = await openBroker(TAKEN_BY_TWILIO)
    const { broker, release } = opened
    broker.held = true
    const scene = await makeScene(db.pool, {
      adapter: 'TWILIO',
      credential: twilioCredential(broker.url),
      maxBatch: 10,
    })
    const { id, deps } = await started(scene, { leads: 600, workers: 2, concurrency: 4 })
    const waiting = (n: number) =>
      until(
        `${n} requests wait`,
        async () => broker.waiting.length,
        seen => seen === n,
      )
    await waiting(10)
    await untilParked(id)
    expect(broker.waiting).toHaveLength(10)
    for (const answer of broker.waiting.splice(0)) answer()
    // Eight batches at once: two workers with four each.
    await waiting(80)
    await pauseCampaign(deps, id, scene.userId, null)
    release()
    await still(id)
    broker.held = true
    await resumeCampaign(deps, id, scene.userId)
    await waiting(10)
    await untilParked(id)
    expect(broker.waiting).toHaveLength(10)
    release()
    expect(await status(id, 'FINISHED')).toMatchObject({ statuses: { SENT: 600 } })
    expect(broker.phones.size).toBe(600)
  })

  it('a first batch of which all are refused for their own sake is followed by one more, until one is taken', async () => {
    const { broker } = await openBroker(() => refusedByTwilio(21211))
    const scene = await makeScene(db.pool, { adapter: 'TWILIO', credential: twilioCredential(broker.url), maxBatch: 5 })
    broker.fate = phone => (broker.phones.size <= 15 ? refusedByTwilio(21211) : TAKEN_BY_TWILIO(phone))
    const { id } = await started(scene, { leads: 200 })
    expect(await status(id, 'FINISHED')).toMatchObject({ errors: { 21211: 15 }, statuses: { SENT: 185 } })
    const { rows } = await db.pool.query(`SELECT number FROM "Batch" WHERE campaign_id = $1 AND first_of IS NOT NULL`, [
      id,
    ])
    expect(rows).toHaveLength(4)
  })

  it('one request without an answer does not hold up the others: those that are answered are settled before', async () => {
    const { broker, release } = await openBroker(TAKEN_BY_TWILIO)
    const scene = await makeScene(db.pool, { adapter: 'TWILIO', credential: twilioCredential(broker.url) })
    broker.held = true
    const { id } = await started(scene, { leads: 500 })
    await until(
      'the first batch waits',
      async () => broker.waiting.length,
      seen => seen === 50,
    )
    broker.held = false
    for (const answer of broker.waiting.splice(1)) answer()
    await until(
      'all others are sent',
      async () =>
        (await db.pool.query(`SELECT 1 FROM "CampaignLead" WHERE campaign_id = $1 AND status = 'SENT'`, [id])).rowCount,
      sent => sent === 499,
    )
    release()
    expect(await status(id, 'FINISHED')).toMatchObject({ statuses: { SENT: 500 } })
  })
})

describe('a code that stops', () => {
  const STOP = { ends: 'PAUSE', reason: '1: the sender is wrong' } as const
  const refused = { outcomes: [outcomeOf('NOT_ACCEPTED')], stop: STOP }

  it.each(['before the pause', 'after the resume'])(
    'of a batch claimed %s: only the campaign’s present start',
    async when => {
      const hand = byHand(db, new Date())
      const scene = await makeScene(db.pool, { maxBatch: 1 })
      const id = await makeCampaign(db.pool, scene, { leads: 3 })
      await runCampaign(hand.deps, id, scene.userId)
      const claimNext = async () => claimed(await hand.claim((await hand.queued(id))[0]!))
      const before = await claimNext()
      await pauseCampaign(hand.deps, id, scene.userId)
      await resumeCampaign(hand.deps, id, scene.userId)
      const after = await claimNext()
      const settled = await hand.settle(when === 'before the pause' ? before : after, refused)
      expect(settled).toMatchObject({ kind: 'SETTLED', again: 1 })
      const { rows } = await db.pool.query(`SELECT status, failure_reason FROM "Campaign" WHERE id = $1`, [id])
      expect(rows[0]).toEqual(
        when === 'before the pause'
          ? { status: 'PROCESSING', failure_reason: null }
          : { status: 'PAUSED', failure_reason: STOP.reason },
      )
    },
  )

  it('of a worker that comes back after its lease, and after a resume, ends nothing', async () => {
    const hand = byHand(db, new Date())
    const scene = await makeScene(db.pool, { maxBatch: 1 })
    const id = await makeCampaign(db.pool, scene, { leads: 3 })
    await runCampaign(hand.deps, id, scene.userId)
    const batch = claimed(await hand.claim((await hand.queued(id))[0]!))
    hand.wait(hand.LEASE_MS + 1)
    await sweep({ pool: db.pool, queues: hand.deps.queues, now: hand.now, sweepMs: 60_000 })
    await pauseCampaign(hand.deps, id, scene.userId)
    await resumeCampaign(hand.deps, id, scene.userId)
    const deps = { pool: db.pool, now: hand.now }
    expect(await settleLate(deps, batch, { correlatesByProviderId: false }, refused)).toBe(1)
    const { rows } = await db.pool.query(`SELECT status FROM "Campaign" WHERE id = $1`, [id])
    expect(rows[0]).toEqual({ status: 'PROCESSING' })
  })
})

/** Until every batch that was enqueued has been claimed or parked. */
async function untilParked(id: string): Promise<void> {
  await until(
    'no batch is enqueued',
    async () =>
      (
        await db.pool.query(
          `SELECT 1 FROM "Batch" WHERE campaign_id = $1 AND status = 'QUEUED' AND enqueued_at IS NOT NULL`,
          [id],
        )
      ).rowCount,
    enqueued => enqueued === 0,
  )
}
