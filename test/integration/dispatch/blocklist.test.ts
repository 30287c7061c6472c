import { expect, it } from 'vitest'
import { addToBlocklist } from '../../../src/blocklist/blocklist.ts'
import { runCampaign } from '../../../src/campaign/actions/start.ts'
import { useDatabase } from '../../support/database.ts'
import { dispatchOn, openSandbox } from '../../support/dispatch.ts'
import { makeCampaign, makeScene } from '../../support/fixtures.ts'

const db = useDatabase()
const { workers, status } = dispatchOn(db)

it('a person who was blocked since the import, by phone or by document, is refused in the claim; fish are not', async () => {
  const sandbox = await openSandbox()
  const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 5 })
  const deps = await workers({ count: 1 })
  const documents = { 4: '52998224725', 5: '11144477735' }
  const id = await makeCampaign(db.pool, scene, { leads: 20, firstPhone: 950_000_001, documents })
  await db.pool.query(`UPDATE "CampaignLead" SET is_fish = true WHERE campaign_id = $1 AND seq IN (6, 10)`, [id])
  await addToBlocklist(db.pool, {
    phones: ['5511950000002', '5511950000003', '5511999999999'],
    documents: [documents[4], documents[5]],
    reason: null,
    source: 'manual',
    purpose: null,
  })
  await runCampaign(deps, id, scene.userId)
  expect(await status(id, 'FINISHED')).toMatchObject({
    statuses: { SENT: 18, ERROR: 2 },
    errors: { BLOCKLISTED: 2 },
    billed: '0.8100',
  })
  const { rows } = await db.pool.query(
    `SELECT seq FROM "CampaignLead" WHERE campaign_id = $1 AND status = 'ERROR' ORDER BY seq`,
    [id],
  )
  expect(rows).toEqual([{ seq: 4 }, { seq: 8 }])
  expect(sandbox.stats()).toMatchObject({ unique: 18, duplicates: 0 })
})

it('an entry for another purpose does not bind a campaign, in the claim as at the import', async () => {
  const sandbox = await openSandbox()
  const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 5 })
  const deps = await workers({ count: 1 })
  const [none, offers, collection] = ['5511960000001', '5511960000002', '5511960000003']
  const list = { documents: [], reason: null, source: 'list' }
  await addToBlocklist(db.pool, { ...list, phones: [none], purpose: null })
  await addToBlocklist(db.pool, { ...list, phones: [offers], purpose: 'offers' })
  await addToBlocklist(db.pool, { ...list, phones: [collection], documents: ['39053344705'], purpose: 'collection' })
  const refusedIn = async (purpose: string | null) => {
    const columns = { purpose, no_cap: true }
    const options = { leads: 5, firstPhone: 960_000_001, documents: { 4: '39053344705' }, columns }
    const id = await makeCampaign(db.pool, scene, options)
    await runCampaign(deps, id, scene.userId)
    await status(id, 'FINISHED')
    const { rows } = await db.pool.query<{ phone: string }>(
      `SELECT phone FROM "CampaignLead" WHERE campaign_id = $1 AND error_code = 'BLOCKLISTED' ORDER BY phone`,
      [id],
    )
    return rows.map(row => row.phone)
  }
  expect(await refusedIn('collection')).toEqual([none, collection, '5511960000004'])
  expect(await refusedIn('offers')).toEqual([none, offers])
  expect(await refusedIn(null)).toEqual([none, offers, collection, '5511960000004'])
})
