import { describe, expect, it, onTestFinished } from 'vitest'
import { resumeCampaign, runCampaign } from '../../../src/campaign/actions/start.ts'
import { webhookUrl } from '../../../src/security/webhook-token.ts'
import { useDatabase } from '../../support/database.ts'
import { booksOf, testKeys } from '../../support/fixtures.ts'
import { startTestWorker, until } from '../../support/worker.ts'
import {
  closingOf,
  makeContacts,
  makeSalesforceScene,
  openSalesforce,
  pass,
  runsOf,
  startWorkers,
  untilClosing,
  untilStatus,
  untilView,
  view,
} from './closing-scene.ts'

const db = useDatabase()
const DELAY_MS = 15 * 60_000
const NOW = { closing_delay_minutes: 0 }

describe('a campaign at Salesforce', () => {
  it('is imported by 200, and written to by one run after the delay', async () => {
    const sandbox = await openSalesforce()
    const scene = await makeSalesforceScene(db, sandbox)
    const deps = await startWorkers(db, 2)
    const id = await makeContacts(db, scene, 450)
    await runCampaign(deps, id, scene.userId)
    const waiting = await untilView(db, id, 'it waits', seen => seen.closing?.not_before != null)
    expect(waiting).toMatchObject({
      status: 'PROCESSING',
      counts: { SENT: 450 },
      closing: { status: 'QUEUED', error: null },
    })
    const { rows } = await db.pool.query<{ ended: Date; numbers: number[] }>(
      `SELECT max(settled_at) AS ended, array_agg(number) AS numbers FROM "Batch" WHERE campaign_id = $1 AND kind = 'SEND'`,
      [id],
    )
    expect(Date.parse(waiting.closing!.not_before!) - rows[0]!.ended.getTime()).toBe(DELAY_MS)
    expect(sandbox.stats('SALESFORCE')).toMatchObject({ requests: 3, accepted: 0, violations: [] })
    expect(await runsOf(sandbox)).toBe(0)

    await pass(db, 15, id)
    const finished = await untilStatus(db, id, 'FINISHED')
    expect(finished.closing).toMatchObject({ status: 'DONE', error: null, settled_at: expect.any(String) })
    expect(sandbox.stats('SALESFORCE')).toMatchObject({ requests: 3, accepted: 450, unique: 450, violations: [] })
    expect(await runsOf(sandbox)).toBe(1)
    expect(await booksOf(db.pool, id)).toMatchObject({
      used: '20.2500',
      ledger: '20.2500',
      billed: '20.2500',
      openBatches: 0,
    })
  })

  it('is told by signed events what became of its messages', async () => {
    const sandbox = await openSalesforce({
      quirks: { ens_key: 'FAKE_ENS_SIGNATURE_KEY' },
      callbacks: { delay_ms: 0, delivered: 1, failed: 0, read: 1, forged: 1 },
    })
    const scene = await makeSalesforceScene(db, sandbox, NOW)
    const listening = await startTestWorker({ databaseUrl: db.url, listen: true })
    onTestFinished(() => listening.stop())
    const keys = await testKeys()
    sandbox.control({ callback_url: webhookUrl(listening.url, keys, { id: scene.brokerId, webhook_version: 1 }) })
    const deps = await startWorkers(db)
    const id = await makeContacts(db, scene, 40)
    await runCampaign(deps, id, scene.userId)
    const books = await until(
      'all are read',
      () => booksOf(db.pool, id),
      seen => seen.statuses.READ === 40,
    )
    expect(books.campaign).toBe('FINISHED')
  })

  it('sends a contact again that was only locked, before the run', async () => {
    const sandbox = await openSalesforce()
    const scene = await makeSalesforceScene(db, sandbox, NOW)
    const id = await makeContacts(db, scene, 3)
    const { rows } = await db.pool.query<{ phone: string }>(
      `SELECT phone FROM "CampaignLead" WHERE campaign_id = $1 ORDER BY seq`,
      [id],
    )
    const errors = { [rows[1]!.phone]: 'UNABLE_TO_LOCK_ROW' }
    sandbox.control({ brokers: { SALESFORCE: { quirks: { record_errors: errors } } } })
    const deps = await startWorkers(db)
    await runCampaign(deps, id, scene.userId)
    await untilView(db, id, 'two are taken', seen => seen.counts.SENT === 2 && seen.counts.PENDING === 1)
    expect(await runsOf(sandbox)).toBe(0)
    sandbox.control({ brokers: { SALESFORCE: { quirks: { record_errors: {} } } } })
    await pass(db, 1, id)
    await untilStatus(db, id, 'FINISHED')
    expect(sandbox.stats('SALESFORCE')).toMatchObject({ accepted: 3, unique: 3 })
    expect(await runsOf(sandbox)).toBe(1)
  })

  it('in which nothing was accepted runs nothing', async () => {
    const sandbox = await openSalesforce({ refused: 1 })
    const scene = await makeSalesforceScene(db, sandbox, NOW)
    const deps = await startWorkers(db)
    const id = await makeContacts(db, scene, 20)
    await runCampaign(deps, id, scene.userId)
    expect(await untilStatus(db, id, 'FINISHED')).toMatchObject({ counts: { ERROR: 20 }, closing: null })
    expect(await runsOf(sandbox)).toBe(0)
  })

  it('runs again after a retry, where that brought a lead in', async () => {
    const sandbox = await openSalesforce({ quirks: { resets_flag: true }, refused: 0.5 })
    const scene = await makeSalesforceScene(db, sandbox, NOW)
    const deps = await startWorkers(db)
    const id = await makeContacts(db, scene, 20)
    await runCampaign(deps, id, scene.userId)
    const first = await untilStatus(db, id, 'FINISHED')
    expect(first.counts.ERROR).toBeGreaterThan(0)
    const retry = async () => {
      await db.pool.query(`UPDATE "CampaignLead" SET status = 'PENDING' WHERE campaign_id = $1 AND status = 'ERROR'`, [
        id,
      ])
      await db.pool.query(`UPDATE "Campaign" SET status = 'PAUSED' WHERE id = $1`, [id])
      await resumeCampaign(deps, id, scene.userId)
      return untilStatus(db, id, 'FINISHED')
    }
    // Who was refused is refused again.
    await retry()
    expect(await runsOf(sandbox)).toBe(1)
    sandbox.control({ brokers: { SALESFORCE: { refused: 0 } } })
    expect(await retry()).toMatchObject({ counts: { SENT: 20 } })
    expect(await runsOf(sandbox)).toBe(2)
    expect(sandbox.stats('SALESFORCE')).toMatchObject({ accepted: 20, unique: 20 })
  })
})

