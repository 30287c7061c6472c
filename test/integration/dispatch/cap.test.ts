import { describe, expect, it } from 'vitest'
import type { Outcome } from '../../../src/broker/port.ts'
import { runCampaign } from '../../../src/campaign/actions/start.ts'
import type { ClaimedBatch } from '../../../src/dispatch/model/claimed-batch.ts'
import { byHand, claimed, outcomeOf } from '../../support/by-hand.ts'
import { useDatabase } from '../../support/database.ts'
import { dispatchOn, openSandbox } from '../../support/dispatch.ts'
import { booksOf, makeCampaign, makeScene, type Scene } from '../../support/fixtures.ts'

const db = useDatabase()
const { workers, status } = dispatchOn(db)

/** Phones that no other campaign of this file has, in 40 ranges of 10,000. */
let range = 0
const freshPhones = () => 910_000_000 + 10_000 * range++

interface Lead {
  phone: string
  cpf_cnpj: string | null
  status: string
  error_code: string | null
}

async function leadsOf(...campaigns: string[]): Promise<Lead[]> {
  const { rows } = await db.pool.query<Lead>(
    `SELECT phone, cpf_cnpj, status, error_code FROM "CampaignLead" WHERE campaign_id = ANY($1) ORDER BY campaign_id, seq`,
    [campaigns],
  )
  return rows
}

const keysOf = ({ phone, cpf_cnpj }: Lead) => (cpf_cnpj ? [phone, cpf_cnpj] : [phone])

/** Whom the leads reach: a phone or document more than once is a broken cap. */
function reached(leads: readonly Lead[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const lead of leads.filter(one => one.status === 'SENT'))
    for (const key of keysOf(lead)) counts.set(key, (counts.get(key) ?? 0) + 1)
  return counts
}

describe('two campaigns to the same people, on four workers', () => {
  it('reach every person once, by phone and by document; a person who was held back shares one with another reached', async () => {
    const sandbox = await openSandbox({ latency_ms: [0, 5] })
    const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 40 })
    const deps = await workers({ count: 4 })
    const firstPhone = freshPhones()
    // Nearby and far apart, in one campaign and across both: a document has several phones, a phone two documents.
    const shared = { 3: 'D1', 4: 'D1', 5: 'D1', 900: 'D2', 1900: 'D2', 50: 'D3', 51: 'D4' }
    const crossed = { 3: 'D1', 4: 'D5', 5: 'D5', 900: 'D2', 901: 'D2', 50: 'D4', 51: 'D3' }
    const ids = [
      await makeCampaign(db.pool, scene, { leads: 2_000, firstPhone, documents: shared }),
      await makeCampaign(db.pool, scene, { leads: 2_000, firstPhone, documents: crossed }),
    ]
    await Promise.all(ids.map(id => runCampaign(deps, id, scene.userId)))
    for (const id of ids) await status(id, 'FINISHED')

    const leads = await leadsOf(...ids)
    const counts = reached(leads)
    expect([...counts].filter(([, n]) => n > 1)).toEqual([])
    const heldBack = leads.filter(lead => lead.status !== 'SENT')
    for (const lead of heldBack) {
      expect(lead).toMatchObject({ status: 'ERROR', error_code: 'FREQUENCY_CAP' })
      expect(
        keysOf(lead).some(key => counts.has(key)),
        `${lead.phone} was held back for nobody`,
      ).toBe(true)
    }
    // As the broker counts them: one message a phone, and a lead without a document gets one, too.
    const received = sandbox.messages().map(message => message.phone)
    expect(new Set(received).size).toBe(received.length)
    expect(received).toHaveLength(leads.length - heldBack.length)
    expect(received.length).toBeGreaterThanOrEqual(2_000 - 7)
    expect(sandbox.stats().duplicates).toBe(0)
    const used = await booksOf(db.pool, ids[0]!)
    expect(used).toMatchObject({ ledger: used.used, billed: used.used })
  })

  it('send everything where the cap is lifted, within a batch as well', async () => {
    const sandbox = await openSandbox()
    const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 40 })
    const deps = await workers({ count: 4 })
    const [firstPhone, documents] = [freshPhones(), { 1: 'N1', 2: 'N1', 3: 'N1', 90: 'N1' }]
    const make = (no_cap: boolean) =>
      makeCampaign(db.pool, scene, { leads: 100, firstPhone, documents, columns: { no_cap } })
    const [capped, lifted] = [await make(false), await make(true)]
    await runCampaign(deps, capped, scene.userId)
    expect(await status(capped, 'FINISHED')).toMatchObject({ statuses: { SENT: 97, ERROR: 3 } })
    await runCampaign(deps, lifted, scene.userId)
    expect(await status(lifted, 'FINISHED')).toMatchObject({ statuses: { SENT: 100 }, errors: {} })
    // What went out without a cap counts for those that have one.
    const third = await make(false)
    await runCampaign(deps, third, scene.userId)
    expect(await status(third, 'FINISHED')).toMatchObject({ errors: { FREQUENCY_CAP: 100 } })
  })
})

it('a lead that the broker refused gives its place back, and the other campaign’s goes out', async () => {
  const sandbox = await openSandbox({ refused: 0.2 })
  const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 40 })
  const deps = await workers({ count: 4 })
  const firstPhone = freshPhones()
  const first = await makeCampaign(db.pool, scene, { leads: 400, firstPhone })
  await runCampaign(deps, first, scene.userId)
  const { errors, statuses } = await status(first, 'FINISHED')
  const refused = errors.REFUSED!
  expect(refused).toBeGreaterThan(20)
  sandbox.control({ refused: 0 })
  const second = await makeCampaign(db.pool, scene, { leads: 400, firstPhone })
  await runCampaign(deps, second, scene.userId)
  expect(await status(second, 'FINISHED')).toMatchObject({
    statuses: { SENT: refused, ERROR: 400 - refused },
    errors: { FREQUENCY_CAP: statuses.SENT },
  })
  expect([...reached(await leadsOf(first, second)).values()].every(n => n === 1)).toBe(true)
  expect(sandbox.messages()).toHaveLength(400)
})

