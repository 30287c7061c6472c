import { expect, it, onTestFinished } from 'vitest'
import { runCampaign } from '../../../src/campaign/actions/start.ts'
import { webhookUrl } from '../../../src/security/webhook-token.ts'
import { useDatabase } from '../../support/database.ts'
import { booksOf, makeScene, testKeys } from '../../support/fixtures.ts'
import { testLog } from '../../support/log.ts'
import { orgCredential, startOrg } from '../../support/salesforce-org.ts'
import { startTestWorker, until } from '../../support/worker.ts'
import { makeContacts, startWorkers, untilStatus } from '../dispatch/closing-scene.ts'

const db = useDatabase()
const LEADS = 1_200
/** As many as the Event Notification Service sends in one call. */
const MOST = 1_000

it('events of Salesforce say that messages were not sent: 1,000 in one signed call, of any category', async () => {
  const org = await startOrg()
  const scene = await makeScene(db.pool, { adapter: 'SALESFORCE', credential: orgCredential(org) })
  const lines: { event?: string; msg?: string }[] = []
  const log = testLog(line => lines.push(JSON.parse(line)))
  const listening = await startTestWorker({ databaseUrl: db.url, listen: true, log })
  onTestFinished(() => listening.stop())
  const url = webhookUrl(listening.url, await testKeys(), { id: scene.brokerId, webhook_version: 1 })!
  const deps = await startWorkers(db)
  const id = await makeContacts(db, scene, LEADS)
  await runCampaign(deps, id, scene.userId)
  await untilStatus(db, id, 'FINISHED')

  const events = org.records.map(({ Id }, i) => ({
    eventCategoryType: `${i % 2 === 0 ? 'SendEvents' : 'TransactionalSendEvents'}.OttNotSent`,
    contactKey: Id,
    reason: 'Template paused',
    timestampUTC: Date.now(),
  }))
  expect(await org.tell(url, events.slice(0, MOST), 'another key')).toBe(401)
  expect(await org.tell(url, events.slice(0, MOST))).toBe(200)
  expect(await org.tell(url, events.slice(MOST))).toBe(200)
  await until(
    'all have failed',
    () => booksOf(db.pool, id),
    ({ statuses }) => statuses.ERROR === LEADS,
  )
  const { rows } = await db.pool.query<{ detail: string; n: number }>(
    `SELECT error_message AS detail, count(*)::int AS n FROM "CampaignLead" WHERE campaign_id = $1 GROUP BY 1`,
    [id],
  )
  expect(rows).toEqual([{ detail: 'Template paused', n: LEADS }])

  const run = { automationName: 'Disparo', automationCustomerKey: 'disparo', automationInstanceStatus: 'Error' }
  expect(await org.tell(url, [{ eventCategoryType: 'SendEvents.AutomationInstanceErrored', ...run }])).toBe(200)
  expect(lines.filter(({ event }) => event === 'callback.notice')).toMatchObject([
    { msg: 'Salesforce reports of the automation Disparo: Errored (Error)' },
  ])
})
