import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { addHoliday, removeHoliday } from '../../../src/calendar/custom-holidays.ts'
import { isNationalHoliday } from '../../../src/calendar/national-holidays.ts'
import { runCampaign } from '../../../src/campaign/actions/start.ts'
import { sendBatch } from '../../../src/dispatch/send/send.ts'
import type { Http } from '../../../src/http/client.ts'
import { blockOf, seqOf } from '../../../src/intake/sequence.ts'
import { byHand, claimed, openPermit, outcomeOf } from '../../support/by-hand.ts'
import { useDatabase } from '../../support/database.ts'
import { answering } from '../../support/exchange.ts'
import {
  booksOf,
  type CampaignOptions,
  makeCampaign,
  makeScene,
  type Scene,
  twilioCredential,
} from '../../support/fixtures.ts'
import { mayBeSent, ORACLE_DDDS, type OracleHours } from '../../support/hours-oracle.ts'

const db = useDatabase()
beforeEach(async () => {
  await db.pool.query(`DELETE FROM "Holiday"`)
})

const TWILIO = twilioCredential('http://127.0.0.1:9')
const oneByOne = (rate: number | null, maxBatch: number) =>
  makeScene(db.pool, { adapter: 'TWILIO', credential: TWILIO, cost: '0.0000', rate, maxBatch })

const hoursColumns = ({ from, to, days, allowHolidays, laws }: Omit<OracleHours, 'own'>) => ({
  hours_from: from,
  hours_to: to,
  days,
  allow_holidays: allowHolidays,
  state_laws: laws,
})

const USUAL = { from: 480, to: 1200, days: 63, allowHolidays: false, laws: [] as string[] }

/** Leads in the order that an import would give them. */
async function makeImported(scene: Scene, ddds: readonly number[], options: Partial<CampaignOptions>) {
  const id = await makeCampaign(db.pool, scene, { ...options, leads: 0 })
  const counts = new Map<number, number>()
  for (const ddd of ddds) {
    const phone = `55${ddd}${nextPhone++}`
    const block = blockOf(phone)
    const n = (counts.get(block) ?? 0) + 1
    counts.set(block, n)
    await db.pool.query(
      `INSERT INTO "CampaignLead" (id, campaign_id, seq, phone) VALUES (gen_random_uuid(), $1, $2, $3)`,
      [id, seqOf(block, n), phone],
    )
  }
  return id
}
let nextPhone = 930_000_000