describe('two campaigns of one automation', () => {
  it('run it one after the other', async () => {
    const sandbox = await openSalesforce({ quirks: { resets_flag: true } })
    const scene = await makeSalesforceScene(db, sandbox)
    const deps = await startWorkers(db, 2)
    const ids = [await makeContacts(db, scene, 30), await makeContacts(db, scene, 30)]
    for (const id of ids) await runCampaign(deps, id, scene.userId)
    for (const id of ids) await untilView(db, id, 'it waits', seen => seen.closing?.not_before != null)
    // A run takes long enough for the other to come upon it.
    sandbox.control({ brokers: { SALESFORCE: { latency_ms: 1_500 } } })
    await pass(db, 15, ...ids)
    const [first, second] = await until(
      'one has run',
      () => Promise.all(ids.map(id => view(db, id))),
      seen => seen.some(({ status }) => status === 'FINISHED'),
    ).then(seen => (seen[0]!.status === 'FINISHED' ? seen : seen.toReversed()))
    expect(second).toMatchObject({
      status: 'PROCESSING',
      closing: { status: 'QUEUED', error: `campaign ${first!.agendamento_id} runs the same step` },
    })
    expect(await runsOf(sandbox)).toBe(1)
    await pass(db, 1, second!.id!)
    await untilStatus(db, second!.id!, 'FINISHED')
    expect(await runsOf(sandbox)).toBe(2)
    expect(sandbox.stats('SALESFORCE')).toMatchObject({ accepted: 60, unique: 60, violations: [] })
    const { rows } = await db.pool.query<{ claimed_at: Date; settled_at: Date }>(
      `SELECT claimed_at, settled_at FROM "Batch" WHERE campaign_id = ANY($1) AND kind = 'CLOSING' ORDER BY claimed_at`,
      [ids],
    )
    expect(rows[1]!.claimed_at.getTime()).toBeGreaterThanOrEqual(rows[0]!.settled_at.getTime())
  })
})

