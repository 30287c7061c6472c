import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { runCampaign } from '../../../src/campaign/actions/start.ts'
import { queryBroker } from '../../../src/campaign/doubt/query-broker.ts'
import { systemClock } from '../../../src/clock.ts'
import { reconcileClosings } from '../../../src/dispatch/closing/reconcile.ts'
import { dispatchClosing } from '../../../src/dispatch/closing/run.ts'
import { createHttp } from '../../../src/http/client.ts'
import { assertSecret, SecretMismatch } from '../../../src/security/fingerprint.ts'
import { keysOf } from '../../../src/security/keys.ts'
import { rotateSecret } from '../../../src/security/rotate.ts'
import { sealJson } from '../../../src/security/seal.ts'
import { webhookToken } from '../../../src/security/webhook-token.ts'
import { byHand } from '../../support/by-hand.ts'
import { useDatabase } from '../../support/database.ts'
import { dispatchOn, openSandbox } from '../../support/dispatch.ts'
import { booksOf, makeCampaign, makeScene, type Scene, testKeys } from '../../support/fixtures.ts'
import { testLog } from '../../support/log.ts'
import { startTestWorker, type TestWorkerOptions } from '../../support/worker.ts'
import {
  closingDeps,
  makeContacts,
  makeSalesforceScene,
  openSalesforce,
  pass,
  runsOf,
  untilView,
} from './closing-scene.ts'

const db = useDatabase()
const { workers, status } = dispatchOn(db)
const others = () => keysOf('another-secret-of-enough-length', { name: 'CAMP_SECRET', cure: 'Set the other one.' })

beforeEach(async () => {
  await db.pool.query(
    `DELETE FROM "SecretFingerprint"; DELETE FROM "Credential"; UPDATE "Campaign" SET status = 'CANCELLED'`,
  )
})

/** A worker that ends with the test, with what it logged. */
async function worker(options: Partial<TestWorkerOptions> = {}) {
  const lines: { level: number; event: string; err?: object }[] = []
  const log = testLog(line => lines.push(JSON.parse(line)))
  const started = await startTestWorker({ databaseUrl: db.url, log, ...options })
  let stopping: Promise<void> | undefined
  const stop = () => {
    stopping ??= started.stop()
    return stopping
  }
  onTestFinished(stop)
  return { ...started, lines, stop }
}

const actorOf = (scene: Scene) => ({ id: scene.userId, email: 'a@example.com', name: 'A', role: 'ADMIN' as const })
const rotate = async (scene: Scene) => rotateSecret(db.pool, actorOf(scene), { from: await testKeys(), to: others() })

/** Nothing of the campaign is sent, taken, paid or decided. */
async function expectUntouched(id: string, leads: number): Promise<void> {
  expect(await booksOf(db.pool, id)).toMatchObject({
    campaign: 'PROCESSING',
    reason: null,
    statuses: { PENDING: leads },
    used: '0.0000',
    ledger: '0.0000',
    billed: '0.0000',
  })
  const { rows } = await db.pool.query(`SELECT DISTINCT status, attempt FROM "Batch" WHERE campaign_id = $1`, [id])
  expect(rows).toEqual([{ status: 'QUEUED', attempt: 0 }])
}

