import { describe, expect, it } from 'vitest'
import { addHoliday } from '../../../src/calendar/custom-holidays.ts'
import { resumeCampaign, runCampaign } from '../../../src/campaign/actions/start.ts'
import { cancelCampaign, pauseCampaign } from '../../../src/campaign/actions/stop.ts'
import { systemClock } from '../../../src/clock.ts'
import { claimClosing } from '../../../src/dispatch/closing/claim.ts'
import { dispatchClosing } from '../../../src/dispatch/closing/run.ts'
import type { Http } from '../../../src/http/client.ts'
import { openQueues } from '../../../src/queue/queues.ts'
import { useDatabase } from '../../support/database.ts'
import { makeScene } from '../../support/fixtures.ts'
import { runAutomation, salesforceCredential } from '../../support/salesforce.ts'
import { until } from '../../support/worker.ts'
import {
  closingDeps,
  closingOf,
  importOnly,
  makeContacts,
  makeSalesforceScene,
  openSalesforce,
  pass,
  runsOf,
  startWorkers,
  untilStatus,
  untilView,
  view,
} from './closing-scene.ts'

const db = useDatabase()

/** Refuses changes of closings until it is lifted. @param when a condition on OLD and NEW @returns lifts it */
async function refusing(code: string, when: string): Promise<() => Promise<unknown>> {
  await db.pool.query(
    `CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused' USING ` +
      `ERRCODE = '${code}'; END $$`,
  )
  await db.pool.query(
    `CREATE TRIGGER refuse BEFORE UPDATE ON "Batch" FOR EACH ROW WHEN (OLD.kind = 'CLOSING' AND ${when}) EXECUTE FUNCTION refuse()`,
  )
  return () => db.pool.query(`DROP TRIGGER refuse ON "Batch"`)
}

describe('a database that refuses', () => {
  async function due() {
    const sandbox = await openSalesforce()
    const scene = await makeSalesforceScene(db, sandbox)
    const id = await importOnly(db, scene, 3)
    await pass(db, 15, id)
    return { sandbox, id, closing: await closingOf(db, id) }
  }

  it('to keep what was seen before the run: nothing is run, and it waits as if it had not been claimed', async () => {
    const { sandbox, id, closing } = await due()
    const lift = await refusing('53100', 'NEW.broker_ref IS NOT NULL')
    await dispatchClosing(await closingDeps(db), closing.id)
    await lift()
    expect((await view(db, id)).closing).toMatchObject({ status: 'QUEUED' })
    expect(await runsOf(sandbox)).toBe(0)
    await pass(db, 15, id)
    await dispatchClosing(await closingDeps(db), closing.id)
    expect(await view(db, id)).toMatchObject({ status: 'FINISHED', closing: { status: 'DONE' } })
    expect(await runsOf(sandbox)).toBe(1)
  })

  it('the broker’s name for a run: it is done without it', async () => {
    const { sandbox, id, closing } = await due()
    const lift = await refusing('22021', `NEW.status = 'DONE' AND NEW.broker_ref <> OLD.broker_ref`)
    await dispatchClosing(await closingDeps(db), closing.id)
    await lift()
    expect(await view(db, id)).toMatchObject({ status: 'FINISHED', closing: { status: 'DONE' } })
    expect(await runsOf(sandbox)).toBe(1)
  })
})

