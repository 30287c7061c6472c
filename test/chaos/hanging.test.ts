import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, it } from 'vitest'
import { reconcileBudgets } from '../../src/budget/reconcile.ts'
import { runCampaign } from '../../src/campaign/actions/start.ts'
import { useDatabase } from '../support/database.ts'
import { dispatchOn, openSandbox } from '../support/dispatch.ts'
import { booksOf, makeCampaign, makeScene, SECRET, twilioCredential } from '../support/fixtures.ts'
import { spawnCamp } from '../support/process.ts'
import { until } from '../support/worker.ts'

const db = useDatabase()
const { workers, status } = dispatchOn(db)

it('a worker that is killed while one request of twenty hangs leaves that one in doubt, and no other', async () => {
  const sandbox = await openSandbox({ next: [{ fault: 'accept-hang' }] })
  const credential = twilioCredential(sandbox.url)
  const scene = await makeScene(db.pool, { adapter: 'TWILIO', credential, maxBatch: 20 })
  const id = await makeCampaign(db.pool, scene, { leads: 20 })
  const env = { DATABASE_URL: db.url, CAMP_SECRET: SECRET, CAMP_LEASE_MS: '6000', CAMP_SWEEP_MS: '300' }
  const worker = spawnCamp(['worker', '--listen', '127.0.0.1:0'], env)
  await once(createInterface({ input: worker.stdout }), 'line')
  const queues = { enqueue: async () => undefined } as never
  await runCampaign({ pool: db.pool, queues, clock: { now: () => new Date() } }, id, scene.userId)
  await until(
    'the answers that came are settled',
    () => booksOf(db.pool, id),
    ({ statuses }) => statuses.SENT === 19,
  )
  const ended = once(worker, 'exit')
  worker.kill('SIGKILL')
  expect(await ended).toEqual([null, 'SIGKILL'])
  expect(await booksOf(db.pool, id)).toMatchObject({ campaign: 'PROCESSING', statuses: { SENT: 19, SENDING: 1 } })

  await workers({ count: 1 })
  expect(await status(id, 'FINISHED')).toMatchObject({
    statuses: { SENT: 19, IN_DOUBT: 1 },
    used: '0.9000',
    ledger: '0.9000',
    billed: '0.9000',
  })
  expect((await reconcileBudgets(db.pool)).differences).toEqual([])
  expect(sandbox.stats()).toMatchObject({ unique: 20, duplicates: 0 })
})
