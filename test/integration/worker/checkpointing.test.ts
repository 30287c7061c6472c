import { expect, it } from 'vitest'
import { runCampaign } from '../../../src/campaign/actions/start.ts'
import { auditRecords } from '../../../src/security/record-audit.ts'
import { useDatabase } from '../../support/database.ts'
import { dispatchOn, openSandbox } from '../../support/dispatch.ts'
import { makeCampaign, makeScene, testKeys } from '../../support/fixtures.ts'
import { until } from '../../support/worker.ts'

const db = useDatabase()
const { workers, status } = dispatchOn(db)

it('a sweep covers what was written since, signed; two workers take turns', async () => {
  const sandbox = await openSandbox()
  const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 5, budget: '0.45' })
  const deps = await workers({ count: 2 })
  const id = await makeCampaign(db.pool, scene, { leads: 40 })
  await runCampaign(deps, id, scene.userId)
  await status(id, 'FAILED')
  await until(
    'every row is in a checkpoint',
    async () =>
      (
        await db.pool.query<{ rows: number; covered: number }>(
          `SELECT ((SELECT count(*) FROM "BudgetEntry") + (SELECT count(*) FROM "AuditEvent") +
            (SELECT count(*) FROM "LeadEvent"))::int AS rows,
                  (SELECT coalesce(sum(count), 0)::int FROM "Checkpoint") AS covered`,
        )
      ).rows[0]!,
    ({ rows, covered }) => rows === covered,
  )
  const { findings, notes } = await auditRecords(db.pool, await testKeys())
  // The test's own: the limit, and the move. What the workers wrote is signed.
  expect({ findings, notes }).toEqual({ findings: [], notes: ['2 audit events are from before events were signed'] })
  const { rows } = await db.pool.query(`SELECT mac FROM "AuditEvent" WHERE action = 'campaign.fail'`)
  expect(rows).toEqual([{ mac: expect.any(String) }])
})
