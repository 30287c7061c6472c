import { v7 as uuid } from 'uuid'
import { beforeAll, describe, expect, it } from 'vitest'
import { enqueueFirst, resumeCampaign, runCampaign } from '../../../src/campaign/actions/start.ts'
import { cancelCampaign, pauseCampaign, rejectCampaign } from '../../../src/campaign/actions/stop.ts'
import { approveCampaign } from '../../../src/campaign/approval/approve.ts'
import { readCampaign } from '../../../src/campaign/campaign-header.ts'
import { dueCampaigns } from '../../../src/campaign/read/due.ts'
import { systemClock } from '../../../src/clock.ts'
import { transaction } from '../../../src/database/pool.ts'
import { lockQueued, resetEnqueued } from '../../../src/dispatch/plan/enqueue.ts'
import type { CampError } from '../../../src/errors.ts'
import { useDatabase } from '../../support/database.ts'
import { booksOf, makeCampaign, makeScene, type Scene, setSelfApproval, stampApproval } from '../../support/fixtures.ts'
import { untilWaiting } from '../../support/locks.ts'

const db = useDatabase()
const enqueued: string[] = []
const deps = {
  get pool() {
    return db.pool
  },
  clock: systemClock,
  // Jobs are another suite's matter (queue, worker): here no worker runs.
  queues: {
    enqueue: async (_broker: string, jobs: readonly { batchId: string }[]) =>
      void enqueued.push(...jobs.map(r => r.batchId)),
  },
}
const options = { timezone: 'America/Sao_Paulo' }

async function refusal(work: Promise<unknown>): Promise<CampError> {
  return work.then(
    () => {
      throw new Error('it was allowed')
    },
    (error: CampError) => error,
  )
}

const statusOf = async (id: string) => (await booksOf(db.pool, id)).campaign

describe('approval', () => {
  let scene: Scene
  let other: string
  beforeAll(async () => {
    scene = await makeScene(db.pool, { budget: '9.00', cost: '0.0450' })
    other = (await makeScene(db.pool)).userId
  })

  it('takes another person than the importer, unless the installation says otherwise', async () => {
    const id = await makeCampaign(db.pool, scene, { leads: 10, status: 'PENDING_APPROVAL' })
    expect((await refusal(approveCampaign(deps, id, scene.userId, options))).code).toBe('SELF_APPROVAL')
    await setSelfApproval(db.pool, 'allow')
    await approveCampaign(deps, id, scene.userId, options)
    await setSelfApproval(db.pool, 'deny')
    expect(await statusOf(id)).toBe('APPROVED')
    await cancelCampaign(deps, id, other, undefined)
  })

  it('counts what is committed to other campaigns: two that fit alone do not fit together', async () => {
    const first = await makeCampaign(db.pool, scene, { leads: 150, status: 'PENDING_APPROVAL' })
    const second = await makeCampaign(db.pool, scene, { leads: 100, status: 'PENDING_APPROVAL' })
    await approveCampaign(deps, first, other, options)
    const error = await refusal(approveCampaign(deps, second, other, options))
    expect(error.code).toBe('BUDGET_EXCEEDED')
    expect(error.message).toMatch(
      /4\.5000.*2\.2500 available.*limit 9\.0000, used 0\.0000, committed to other campaigns 6\.7500/,
    )
    await cancelCampaign(deps, first, other, undefined)
    await approveCampaign(deps, second, other, options)
    await cancelCampaign(deps, second, other, undefined)
  })

  it('of two approvals at once lets only that through which the budget pays for', async () => {
    const ids = await Promise.all(
      Array.from({ length: 4 }, () => makeCampaign(db.pool, scene, { leads: 100, status: 'PENDING_APPROVAL' })),
    )
    const ends = await Promise.allSettled(ids.map(id => approveCampaign(deps, id, other, options)))
    expect(ends.filter(end => end.status === 'fulfilled')).toHaveLength(2)
    for (const id of ids) await cancelCampaign(deps, id, other, undefined)
  })

  it('is void when the price changes afterwards: the campaign waits for approval again', async () => {
    const id = await makeCampaign(db.pool, scene, { leads: 10, status: 'PENDING_APPROVAL' })
    await approveCampaign(deps, id, other, options)
    await db.pool.query(`UPDATE "Broker" SET cost_per_message = 0.0500 WHERE id = $1`, [scene.brokerId])
    const { exitCode, message, hint } = await refusal(runCampaign(deps, id, other))
    const { rows } = await db.pool.query(`SELECT agendamento_id AS handle FROM "Campaign" WHERE id = $1`, [id])
    expect(exitCode).toBe(4)
    expect(message).toMatch(new RegExp(`^${rows[0].handle} must be approved again`))
    expect(hint).toContain(`camp campaign approve ${rows[0].handle}`)
    expect(await booksOf(db.pool, id)).toMatchObject({ campaign: 'PENDING_APPROVAL', openBatches: 0 })
    await approveCampaign(deps, id, other, options)
    await runCampaign(deps, id, other)
    expect(await statusOf(id)).toBe('PROCESSING')
  })

  it('is bound to how many leads the rows are', async () => {
    const id = await makeCampaign(db.pool, scene, { leads: 10, status: 'PENDING_APPROVAL' })
    await approveCampaign(deps, id, other, options)
    await db.pool.query(`UPDATE "Campaign" SET lead_count = lead_count + 1 WHERE id = $1`, [id])
    expect((await refusal(runCampaign(deps, id, other))).code).toBe('APPROVAL_VOID')
    expect(await statusOf(id)).toBe('PENDING_APPROVAL')
  })

  it('refuses without a budget for the month, and says how to set one', async () => {
    const poor = await makeScene(db.pool, { budget: null })
    const id = await makeCampaign(db.pool, poor, { leads: 1, status: 'PENDING_APPROVAL' })
    const error = await refusal(approveCampaign(deps, id, other, options))
    expect(error.code).toBe('BUDGET_MISSING')
    expect(error.hint).toMatch(/camp budget set/)
  })
})