describe('a worker that dies', () => {
  const neverRun = 'never run'

  it.each<[string, { mark: string | null; ran: boolean }]>([
    ['before it looked has done nothing: it is simply run', { mark: null, ran: false }],
    ['before the run was taken: no look shows it, and it is run', { mark: neverRun, ran: false }],
    ['after the run was taken: a look shows it, and it is not repeated', { mark: neverRun, ran: true }],
  ])('%s', async (_, { mark, ran }) => {
    const sandbox = await openSalesforce()
    const scene = await makeSalesforceScene(db, sandbox)
    const id = await importOnly(db, scene, 30)
    await pass(db, 15, id)
    const closing = await closingOf(db, id)
    const claim = await claimClosing(await closingDeps(db, { leaseMs: () => 1 }), closing.id)
    expect(claim.kind).toBe('CLAIMED')
    await db.pool.query(`UPDATE "Batch" SET broker_ref = $2 WHERE id = $1`, [closing.id, mark])
    if (ran) await runAutomation(sandbox.url, salesforceCredential(sandbox.url).automation_id)

    await startWorkers(db, 2)
    if (mark !== null && !ran) {
      const isLooked = async () => (await closingOf(db, id)).not_before
      await untilView(db, id, 'its lease has run out', seen => seen.closing?.status === 'IN_DOUBT')
      await until('it was looked at', isLooked, at => at !== null && at > new Date())
      expect(await runsOf(sandbox)).toBe(0)
      await pass(db, 6, id)
    }
    await untilStatus(db, id, 'FINISHED')
    expect(await runsOf(sandbox)).toBe(1)
    expect(sandbox.stats('SALESFORCE')).toMatchObject({ accepted: 30, unique: 30 })
  })

  it('and was only waiting_for_hours finds its claim lost, and runs nothing', async () => {
    const sandbox = await openSalesforce()
    const scene = await makeSalesforceScene(db, sandbox)
    const id = await importOnly(db, scene, 5)
    await pass(db, 15, id)
    const closing = await closingOf(db, id)
    const deps = await closingDeps(db)
    // While it looks, its lease runs out and another claims it.
    const sleepy = await closingDeps(db, {
      http: {
        ...deps.http,
        request: async request => {
          await db.pool.query(`UPDATE "Batch" SET attempt = attempt + 1 WHERE id = $1 AND $2`, [
            closing.id,
            request.method === 'GET',
          ])
          return deps.http.request(request)
        },
      },
    })
    await dispatchClosing(sleepy, closing.id)
    expect(await runsOf(sandbox)).toBe(0)
    expect((await view(db, id)).closing?.status).toBe('SENDING')
  })
})

describe('a person who', () => {
  it('pauses the campaign holds its closing, and lets it go with the resume', async () => {
    const sandbox = await openSalesforce()
    const scene = await makeSalesforceScene(db, sandbox)
    const id = await importOnly(db, scene, 20)
    await pauseCampaign({ pool: db.pool, clock: systemClock }, id, scene.userId)
    await pass(db, 15, id)
    const { id: closing } = await closingOf(db, id)
    expect(await claimClosing(await closingDeps(db), closing)).toEqual({ kind: 'GONE' })
    const deps = await startWorkers(db)
    expect(await view(db, id)).toMatchObject({ status: 'PAUSED', closing: { status: 'QUEUED' } })
    expect(await runsOf(sandbox)).toBe(0)
    await resumeCampaign(deps, id, scene.userId)
    await untilStatus(db, id, 'FINISHED')
    expect(await runsOf(sandbox)).toBe(1)
  })

  const unrun = expect.stringContaining('stay flagged at Salesforce and go out with the next run')

  it('cancels the campaign before its closing has it never run, and is told what stays behind', async () => {
    const sandbox = await openSalesforce()
    const scene = await makeSalesforceScene(db, sandbox)
    const id = await importOnly(db, scene, 20)
    await cancelCampaign({ pool: db.pool, clock: systemClock }, id, scene.userId, undefined)
    await pass(db, 15, id)
    const { id: closing } = await closingOf(db, id)
    expect(await claimClosing(await closingDeps(db), closing)).toEqual({ kind: 'GONE' })
    expect(await view(db, id)).toMatchObject({ status: 'CANCELLED', closing: { status: 'NOT_RUN', error: unrun } })
    expect(await runsOf(sandbox)).toBe(0)
  })

  it('cancels while contacts are imported is told the same', async () => {
    const sandbox = await openSalesforce()
    const scene = await makeSalesforceScene(db, sandbox)
    const id = await makeContacts(db, scene, 450)
    const deps = await startWorkers(db)
    sandbox.control({ brokers: { SALESFORCE: { latency_ms: 500 } } })
    await runCampaign(deps, id, scene.userId)
    await until(
      'a request is on its way',
      async () => sandbox.starts().length,
      count => count > 0,
    )
    await cancelCampaign(deps, id, scene.userId, undefined)
    const seen = await untilView(db, id, 'nothing is on its way', ({ counts }) => counts.SENDING === 0)
    expect(seen).toMatchObject({ status: 'CANCELLED', closing: { status: 'NOT_RUN', error: unrun } })
  })

  it('cancels where nothing was taken is told nothing', async () => {
    const sandbox = await openSalesforce()
    const scene = await makeSalesforceScene(db, sandbox)
    const id = await makeContacts(db, scene, 5)
    await cancelCampaign({ pool: db.pool, clock: systemClock }, id, scene.userId, undefined)
    expect(await view(db, id)).toMatchObject({ status: 'CANCELLED', closing: null })
  })

  it('cancels while the run is in doubt: what a look shows as done is done, what is not is never run', async () => {
    for (const ran of [true, false]) {
      const sandbox = await openSalesforce()
      const scene = await makeSalesforceScene(db, sandbox)
      const id = await importOnly(db, scene, 5)
      const { id: closing } = await closingOf(db, id)
      await db.pool.query(
        `UPDATE "Batch" SET status = 'IN_DOUBT', broker_ref = 'never run', settled_at = now() - interval '1 hour',
                not_before = now() - interval '1 second', claimed_at = now(), error = 'a test' WHERE id = $1`,
        [closing],
      )
      if (ran) await runAutomation(sandbox.url, salesforceCredential(sandbox.url).automation_id)
      await cancelCampaign({ pool: db.pool, clock: systemClock }, id, scene.userId, undefined)
      // So long ago that the sweeper no longer looks after it.
      await db.pool.query(`UPDATE "Campaign" SET updated_at = now() - interval '2 days' WHERE id = $1`, [id])
      await startWorkers(db)
      const seen = await untilView(db, id, 'it is decided', it => it.closing?.status !== 'IN_DOUBT')
      expect(seen).toMatchObject({ status: 'CANCELLED', closing: { status: ran ? 'DONE' : 'NOT_RUN' } })
      expect(await runsOf(sandbox)).toBe(ran ? 1 : 0)
    }
  })
})

