import { expect, it } from 'vitest'
import { reconcileBudgets } from '../../../src/budget/reconcile.ts'
import { runCampaign } from '../../../src/campaign/actions/start.ts'
import { useDatabase } from '../../support/database.ts'
import { dispatchOn } from '../../support/dispatch.ts'
import { makeCampaign, makeScene, twilioCredential } from '../../support/fixtures.ts'
import { serveHttp } from '../../support/http.ts'

/** A limit of the requests in flight: of all campaigns of a credential, on all workers; waits end by settles, not by sweeps. */
const db = useDatabase()
const { workers, status } = dispatchOn(db)
/** No sweep but that of the workers' start helps: until then every batch is sent. */
const NO_SWEEPS = { CAMP_SWEEP_MS: '600000' }

/** Answers a little later, so that requests that may be in flight at once are. */
async function openBroker() {
  const broker = { url: '', now: 0, most: 0, phones: [] as string[] }
  broker.url = await serveHttp(async (incoming, response) => {
    broker.most = Math.max(broker.most, ++broker.now)
    let text = ''
    for await (const chunk of incoming) text += chunk
    const answer = (code: number, body: object) => {
      broker.now--
      response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    setTimeout(() => {
      if (!text.startsWith('{')) {
        const phone = new URLSearchParams(text).get('To')!
        broker.phones.push(phone)
        return answer(201, { sid: `SM${phone}`, status: 'queued' })
      }
      const { messages } = JSON.parse(text) as { messages: { key: string; phone: string }[] }
      broker.phones.push(...messages.map(({ phone }) => phone))
      answer(200, { reference: 'r', results: messages.map(({ key }) => ({ key, status: 'accepted' })) })
    }, 20)
  })
  return broker
}

it.each([
  ['many messages per request', 'SANDBOX', 10, 2, 400],
  ['one message per request', 'TWILIO', 10, 3, 60],
] as const)('at a broker that takes %s: two campaigns on two workers never have more in flight', async (...one) => {
  const [, adapter, maxBatch, most, leads] = one
  const broker = await openBroker()
  const credential = adapter === 'TWILIO' ? twilioCredential(broker.url) : { url: broker.url }
  const scene = await makeScene(db.pool, { adapter, credential, maxBatch })
  await db.pool.query(`UPDATE "Broker" SET concurrency = $2 WHERE id = $1`, [scene.brokerId, most])
  const deps = await workers({ count: 2, concurrency: 8, env: NO_SWEEPS })
  const ids = [await makeCampaign(db.pool, scene, { leads }), await makeCampaign(db.pool, scene, { leads })]
  for (const id of ids) await runCampaign(deps, id, scene.userId)
  for (const id of ids) expect(await status(id, 'FINISHED', 120_000)).toMatchObject({ statuses: { SENT: leads } })
  expect(broker.most).toBe(most)
  expect([broker.phones.length, new Set(broker.phones).size]).toEqual([2 * leads, 2 * leads])
  expect((await reconcileBudgets(db.pool)).differences).toEqual([])
})

it('without a limit, all batches of the workers are in flight', async () => {
  const broker = await openBroker()
  const scene = await makeScene(db.pool, { credential: { url: broker.url }, maxBatch: 5 })
  const deps = await workers({ count: 2, concurrency: 8, env: NO_SWEEPS })
  const id = await makeCampaign(db.pool, scene, { leads: 400 })
  await runCampaign(deps, id, scene.userId)
  expect(await status(id, 'FINISHED', 120_000)).toMatchObject({ statuses: { SENT: 400 } })
  expect(broker.most).toBeGreaterThan(3)
})