describe('the moves', () => {
  it('start a campaign once, however many start it at once', async () => {
    const scene = await makeScene(db.pool, { maxBatch: 10 })
    const id = await makeCampaign(db.pool, scene, { leads: 95 })
    enqueued.length = 0
    const ends = await Promise.allSettled(Array.from({ length: 5 }, () => runCampaign(deps, id, scene.userId)))
    expect(ends.filter(end => end.status === 'fulfilled')).toHaveLength(1)
    expect((await booksOf(db.pool, id)).openBatches).toBe(10)
    // The first batch goes alone, with three spares.
    expect(new Set(enqueued).size).toBe(4)
  })

  it('enqueue the first window also when a second start, about to be refused, holds the batches', async () => {
    const scene = await makeScene(db.pool, { maxBatch: 10 })
    const id = await makeCampaign(db.pool, scene, { leads: 95 })
    await runCampaign(deps, id, scene.userId)
    const campaign = await readCampaign(db.pool, id)
    enqueued.length = 0
    await transaction(db.pool, tx => resetEnqueued(tx, id))
    const first = await transaction(db.pool, async tx => {
      await lockQueued(tx, id)
      const enqueuing = enqueueFirst(deps, campaign)
      await untilWaiting(db.pool, 1)
      return { enqueuing }
    })
    await first.enqueuing
    expect(new Set(enqueued).size).toBe(4)
  })

  it('refuse what the state does not allow, and change nothing', async () => {
    const scene = await makeScene(db.pool)
    const id = await makeCampaign(db.pool, scene, { leads: 3, status: 'PENDING_APPROVAL' })
    for (const move of [runCampaign, resumeCampaign, pauseCampaign]) {
      expect((await refusal(move(deps, id, scene.userId))).code).toBe('TRANSITION_REFUSED')
    }
    expect(await statusOf(id)).toBe('PENDING_APPROVAL')
    await rejectCampaign(deps, id, scene.userId, 'wrong file')
    expect(await booksOf(db.pool, id)).toMatchObject({
      campaign: 'CANCELLED',
      reason: 'wrong file',
      errors: { CANCELLED: 3 },
    })
  })

  it('finish a campaign without a lead to send at once', async () => {
    const scene = await makeScene(db.pool)
    const id = await makeCampaign(db.pool, scene, { leads: 0 })
    await runCampaign(deps, id, scene.userId)
    expect(await statusOf(id)).toBe('FINISHED')
    const { rows } = await db.pool.query(`SELECT action, user_id FROM "AuditEvent" WHERE subject_id = $1 ORDER BY id`, [
      id,
    ])
    expect(rows).toEqual([
      { action: 'campaign.run', user_id: scene.userId },
      { action: 'campaign.finish', user_id: null },
    ])
  })

  it('leave an audit of each', async () => {
    const scene = await makeScene(db.pool)
    const id = await makeCampaign(db.pool, scene, { leads: 3, status: 'PENDING_APPROVAL' })
    await approveCampaign(deps, id, uuidOf(await makeScene(db.pool)), options)
    await runCampaign(deps, id, scene.userId)
    await pauseCampaign(deps, id, scene.userId)
    await resumeCampaign(deps, id, scene.userId)
    await cancelCampaign(deps, id, scene.userId, 'enough')
    const { rows } = await db.pool.query(`SELECT action FROM "AuditEvent" WHERE subject_id = $1 ORDER BY at, id`, [id])
    expect(rows.map(row => row.action)).toEqual(
      ['approve', 'run', 'pause', 'resume', 'cancel'].map(action => `campaign.${action}`),
    )
  })
})

const uuidOf = (scene: Scene) => scene.userId

describe('what is due', () => {
  it('is what was approved and whose time has come, but not if it was missed by too long', async () => {
    const scene = await makeScene(db.pool)
    const now = new Date('2026-11-23T15:00:00Z')
    const scheduled = async (at: string | null) => {
      const id = await makeCampaign(db.pool, scene, { leads: 1, columns: { scheduled_at: at } })
      await stampApproval(db.pool, id)
      return id
    }
    const [past, future, missed, unscheduled] = [
      await scheduled('2026-11-23T14:30:00Z'),
      await scheduled('2026-11-23T15:00:01Z'),
      await scheduled('2026-11-23T13:59:00Z'),
      await scheduled(null),
    ]
    const mine = new Set([past, future, missed, unscheduled])
    const ids = (campaigns: { id: string }[]) => campaigns.map(campaign => campaign.id).filter(id => mine.has(id))
    const cron = await dueCampaigns(db.pool, now, true)
    expect(ids(cron.due)).toEqual([past, unscheduled])
    expect(ids(cron.missed)).toEqual([missed])
    expect(ids((await dueCampaigns(db.pool, now, false)).due)).toEqual([past])
  })
})

it('knows no campaign of another id', async () => {
  const { findCampaign } = await import('../../../src/campaign/read/find.ts')
  expect((await refusal(findCampaign(db.pool, uuid(), { id: uuid() }))).code).toBe('CAMPAIGN_NOT_FOUND')
})
