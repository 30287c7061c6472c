import { beforeAll, describe, expect, it } from 'vitest'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { dispatchOn, openSandbox } from '../support/dispatch.ts'
import { makeCampaign, makeScene } from '../support/fixtures.ts'
import { adminEnv } from '../support/login.ts'
import { startCamp } from '../support/process.ts'
import { until } from '../support/worker.ts'

const db = useDatabase()
const { workers, status } = dispatchOn(db)
let env: NodeJS.ProcessEnv
beforeAll(async () => {
  env = await adminEnv(db)
})

async function waiting(): Promise<number> {
  const { rowCount } = await db.pool.query(
    `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  )
  return rowCount ?? 0
}

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000)

describe('a scheduled campaign whose time comes', () => {
  it('is started once, by whichever of three crons and two workers comes first', async () => {
    const sandbox = await openSandbox()
    const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 10 })
    const ids: string[] = []
    for (let i = 0; i < 4; i++) {
      ids.push(await makeCampaign(db.pool, scene, { leads: 95, columns: { scheduled_at: minutesAgo(i + 1) } }))
    }
    // Each process waits at the campaigns' rows until all of them are there.
    const holder = await db.pool.connect()
    await holder.query('BEGIN')
    await holder.query(`SELECT 1 FROM "Campaign" WHERE id = ANY($1::uuid[]) FOR UPDATE`, [ids])
    const starting = [1, 2].map(() => workers({ count: 1, env: { CAMP_SWEEP_MS: '100' } }))
    const crons = [1, 2, 3].map(() => startCamp(['campaign', 'run', '--due', '--json'], env))
    await until('five wait', waiting, count => count >= 5, 40_000)
    await holder.query('COMMIT')
    holder.release()
    await Promise.all(starting)
    const codes = await Promise.all(crons.map(async cron => (await (await cron).ended)[0]))
    expect(codes).toEqual([0, 0, 0])
    for (const id of ids) {
      await status(id, 'FINISHED')
      const { rows } = await db.pool.query(
        `SELECT (SELECT count(*)::int FROM "AuditEvent" WHERE subject_id = $1::text AND action = 'campaign.run') AS starts,
                (SELECT count(*)::int FROM "Batch" WHERE campaign_id = $1::uuid) AS batches,
                (SELECT sum(size)::int FROM "Batch" WHERE campaign_id = $1::uuid) AS leads`,
        [id],
      )
      expect(rows[0]).toEqual({ starts: 1, batches: 10, leads: 95 })
    }
    expect(sandbox.stats()).toMatchObject({ unique: 4 * 95, duplicates: 0 })
  })

  it('and was missed by too long: list, show and run --due say so and how to start it; the others go out', async () => {
    const scene = await makeScene(db.pool)
    const missed = await makeCampaign(db.pool, scene, { leads: 1, columns: { scheduled_at: minutesAgo(61) } })
    const late = await makeCampaign(db.pool, scene, { leads: 1, columns: { scheduled_at: minutesAgo(59) } })
    const due = await camp(['campaign', 'run', '--due', '--json'], { env })
    expect(due.code).toBe(4)
    expect(due.json().map((view: { id: string }) => view.id)).toEqual([late])
    const handle = (await camp(['campaign', 'show', missed, '--json'], { env })).json().agendamento_id
    expect(due.err).toContain(`camp campaign run ${handle}`)

    const show = await camp(['campaign', 'show', missed], { env })
    expect(show.out).toMatch(/missed +its start was missed .* camp campaign run T/)
    expect((await camp(['campaign', 'show', missed, '--json'], { env })).json()).toMatchObject({ start_missed: true })
    const list = await camp(['campaign', 'list'], { env })
    expect(list.out).toMatch(new RegExp(`${handle} .*APPROVED \\(missed\\)`))
    expect(list.err).toContain(`camp campaign run ${handle}`)

    expect((await camp(['campaign', 'run', handle], { env })).code).toBe(0)
    expect((await camp(['campaign', 'run', '--due'], { env })).code).toBe(0)
    expect((await camp(['campaign', 'show', missed, '--json'], { env })).json()).toMatchObject({
      status: 'PROCESSING',
      start_missed: false,
    })
  })
})