describe('a run in doubt', () => {
  it('that happened is seen, and not repeated', async () => {
    const sandbox = await openSalesforce({ next: [{ fault: 'accept-500', on: 'runallonce' }] })
    const scene = await makeSalesforceScene(db, sandbox, NOW)
    const deps = await startWorkers(db)
    const id = await makeContacts(db, scene, 50)
    await runCampaign(deps, id, scene.userId)
    const doubtful = await untilClosing(db, id, 'IN_DOUBT')
    expect(doubtful).toMatchObject({ status: 'PROCESSING', closing: { error: expect.stringContaining('HTTP 500') } })
    await pass(db, 1, id)
    expect(await untilStatus(db, id, 'FINISHED')).toMatchObject({ closing: { status: 'DONE', error: null } })
    expect(await runsOf(sandbox)).toBe(1)
    expect(sandbox.stats('SALESFORCE')).toMatchObject({ accepted: 50, unique: 50 })
  })

  it('that did not happen is asked for again, when enough time has passed', async () => {
    const sandbox = await openSalesforce({ next: [{ fault: 'drop', on: 'runallonce' }] })
    const scene = await makeSalesforceScene(db, sandbox, NOW)
    const deps = await startWorkers(db)
    const id = await makeContacts(db, scene, 50)
    await runCampaign(deps, id, scene.userId)
    await untilClosing(db, id, 'IN_DOUBT')
    await pass(db, 1, id)
    // Looked at, and left as it was.
    const looked = await until(
      'looked at',
      async () => (await closingOf(db, id)).not_before,
      at => at !== null && at > new Date(),
    )
    expect(looked).not.toBeNull()
    expect((await view(db, id)).closing?.status).toBe('IN_DOUBT')
    expect(await runsOf(sandbox)).toBe(0)
    await pass(db, 5, id)
    await untilStatus(db, id, 'FINISHED')
    expect(await runsOf(sandbox)).toBe(1)
    expect(sandbox.stats('SALESFORCE')).toMatchObject({ accepted: 50, unique: 50 })
  })

  it('stays so while no look is possible', async () => {
    const sandbox = await openSalesforce({ next: [{ fault: 'accept-drop', on: 'runallonce' }] })
    const scene = await makeSalesforceScene(db, sandbox, NOW)
    const deps = await startWorkers(db)
    const id = await makeContacts(db, scene, 10)
    await runCampaign(deps, id, scene.userId)
    await untilClosing(db, id, 'IN_DOUBT')
    sandbox.control({ brokers: { SALESFORCE: { next: [{ fault: '403', on: '/automation/' }] } } })
    await pass(db, 10, id)
    const seen = await untilView(
      db,
      id,
      'a look failed',
      it => it.closing?.error?.includes('cannot be checked') === true,
    )
    expect(seen).toMatchObject({ status: 'PROCESSING', closing: { status: 'IN_DOUBT' } })
    await pass(db, 1, id)
    await untilStatus(db, id, 'FINISHED')
    expect(await runsOf(sandbox)).toBe(1)
  })
})