describe('a worker with another secret', () => {
  it('does not start, and touches nothing of a campaign that runs', async () => {
    const sandbox = await openSandbox()
    const scene = await makeScene(db.pool, { url: sandbox.url })
    await assertSecret(db.pool, await testKeys())
    const id = await makeCampaign(db.pool, scene, { leads: 20 })
    await runCampaign(await workers({ count: 0 }), id, scene.userId)
    await expect(worker({ keys: others() })).rejects.toThrow(SecretMismatch)
    await expectUntouched(id, 20)

    await worker()
    expect((await status(id, 'FINISHED')).statuses).toEqual({ SENT: 20 })
    expect(sandbox.stats()).toMatchObject({ unique: 20, duplicates: 0 })
  })

  it('does not start on a database whose credentials are from before there were fingerprints', async () => {
    const scene = await makeScene(db.pool)
    const id = await makeCampaign(db.pool, scene, { leads: 3 })
    await runCampaign(await workers({ count: 0 }), id, scene.userId)
    await expect(worker({ keys: others() })).rejects.toThrow(SecretMismatch)
    await expectUntouched(id, 3)
  })

  it('claims nothing, whenever it comes to a claim', async () => {
    const scene = await makeScene(db.pool)
    const hand = byHand(db, new Date())
    const id = await makeCampaign(db.pool, scene, { leads: 3 })
    await runCampaign(hand.deps, id, scene.userId)
    const [batchId] = await hand.queued(id)
    await assertSecret(db.pool, await testKeys())
    await rotate(scene)
    await expect(hand.claim(batchId!)).rejects.toThrow(SecretMismatch)
    await expectUntouched(id, 3)
  })
})

describe('a secret that is rotated under a running worker', () => {
  it('ends the worker at its next claim: the campaign stays PROCESSING, and another worker sends it', async () => {
    const sandbox = await openSandbox()
    const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 5 })
    const old = await worker({ env: { CAMP_SWEEP_MS: '3600000' } })
    await rotate(scene)
    const id = await makeCampaign(db.pool, scene, { leads: 20 })
    await runCampaign(await workers({ count: 0 }), id, scene.userId)
    expect(await old.fault).toMatchObject({ code: 'SECRET_MISMATCH' })
    await old.stop()
    await expectUntouched(id, 20)
    expect(sandbox.stats().requests).toBe(0)
    const told = old.lines.filter(line => line.event === 'worker.secret_mismatch')
    expect(told).toMatchObject([{ level: 50, err: { code: 'SECRET_MISMATCH', hint: expect.any(String) } }])

    await worker({ keys: others() })
    expect((await status(id, 'FINISHED')).statuses).toEqual({ SENT: 20 })
    expect(sandbox.stats()).toMatchObject({ unique: 20, duplicates: 0 })
  })

  it('ends a worker that has nothing to send, too; /healthz says 503 at once, and callbacks are not taken', async () => {
    const scene = await makeScene(db.pool)
    const idle = await worker({ listen: true, env: { CAMP_SWEEP_MS: '300' } })
    const health = async () => {
      const answer = await fetch(`${idle.url}/healthz`)
      return [answer.status, await answer.json()]
    }
    expect(await health()).toEqual([200, expect.objectContaining({ secret: 'ok' })])
    await rotate(scene)
    expect(await health()).toEqual([
      503,
      expect.objectContaining({ status: 'failing', database: 'ok', secret: expect.stringContaining('not the secret') }),
    ])
    const token = webhookToken(others(), { id: scene.brokerId, webhook_version: 1 })
    const callback = await fetch(`${idle.url}/webhooks/${scene.brokerId}/${token}`, { method: 'POST', body: '{}' })
    // A broker that is told 401 does not ask again.
    expect(callback.status).toBe(503)
    expect(await idle.fault).toBeInstanceOf(SecretMismatch)
  })

  it('leaves a closing where it was, one that waits and one in doubt', async () => {
    const sandbox = await openSalesforce()
    const scene = await makeSalesforceScene(db, sandbox)
    const sender = await worker()
    const id = await makeContacts(db, scene, 5)
    await runCampaign(await workers({ count: 0 }), id, scene.userId)
    await untilView(db, id, 'it waits', seen => seen.closing?.not_before != null)
    await sender.stop()
    await pass(db, 15, id)
    const before = await closingRow(id)
    const deps = { ...(await closingDeps(db)), keys: others() }
    await expect(dispatchClosing(deps, before.id)).rejects.toThrow(SecretMismatch)
    expect(await closingRow(id)).toEqual(before)

    await db.pool.query(
      `UPDATE "Batch" SET status = 'IN_DOUBT', settled_at = now(), broker_ref = 'seen', not_before = now() - interval '1 second'
       WHERE id = $1`,
      [before.id],
    )
    const doubtful = await closingRow(id)
    await expect(reconcileClosings(deps)).rejects.toThrow(SecretMismatch)
    expect(await closingRow(id)).toEqual(doubtful)
    expect(await runsOf(sandbox)).toBe(0)
    expect(await booksOf(db.pool, id)).toMatchObject({ campaign: 'PROCESSING', reason: null })
  })
})

