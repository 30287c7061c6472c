import { beforeAll, describe, expect, it } from 'vitest'
import { findCampaign } from '../../../src/campaign/read/find.ts'
import { useDatabase } from '../../support/database.ts'
import { makeCampaign, makeScene, type Scene } from '../../support/fixtures.ts'

const db = useDatabase()
let scene: Scene
let other: Scene

beforeAll(async () => {
  scene = await makeScene(db.pool)
  other = await makeScene(db.pool)
  for (const [agendamento_id, importer, created_at] of [
    ['C261128-2GJZ4', scene, '2026-11-28T12:00:00Z'],
    ['C261128-99561', scene, '2026-11-28T13:00:00Z'],
    ['C261129-A9561', other, '2026-11-29T12:00:00Z'],
  ] as const)
    await makeCampaign(db.pool, importer, { leads: 1, columns: { agendamento_id, created_at } })
})

const find = async (ref: string, user: Scene = scene) =>
  findCampaign(db.pool, ref, { id: user.userId }).then(
    found => found.agendamento_id,
    error => error.code,
  )

describe('a campaign is found', () => {
  it.each([
    ['its handle', 'c261128-2gjz4', 'C261128-2GJZ4'],
    ['a beginning', 'C261129', 'C261129-A9561'],
    ['an end', '2gjz4', 'C261128-2GJZ4'],
    ['an end that is not unique', '9561', 'REFERENCE_AMBIGUOUS'],
    ['an end that is too short', '561', 'CAMPAIGN_NOT_FOUND'],
    ['the middle of a handle', '28-2GJZ', 'CAMPAIGN_NOT_FOUND'],
    ['its name at the broker', 'camp-C261128-2GJZ4', 'C261128-2GJZ4'],
    ['the name of one of its requests', 'camp-C261128-99561-0012', 'C261128-99561'],
  ])('by %s', async (_, ref, found) => {
    expect(await find(ref)).toBe(found)
  })

  it('as the last one that the user imported', async () => {
    expect([await find('@last'), await find('@last', other)]).toEqual(['C261128-99561', 'C261129-A9561'])
    expect(await find('@last', await makeScene(db.pool))).toBe('CAMPAIGN_NOT_FOUND')
  })
})