describe('no message is sent outside contact hours', () => {
  const scenes = fc.record({
    ddds: fc.array(fc.constantFrom(...ORACLE_DDDS), { minLength: 1, maxLength: 14 }),
    from: fc.integer({ min: 0, max: 1000 }),
    length: fc.integer({ min: 65, max: 900 }),
    days: fc.integer({ min: 1, max: 127 }),
    allowHolidays: fc.boolean(),
    laws: fc.subarray(['AL', 'AM', 'ES', 'RJ', 'SP']),
    own: fc.uniqueArray(
      fc.record({
        day: fc.constantFrom('11-25', '11-26', '2026-11-27', '11-30', '2027-11-28', '12-01'),
        state: fc.constantFrom('', 'SP', 'RJ', 'GO', 'AM', 'SE'),
      }),
      { maxLength: 4, selector: one => one.day + one.state },
    ),
    throttling: fc.constantFrom(
      { throttling_type: 'none', throttling_config: null },
      { throttling_type: 'fixed', throttling_config: { delayLimit: 1200 } },
      { throttling_type: 'random', throttling_config: { delayLimit: 0, maxRandom: 3000 } },
      { throttling_type: 'linear', throttling_config: { messages: 3, minutes: 120 } },
    ),
    /** Requests a second: down to one in a quarter of an hour, so that a batch reaches over a closing. */
    rate: fc.constantFrom(null, 0.001, 0.002, 0.01),
    bulk: fc.boolean(),
    start: fc.date({
      min: new Date('2026-11-23T00:00:00Z'),
      max: new Date('2026-11-29T00:00:00Z'),
      noInvalidDate: true,
    }),
    /** How far the clock goes towards what all wait for: a job may come early, as after a restart. */
    haste: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 5 }),
  })

  it('for any hours, laws, holidays, pace and moment; and every lead is sent in the end', async () => {
    await fc.assert(
      fc.asyncProperty(scenes, async ({ length, own, throttling, rate, bulk, start, haste, ddds, ...chosen }) => {
        const hours = { ...chosen, to: Math.min(1440, chosen.from + length) }
        const oracle: OracleHours = { ...hours, own }
        // What never opens is refused at import.
        fc.pre(ddds.every(ddd => opensInTheWeekAfter(oracle, ddd, start)))
        await db.pool.query(`DELETE FROM "Holiday"`)
        const scene = bulk ? await makeScene(db.pool, { cost: '0.0000', rate, maxBatch: 3 }) : await oneByOne(rate, 5)
        for (const { day, state } of own) await addHoliday(db.pool, scene.userId, { day, state, name: null })
        const id = await makeImported(scene, ddds, { columns: { ...hoursColumns(hours), ...throttling } })
        const hand = byHand(db, start, isNationalHoliday)
        await runCampaign(hand.deps, id, scene.userId)

        const reached: string[] = []
        let turns = 0
        for (let queued = await hand.queued(id); queued.length > 0; queued = await hand.queued(id)) {
          const waits: number[] = []
          for (const batchId of queued) {
            const claim = await hand.claim(batchId)
            if (claim.kind === 'WAIT') waits.push(claim.until.getTime())
            if (claim.kind !== 'CLAIMED') continue
            const { startAt, requestIntervalMs, leads } = claim.batch
            for (const [i, { phone }] of leads.entries()) {
              const request = bulk ? 0 : i
              const moment = new Date(startAt.getTime() + request * requestIntervalMs)
              if (!mayBeSent(oracle, Number(phone.slice(2, 4)), moment))
                throw new Error(`${phone} at ${moment.toISOString()}`)
              reached.push(phone)
            }
            await hand.settle(claim.batch, { outcomes: leads.map(() => outcomeOf('ACCEPTED')) })
          }
          if (++turns > 400) throw new Error(`it does not end: ${reached.length} of ${ddds.length} were reached`)
          if (waits.length === 0) continue
          const wait = Math.max(0, Math.min(...waits) - hand.now().getTime())
          hand.wait(turns % 3 === 0 ? Math.floor(wait * haste[turns % haste.length]!) : wait)
        }
        expect(new Set(reached).size).toBe(ddds.length)
        expect(reached.length).toBe(ddds.length)
        expect((await booksOf(db.pool, id)).campaign).toBe('FINISHED')
      }),
      { numRuns: 80 },
    )
  })

  function opensInTheWeekAfter(oracle: OracleHours, ddd: number, start: Date): boolean {
    for (let minute = 0; minute < 9 * 1440; minute += 20) {
      if (mayBeSent(oracle, ddd, new Date(start.getTime() + minute * 60_000))) return true
    }
    return false
  }
})

describe('a batch whose requests are spread by a rate limit', () => {
  it('ends before its window does, and the rest goes out the next morning', async () => {
    const scene = await oneByOne(1, 500)
    const id = await makeImported(scene, Array(500).fill(11), { columns: hoursColumns(USUAL) })
    const hand = byHand(db, new Date('2026-11-24T19:57:45-03:00'), isNationalHoliday)
    await runCampaign(hand.deps, id, scene.userId)
    const sizes: number[] = []
    for (let queued = await hand.queued(id); queued.length > 0; queued = await hand.queued(id)) {
      const claim = await hand.claim(queued[0]!)
      if (claim.kind === 'WAIT') {
        sizes.push(-Math.round((claim.until.getTime() - hand.now().getTime()) / 60_000))
        hand.moveTo(claim.until)
        continue
      }
      const { leads, startAt, windowEndsAt, requestIntervalMs } = claimed(claim)
      expect(startAt.getTime() + (leads.length - 1) * requestIntervalMs).toBeLessThan(windowEndsAt.getTime())
      sizes.push(leads.length)
      hand.moveTo(new Date(startAt.getTime() + leads.length * requestIntervalMs))
      await hand.settle(claimed(claim), { outcomes: leads.map(() => outcomeOf('ACCEPTED')) })
    }
    // 135 seconds until eight in the evening, twelve hours of sleep, and what is left.
    expect(sizes.filter(size => size < 0)).toEqual([-720])
    const night = sizes.indexOf(-720)
    expect(sizes.slice(0, night).reduce((sum, size) => sum + size, 0)).toBe(135)
    expect(sizes.slice(night + 1).reduce((sum, size) => sum + size, 0)).toBe(365)
  })

  it('whose slot is a moment ahead is judged at that moment', async () => {
    const scene = await oneByOne(1, 5)
    const id = await makeImported(scene, [11, 11], { columns: hoursColumns(USUAL) })
    const hand = byHand(db, new Date('2026-11-24T19:59:59.500-03:00'), isNationalHoliday)
    await runCampaign(hand.deps, id, scene.userId)
    await db.pool.query(`INSERT INTO "SendSlot" (id, next_at) VALUES ($1, '2026-11-24T20:00:00.100-03:00')`, [
      scene.credentialId,
    ])
    expect(await hand.claim((await hand.queued(id))[0]!)).toMatchObject({
      kind: 'WAIT',
      why: 'HOURS',
      until: new Date('2026-11-25T08:00:00-03:00'),
    })
    const { rows } = await db.pool.query(`SELECT next_at FROM "SendSlot" WHERE id = $1`, [scene.credentialId])
    expect(rows).toEqual([{ next_at: new Date('2026-11-24T20:00:00.100-03:00') }])
  })
})