describe('the twenty-four hours', () => {
  const start = new Date('2026-11-24T15:00:00Z')
  const month = { year: 2026, month: 11 }
  const DAY_MS = 24 * 3_600_000

  /** Claims a campaign of one lead to this phone. */
  async function claimOne(
    hand: ReturnType<typeof byHand>,
    scene: Scene,
    firstPhone: number,
    columns = {},
    document?: string,
  ) {
    const documents = document === undefined ? {} : { 1: document }
    const id = await makeCampaign(db.pool, scene, { leads: 1, firstPhone, columns, documents })
    await runCampaign(hand.deps, id, scene.userId)
    return hand.claim((await hand.queued(id))[0]!)
  }
  const settle = (hand: ReturnType<typeof byHand>, batch: ClaimedBatch, kind: Outcome['kind']) =>
    hand.settle(batch, { outcomes: [outcomeOf(kind)] })

  it('do not begin for the phone of a person who was held back for a document', async () => {
    const [hand, scene, phone] = [byHand(db, start), await makeScene(db.pool, { month }), freshPhones()]
    expect(await claimOne(hand, scene, phone, {}, 'T1')).toMatchObject({ kind: 'CLAIMED' })
    expect(await claimOne(hand, scene, phone + 1, {}, 'T1')).toMatchObject({ kind: 'EMPTIED' })
    expect(await claimOne(hand, scene, phone + 1)).toMatchObject({ kind: 'CLAIMED' })
  })

  it('hold across wallets and brokers, by phone and by document', async () => {
    const [hand, phone] = [byHand(db, start), freshPhones()]
    const [one, other] = [await makeScene(db.pool, { month }), await makeScene(db.pool, { month })]
    expect(await claimOne(hand, one, phone, {}, 'T2')).toMatchObject({ kind: 'CLAIMED' })
    expect(await claimOne(hand, other, phone)).toMatchObject({ kind: 'EMPTIED' })
    expect(await claimOne(hand, other, phone + 1, {}, 'T2')).toMatchObject({ kind: 'EMPTIED' })
    expect(await claimOne(hand, other, phone + 1)).toMatchObject({ kind: 'CLAIMED' })
  })

  it('end when they have passed since the claim, not a moment before', async () => {
    const [hand, scene, phone] = [byHand(db, start), await makeScene(db.pool, { month }), freshPhones()]
    await settle(hand, claimed(await claimOne(hand, scene, phone)), 'ACCEPTED')
    hand.moveTo(new Date(start.getTime() + DAY_MS - 1))
    expect(await claimOne(hand, scene, phone)).toMatchObject({ kind: 'EMPTIED' })
    hand.wait(1)
    expect(await claimOne(hand, scene, phone)).toMatchObject({ kind: 'CLAIMED' })
  })

  it('are counted from the moment of the request, where a claim has taken one ahead', async () => {
    const [hand, scene] = [byHand(db, start), await makeScene(db.pool, { rate: 1, month })]
    const [first, second] = [freshPhones(), freshPhones()]
    await settle(hand, claimed(await claimOne(hand, scene, first)), 'ACCEPTED')
    const batch = claimed(await claimOne(hand, scene, second))
    expect(batch.startAt).toEqual(new Date(start.getTime() + 1_000))
    await settle(hand, batch, 'ACCEPTED')
    hand.moveTo(new Date(start.getTime() + DAY_MS + 999))
    expect(await claimOne(hand, scene, second)).toMatchObject({ kind: 'EMPTIED' })
    hand.wait(1_001)
    expect(await claimOne(hand, scene, second)).toMatchObject({ kind: 'CLAIMED' })
  })

  it('are held by a message in doubt', async () => {
    const [hand, scene, phone] = [byHand(db, start), await makeScene(db.pool, { month }), freshPhones()]
    await settle(hand, claimed(await claimOne(hand, scene, phone)), 'IN_DOUBT')
    expect(await claimOne(hand, scene, phone)).toMatchObject({ kind: 'EMPTIED' })
  })

  it('of an earlier message still count after one without a cap was refused', async () => {
    const [hand, scene, phone] = [byHand(db, start), await makeScene(db.pool, { month }), freshPhones()]
    await settle(hand, claimed(await claimOne(hand, scene, phone)), 'ACCEPTED')
    hand.wait(3_600_000)
    // Not taken at first, and claimed again: it has taken the slot twice.
    const batch = claimed(await claimOne(hand, scene, phone, { no_cap: true }))
    await settle(hand, batch, 'NOT_ACCEPTED')
    hand.wait(60_000)
    await settle(hand, claimed(await hand.claim(batch.id)), 'REJECTED')
    expect(await claimOne(hand, scene, phone)).toMatchObject({ kind: 'EMPTIED' })
    // The refused one has not prolonged them either.
    hand.moveTo(new Date(start.getTime() + DAY_MS))
    expect(await claimOne(hand, scene, phone)).toMatchObject({ kind: 'CLAIMED' })
  })

  it('are over with the refusal of a message without a cap that was the only one', async () => {
    const [hand, scene, phone] = [byHand(db, start), await makeScene(db.pool, { month }), freshPhones()]
    await settle(hand, claimed(await claimOne(hand, scene, phone, { no_cap: true })), 'REJECTED')
    expect(await claimOne(hand, scene, phone)).toMatchObject({ kind: 'CLAIMED' })
  })
})