describe('a broker that', () => {
  it('refuses the run for good fails the campaign, and the resume asks again', async () => {
    const sandbox = await openSalesforce({ next: [{ fault: '403', on: 'runallonce' }] })
    const scene = await makeSalesforceScene(db, sandbox, { closing_delay_minutes: 0 })
    const deps = await startWorkers(db)
    const id = await makeContacts(db, scene, 20)
    await runCampaign(deps, id, scene.userId)
    const failed = await untilStatus(db, id, 'FAILED')
    expect(failed.failure_reason).toMatch(/last step at the broker was refused: HTTP 403/)
    expect(failed).toMatchObject({
      counts: { SENT: 20 },
      closing: { status: 'QUEUED', error: expect.stringContaining('403') },
    })
    expect(await runsOf(sandbox)).toBe(0)
    await resumeCampaign(deps, id, scene.userId)
    expect(await untilStatus(db, id, 'FINISHED')).toMatchObject({ failure_reason: null, closing: { status: 'DONE' } })
    expect(await runsOf(sandbox)).toBe(1)
    expect(sandbox.stats('SALESFORCE')).toMatchObject({ requests: 1, accepted: 20, unique: 20 })
  })

  it('does not know the automation fails the campaign at the look, before anything is run', async () => {
    const sandbox = await openSalesforce({ quirks: { automations: {} } })
    const scene = await makeSalesforceScene(db, sandbox, { closing_delay_minutes: 0 })
    const deps = await startWorkers(db)
    const id = await makeContacts(db, scene, 5)
    await runCampaign(deps, id, scene.userId)
    expect((await untilStatus(db, id, 'FAILED')).failure_reason).toMatch(/HTTP 404/)
  })

  it('is running the automation already is waited for', async () => {
    const sandbox = await openSalesforce({ quirks: { busy_reads: 2 } })
    const scene = await makeSalesforceScene(db, sandbox, { closing_delay_minutes: 0 })
    const deps = await startWorkers(db)
    const id = await makeContacts(db, scene, 20)
    await runCampaign(deps, id, scene.userId)
    for (const _ of [1, 2]) {
      const waiting = await untilView(db, id, 'it waits', it => Date.parse(it.closing?.not_before ?? '') > Date.now())
      expect(waiting).toMatchObject({
        status: 'PROCESSING',
        closing: { status: 'QUEUED', error: expect.stringMatching(/running/) },
      })
      await pass(db, 2, id)
    }
    await untilStatus(db, id, 'FINISHED')
    expect(sandbox.stats('SALESFORCE')).toMatchObject({ accepted: 20, unique: 20, violations: [] })
  })

  it('asks to wait is waited for, and nothing is run meanwhile', async () => {
    const sandbox = await openSalesforce({ next: [{ fault: '429', on: 'runallonce' }], retry_after_s: 120 })
    const scene = await makeSalesforceScene(db, sandbox, { closing_delay_minutes: 0 })
    const deps = await startWorkers(db)
    const id = await makeContacts(db, scene, 5)
    await runCampaign(deps, id, scene.userId)
    const waiting = await untilView(db, id, 'it waits', it => it.closing?.error != null)
    expect(Date.parse(waiting.closing!.not_before!)).toBeGreaterThan(Date.now() + 110_000)
    await pass(db, 3, id)
    await untilStatus(db, id, 'FINISHED')
    expect(await runsOf(sandbox)).toBe(1)
  })
})