describe('a worker that was kept from its work past the closing', () => {
  it('does not send what is left of its batch; that waits, and the broker is not blamed for it', async () => {
    const scene = await oneByOne(null, 4)
    const id = await makeImported(scene, [11, 11, 11, 11], { columns: hoursColumns(USUAL) })
    const hand = byHand(db, new Date('2026-11-24T19:59:59-03:00'), isNationalHoliday)
    await runCampaign(hand.deps, id, scene.userId)
    const batch = claimed(await hand.claim((await hand.queued(id))[0]!))
    expect(batch.leads).toHaveLength(4)
    let [called, sent] = [0, 0]
    const adapter = {
      messagesPerRequest: 1,
      send: async (_request: unknown, _credential: unknown, http: Http) => {
        // The machine slept before the third was written.
        if (++called === 3) hand.moveTo('2026-11-24T20:00:00-03:00')
        const answer = await http.request({ method: 'POST', url: 'http://broker.invalid' })
        if (answer.kind !== 'RESPONSE') return { kind: 'NOT_ACCEPTED', reason: answer.reason }
        sent++
        return { kind: 'ANSWERED', outcomes: [{ kind: 'ACCEPTED' }] }
      },
    } as unknown as Parameters<typeof sendBatch>[0]['adapter']
    const draining = new AbortController().signal
    const times = { now: hand.now, monotonic: () => hand.now().getTime(), sleep: async () => undefined, draining }
    const permit = openPermit({ pool: db.pool, ...times }, batch)
    const outcome = await sendBatch(
      { adapter, codes: { table: {}, overrides: {} }, credential: {}, http: answering(200, {}), permit, ...times },
      batch,
      {
        messages: batch.leads.map(lead => ({ leadId: lead.id })),
      } as never,
    )
    expect([sent, outcome.withheld]).toEqual([2, true])
    expect(outcome.outcomes.map(one => one.kind)).toEqual(['ACCEPTED', 'ACCEPTED', 'NOT_ACCEPTED', 'NOT_ACCEPTED'])
    expect(await hand.settle(batch, outcome)).toMatchObject({ accepted: 2, again: 2 })

    const rest = await hand.claim((await hand.queued(id))[0]!)
    expect(rest).toMatchObject({ kind: 'WAIT', why: 'HOURS', until: new Date('2026-11-25T08:00:00-03:00') })
    const { rows } = await db.pool.query(`SELECT failures FROM "SendSlot" WHERE id = $1 AND failures > 0`, [
      scene.credentialId,
    ])
    expect(rows).toEqual([])
  })

  it('all of whose batch came too late has not failed either', async () => {
    const scene = await oneByOne(null, 4)
    const id = await makeImported(scene, [11], { columns: hoursColumns(USUAL) })
    const hand = byHand(db, new Date('2026-11-24T19:59:59-03:00'), isNationalHoliday)
    await runCampaign(hand.deps, id, scene.userId)
    for (let night = 0; night < 6; night++) {
      const batch = claimed(await hand.claim((await hand.queued(id))[0]!))
      const late = { outcomes: [outcomeOf('NOT_ACCEPTED')], withheld: true }
      expect(await hand.settle(batch, late)).toMatchObject({ again: 1, jobs: [{ at: null }] })
    }
    const { rows } = await db.pool.query(`SELECT failures FROM "SendSlot" WHERE id = $1 AND failures > 0`, [
      scene.credentialId,
    ])
    expect(rows).toEqual([])
  })
})

