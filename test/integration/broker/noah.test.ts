import { expect, it, onTestFinished } from 'vitest'
import { runCampaign } from '../../../src/campaign/actions/start.ts'
import { webhookUrl } from '../../../src/security/webhook-token.ts'
import { useDatabase } from '../../support/database.ts'
import { dispatchOn, openSandbox } from '../../support/dispatch.ts'
import { booksOf, makeCampaign, makeScene, testKeys } from '../../support/fixtures.ts'
import { startTestWorker, until } from '../../support/worker.ts'

const db = useDatabase()
const { workers } = dispatchOn(db)

it('finds the message that a hook is about by its id, though the hook has the key of a later one to the same person', async () => {
  const sandbox = await openSandbox({
    callbacks: { delay_ms: 200, delivered: 1, failed: 0, read: 1, duplicated: 0.3, reordered: 0.3, unknown: 0.3 },
  })
  const scene = await makeScene(db.pool, {
    adapter: 'NOAH',
    credential: { url: `${sandbox.url}/noah`, token: 'x' },
    maxBatch: 10,
  })
  const listening = await startTestWorker({ databaseUrl: db.url, listen: true, brokers: [] })
  onTestFinished(() => listening.stop())
  const deps = await workers({ count: 1 })
  const broker = { id: scene.brokerId, webhook_version: 1 }
  sandbox.control({
    callback_url: webhookUrl(listening.url, await testKeys(), broker)!,
    brokers: { NOAH: { quirks: { answer: 'records', session_problem: true } } },
  })

  // Each phone has two messages, in two requests, each with a contract of its own: NOAH's conversation keeps the last one's.
  const id = await makeCampaign(db.pool, scene, { leads: 20, columns: { no_cap: true } })
  await db.pool.query(
    `UPDATE "CampaignLead" l SET phone = first.phone, idcob_contrato = l.seq, custom_message = 'contrato ' || l.seq
     FROM "CampaignLead" first
     WHERE l.campaign_id = $1 AND first.campaign_id = $1 AND first.seq = (l.seq - 1) % 20 + 1`,
    [id],
  )
  await runCampaign(deps, id, scene.userId)
  await until(
    'all are read',
    () => booksOf(db.pool, id),
    books => books.statuses.READ === 20 && books.campaign === 'FINISHED',
  )

  const { rows } = await db.pool.query<{ text: string; id: string }>(
    `SELECT custom_message AS text, provider_msg_id AS id FROM "CampaignLead" WHERE campaign_id = $1`,
    [id],
  )
  const received = sandbox.messages().map(message => [(message.content as { text: string }).text, message.id])
  expect(new Map(rows.map(row => [row.text, row.id]))).toEqual(new Map(received as [string, string][]))
  expect(sandbox.stats('NOAH')).toMatchObject({ accepted: 20, unique: 10, violations: [] })
})