describe('contact hours', () => {
  const NOON = new Date('2026-11-25T15:00:00Z') // a Wednesday; 12:00 in São Paulo, 10:00 in Rio Branco
  const ACRE = 'America/Rio_Branco'

  /** A campaign that has been imported by NOON, with the hours (minutes) and days as given. */
  async function imported(hours: { from: number; to: number; days?: number }, zones: string[] = []) {
    const sandbox = await openSalesforce()
    const scene = await makeSalesforceScene(db, sandbox)
    const id = await importOnly(db, scene, 401)
    await db.pool.query(
      `UPDATE "Campaign" SET hours_from = $2, hours_to = $3, days = $4, allow_holidays = false WHERE id = $1`,
      [id, hours.from, hours.to, hours.days ?? 127],
    )
    await db.pool.query(
      `UPDATE "Batch" SET settled_at = $2::timestamptz - interval '1 hour', not_before = NULL,
              zone = coalesce(($3::text[])[number], zone),
              region = CASE WHEN ($3::text[])[number] IS NULL THEN region ELSE '' END
       WHERE campaign_id = $1`,
      [id, NOON, zones],
    )
    const { id: closing } = await closingOf(db, id)
    return { id, closing, sandbox }
  }

  const claimAtNoon = async (closing: string, isHoliday = (_day: string) => false) =>
    claimClosing(await closingDeps(db, { now: () => NOON, isHoliday }), closing)

  it('let it go within them', async () => {
    const { closing } = await imported({ from: 720, to: 721 })
    expect(await claimAtNoon(closing)).toMatchObject({ kind: 'CLAIMED' })
  })

  it.each<[string, { from: number; to: number; days?: number }, string[], string]>([
    ['the day’s end', { from: 480, to: 720 }, [], '2026-11-26T11:00:00.000Z'],
    ['the day’s beginning', { from: 780, to: 1200 }, [], '2026-11-25T16:00:00.000Z'],
    ['a day that is none', { from: 480, to: 1200, days: 0b1111011 }, [], '2026-11-26T11:00:00.000Z'],
    ['another zone’s beginning', { from: 660, to: 1200 }, [ACRE], '2026-11-25T16:00:00.000Z'],
    ['a zone that nobody knows', { from: 660, to: 1200 }, [''], '2026-11-25T16:00:00.000Z'],
  ])('hold it outside: %s', async (_, hours, zones, until) => {
    const { id, closing } = await imported(hours, zones)
    expect(await claimAtNoon(closing)).toMatchObject({ kind: 'WAIT', until: new Date(until) })
    expect(await view(db, id)).toMatchObject({ status: 'PROCESSING', closing: { status: 'QUEUED', not_before: until } })
  })

  it('hold it on a holiday', async () => {
    const { closing } = await imported({ from: 480, to: 1200 })
    const claim = await claimAtNoon(closing, day => day === '2026-11-25')
    expect(claim).toMatchObject({ kind: 'WAIT', until: new Date('2026-11-26T11:00:00Z') })
  })

  it('of a state’s law, or of a holiday of its own, hold it where it writes to people there', async () => {
    const { closing, id } = await imported({ from: 480, to: 1200 })
    await db.pool.query(`UPDATE "Campaign" SET state_laws = '{RJ}' WHERE id = $1`, [id])
    await db.pool.query(`UPDATE "Batch" SET region = 'RJ' WHERE campaign_id = $1 AND kind = 'SEND'`, [id])
    const sunday = new Date('2026-11-29T15:00:00Z')
    const deps = (now: Date) => closingDeps(db, { now: () => now })
    expect(await claimClosing(await deps(sunday), closing)).toMatchObject({ until: new Date('2026-11-30T12:00:00Z') })
    await addHoliday(db.pool, (await db.prisma.user.findFirstOrThrow()).id, { day: '11-30', state: 'RJ', name: null })
    expect(await claimClosing(await deps(sunday), closing)).toMatchObject({ until: new Date('2026-12-01T12:00:00Z') })
  })

  it('that end while it looks hold it then', async () => {
    const { closing, id, sandbox } = await imported({ from: 480, to: 721 })
    const deps = await closingDeps(db)
    let now = NOON
    const http: Http = {
      ...deps.http,
      request: async request => {
        const answer = await deps.http.request(request)
        now = new Date('2026-11-25T15:01:00Z')
        return answer
      },
    }
    const late = { ...deps, http, now: () => now }
    await dispatchClosing(late, closing)
    expect(await view(db, id)).toMatchObject({ closing: { status: 'QUEUED', error: 'its contact hours had ended' } })
    expect(await runsOf(sandbox)).toBe(0)
    await db.pool.query(`UPDATE "Batch" SET not_before = NULL WHERE id = $1`, [closing])
    expect(await claimClosing(late, closing)).toMatchObject({ kind: 'WAIT', until: new Date('2026-11-26T11:00:00Z') })
  })

  it('of zones in which no lead was taken do not matter', async () => {
    const { closing, id } = await imported({ from: 660, to: 1200 }, [ACRE])
    await db.pool.query(`UPDATE "Batch" SET accepted = 0 WHERE campaign_id = $1 AND zone = $2`, [id, ACRE])
    expect(await claimAtNoon(closing)).toMatchObject({ kind: 'CLAIMED' })
  })

  it('hold each request’s own closing by itself, where a broker has it so', async () => {
    const scene = await makeScene(db.pool, {
      adapter: 'GOSAC',
      credential: { url: 'http://127.0.0.1:9', token: 'x', start: 'put', start_delay_seconds: 0 },
    })
    const columns = { hours_from: 660, hours_to: 1200, status: 'PROCESSING' }
    const id = await makeContacts(db, scene, 4, columns)
    await db.pool.query(
      `INSERT INTO "Batch" (id, campaign_id, kind, number, from_seq, to_seq, size, zone, status, accepted, broker_ref,
        settled_at, claimed_at)
       SELECT gen_random_uuid(), $1, b.kind::"BatchKind", b.number, 0, -1, 0, b.zone, b.status::"BatchStatus", b.accepted, b.ref,
              $2::timestamptz - interval '1 hour', $2::timestamptz - interval '1 hour'
       FROM (VALUES ('SEND', 1, $3, 'DONE', 2, 'acre'), ('SEND', 2, 'America/Sao_Paulo', 'DONE', 2, 'sp'),
                    ('CLOSING', 3, '', 'QUEUED', 0, NULL)) AS b(kind, number, zone, status, accepted, ref)`,
      [id, NOON, ACRE],
    )
    const { id: closing } = await closingOf(db, id)
    // Planning them sends no message.
    expect(await claimAtNoon(closing)).toMatchObject({ kind: 'DONE' })
    const { rows } = await db.pool.query<{ id: string }>(
      `SELECT id FROM "Batch" WHERE campaign_id = $1 AND kind = 'CLOSING' AND status = 'QUEUED' ORDER BY number`,
      [id],
    )
    expect(rows.length).toBe(2)
    expect(await claimAtNoon(rows[0]!.id)).toMatchObject({
      kind: 'WAIT',
      waiting_for_hours: true,
      until: new Date('2026-11-25T16:00:00Z'),
    })
    expect(await claimAtNoon(rows[1]!.id)).toMatchObject({ kind: 'CLAIMED', claim: { references: ['sp'] } })
  })

  it('that are never the same for all fail the campaign, rather than keep it waiting without end', async () => {
    const { id, closing } = await imported({ from: 480, to: 540 }, [ACRE])
    expect(await claimAtNoon(closing)).toEqual({ kind: 'GONE' })
    expect(await view(db, id)).toMatchObject({ status: 'FAILED', failure_reason: expect.stringContaining('by hand') })
  })
})

it('leads that are sent again are waited for', async () => {
  const sandbox = await openSalesforce()
  const scene = await makeSalesforceScene(db, sandbox)
  const id = await importOnly(db, scene, 30)
  await pass(db, 15, id)
  await db.pool.query(`UPDATE "CampaignLead" SET status = 'PENDING' WHERE campaign_id = $1 AND seq <= 10`, [id])
  await db.pool.query(`UPDATE "Campaign" SET status = 'PAUSED' WHERE id = $1`, [id])
  const queues = openQueues({ redisUrl: undefined, databaseUrl: db.url })
  await resumeCampaign({ pool: db.pool, clock: systemClock, queues }, id, scene.userId)
  await queues.close()
  const { id: closing } = await closingOf(db, id)
  expect(await claimClosing(await closingDeps(db), closing)).toMatchObject({ kind: 'WAIT' })
  expect((await view(db, id)).closing).toMatchObject({ status: 'QUEUED', error: 'leads are being sent' })
})