describe('the calendar', () => {
  const NOON = new Date('2026-11-24T12:00:00-03:00')
  const scene = async (ddds: readonly number[], columns: object = {}) => {
    const made = await makeScene(db.pool, { cost: '0.0000', maxBatch: 2 })
    const id = await makeImported(made, ddds, { columns: { ...hoursColumns(USUAL), ...columns } })
    const hand = byHand(db, NOON, isNationalHoliday)
    await runCampaign(hand.deps, id, made.userId)
    await hand.answered(id)
    return { id, hand, userId: made.userId }
  }

  it('is read by each claim: a state’s holiday stops its people alone', async () => {
    const { id, hand, userId } = await scene([11, 11, 11, 21, 31])
    const [first, second, rio, minas] = await hand.queued(id)
    expect(claimed(await hand.claim(first!)).leads).toHaveLength(2)
    await addHoliday(db.pool, userId, { day: '11-24', state: 'SP', name: 'aniversário' })
    expect(await hand.claim(second!)).toMatchObject({
      kind: 'WAIT',
      why: 'HOURS',
      until: new Date('2026-11-25T08:00:00-03:00'),
    })
    await addHoliday(db.pool, userId, { day: '2026-11-24', state: 'RJ', name: null })
    expect(await hand.claim(rio!)).toMatchObject({ kind: 'WAIT', why: 'HOURS' })
    expect(await hand.claim(minas!)).toMatchObject({ kind: 'CLAIMED' })
  })

  it('wakes what sleeps when a holiday is removed', async () => {
    const { id, hand, userId } = await scene([11])
    await addHoliday(db.pool, userId, { day: '11-24', state: '', name: null })
    const [batch] = await hand.queued(id)
    expect(await hand.claim(batch!)).toMatchObject({ kind: 'WAIT', why: 'HOURS' })
    const rowOf = async () =>
      (
        await db.pool.query(
          `SELECT not_before, enqueued_at = '-infinity' AS due, enqueue_seq FROM "Batch" WHERE id = $1`,
          [batch],
        )
      ).rows[0]
    const waiting_for_hours = await rowOf()
    expect(waiting_for_hours).toMatchObject({ not_before: new Date('2026-11-25T08:00:00-03:00'), due: false })
    await removeHoliday(db.pool, userId, { day: '11-24', state: '' })
    expect(await rowOf()).toEqual({ not_before: null, due: true, enqueue_seq: waiting_for_hours.enqueue_seq + 1 })
    expect(await hand.claim(batch!)).toMatchObject({ kind: 'CLAIMED' })
  })

  it('holds a batch of all of a zone, as older campaigns have them, where it holds any of its states', async () => {
    const { id, hand, userId } = await scene([31], { seq_by_zone: true })
    const [batch] = await hand.queued(id)
    await addHoliday(db.pool, userId, { day: '11-24', state: 'SC', name: null })
    expect(await hand.claim(batch!)).toMatchObject({ kind: 'WAIT', why: 'HOURS' })
    await removeHoliday(db.pool, userId, { day: '11-24', state: 'SC' })
    await addHoliday(db.pool, userId, { day: '11-24', state: 'AM', name: null })
    expect(await hand.claim(batch!)).toMatchObject({ kind: 'CLAIMED' })
  })

  it('is lifted with national holidays where the campaign may, but not where a law binds', async () => {
    const { id, hand, userId } = await scene([11, 31], { allow_holidays: true, state_laws: ['SP'] })
    await addHoliday(db.pool, userId, { day: '11-24', state: '', name: null })
    const [paulo, minas] = await hand.queued(id)
    expect(await hand.claim(paulo!)).toMatchObject({ kind: 'WAIT', why: 'HOURS' })
    expect(await hand.claim(minas!)).toMatchObject({ kind: 'CLAIMED' })
  })
})