async function closingRow(campaignId: string): Promise<{ id: string }> {
  const { rows } = await db.pool.query(`SELECT * FROM "Batch" WHERE campaign_id = $1 AND kind = 'CLOSING'`, [
    campaignId,
  ])
  return rows[0]
}

describe('a credential that is wrong while the secret is right', () => {
  it.each([
    ['lacks a key', { token: 'x' }, /is invalid for SANDBOX: missing key "url"/],
    ['has an unknown one', { url: 'http://127.0.0.1:9', tokne: 'a-secret-value' }, /unknown key "tokne"/],
    ['has a wrong one', { url: 'no-url-secret' }, /is invalid for SANDBOX: "url": /],
  ])('fails its campaign where it %s, naming the key and the cure', async (_name, config, reason) => {
    const scene = await makeScene(db.pool, { credential: config })
    await worker()
    const id = await makeCampaign(db.pool, scene, { leads: 3 })
    await runCampaign(await workers({ count: 0 }), id, scene.userId)
    const books = await status(id, 'FAILED')
    expect(books).toMatchObject({ statuses: { PENDING: 3 }, used: '0.0000', ledger: '0.0000' })
    expect(books.reason).toMatch(reason)
    expect(books.reason).toMatch(/Run: camp credential set "wallet \w+" "broker \w+" key=value \(SANDBOX takes: url/)
    expect(books.reason).not.toMatch(/secret-value|no-url-secret/)
  })

  it('fails the campaign where it was sealed with another secret, and the worker goes on with the others', async () => {
    const sandbox = await openSandbox()
    const [broken, good] = [await makeScene(db.pool), await makeScene(db.pool, { url: sandbox.url })]
    await db.pool.query(`UPDATE "Credential" SET config = $2 WHERE id = $1`, [
      broken.credentialId,
      sealJson(others(), { url: sandbox.url }, broken.credentialId),
    ])
    await worker()
    const deps = await workers({ count: 0 })
    const ids = [await makeCampaign(db.pool, broken, { leads: 3 }), await makeCampaign(db.pool, good, { leads: 3 })]
    await runCampaign(deps, ids[0]!, broken.userId)
    await runCampaign(deps, ids[1]!, good.userId)
    expect((await status(ids[0]!, 'FAILED')).reason).toMatch(/cannot be opened: it was sealed with another CAMP_SECRET/)
    expect((await status(ids[1]!, 'FINISHED')).statuses).toEqual({ SENT: 3 })
  })

  it('is what a question about leads in doubt says', async () => {
    const scene = await makeScene(db.pool, { adapter: 'NOAH', credential: { url: 'http://127.0.0.1:9' } })
    const id = await makeCampaign(db.pool, scene, { leads: 1 })
    const http = createHttp({ timeoutMs: 5_000 })
    onTestFinished(() => http.close())
    const ask = async (keys: Awaited<ReturnType<typeof testKeys>>) =>
      queryBroker({ pool: db.pool, clock: systemClock, keys, http }, id)
    await assertSecret(db.pool, await testKeys())
    await expect(ask(await testKeys())).rejects.toMatchObject({
      code: 'CREDENTIAL_UNUSABLE',
      message: expect.stringMatching(/missing key "token"/),
    })
    await expect(ask(others())).rejects.toThrow(SecretMismatch)
  })
})
