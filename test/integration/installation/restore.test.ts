import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { resumeCampaign, runCampaign } from '../../../src/campaign/actions/start.ts'
import { acceptRestore } from '../../../src/campaign/doubt/accept-restore.ts'
import { resolveLeads } from '../../../src/campaign/doubt/resolve.ts'
import { systemClock } from '../../../src/clock.ts'
import { openPool } from '../../../src/database/pool.ts'
import { holdOf } from '../../../src/installation/installation.ts'
import { openQueues } from '../../../src/queue/queues.ts'
import { byHand } from '../../support/by-hand.ts'
import { useDatabase } from '../../support/database.ts'
import { dispatchOn, openSandbox } from '../../support/dispatch.ts'
import { booksOf, makeCampaign, makeScene } from '../../support/fixtures.ts'
import { copyOf, restoreFrom } from '../../support/restore.ts'
import { scratchFolder } from '../../support/scratch.ts'
import { startTestWorker, until } from '../../support/worker.ts'

const LEADS = 300

function newHome(): string {
  const home = scratchFolder('home')
  return home
}

interface Setting {
  home: string
  redisUrl?: string | undefined
}

type Started = Awaited<ReturnType<typeof startTestWorker>>

/** A worker, which the test may stop before its end. */
async function startWorker(databaseUrl: string, { home, redisUrl }: Setting): Promise<Started> {
  const worker = await startTestWorker({ databaseUrl, redisUrl, env: { CAMP_HOME: home }, listen: true })
  let stopped: Promise<void> | undefined
  const stop = () => {
    stopped ??= worker.stop()
    return stopped
  }
  onTestFinished(stop)
  return { ...worker, stop }
}

const healthOf = async ({ url }: Started) => {
  const response = await fetch(`${url}/healthz`)
  return { code: response.status, ...((await response.json()) as { sending: string }) }
}
const isHeld = (worker: Started) =>
  until(
    'it waits for a person',
    () => healthOf(worker),
    health => health.sending === 'waits for a person',
  )

/** A worker has had time to enqueue, to claim and to send: it has come round so often. */
async function severalRounds(pool = db.pool): Promise<void> {
  let [seen, rounds] = ['', 0]
  await until(
    'it has come round',
    () => pool.query<{ seen: string | null }>(`SELECT max(seen_at)::text AS seen FROM "Worker"`),
    ({ rows }) => {
      if (rows[0]?.seen && rows[0].seen !== seen) [seen, rounds] = [rows[0].seen, rounds + 1]
      return rounds > 3
    },
  )
}

const db = useDatabase()
const { status } = dispatchOn(db)

/** A campaign that runs; `openQueues` is for moves alone. */
async function running({ redisUrl }: Partial<Setting> = {}) {
  const sandbox = await openSandbox()
  const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 10 })
  const id = await makeCampaign(db.pool, scene, { leads: LEADS })
  const queues = openQueues({ redisUrl, databaseUrl: db.url })
  onTestFinished(() => queues.close())
  const deps = { pool: db.pool, queues, clock: systemClock }
  await runCampaign(deps, id, scene.userId)
  return { sandbox, scene, id, deps }
}

/** The next test begins with nothing at work, and held by nothing. */
async function endAll(): Promise<void> {
  await db.pool.query(`UPDATE "Campaign" SET status = 'CANCELLED' WHERE status <> 'FINISHED'`)
  await db.pool.query(`DELETE FROM "Installation"`)
  await db.pool.query(`DELETE FROM "Worker"`)
}

const redisUrl = inject('redisUrl')
const stores: [string, () => { before: Setting; after: Setting }][] = [
  ['CAMP_HOME', () => same({ home: newHome() })],
  ...(redisUrl
    ? ([
        [
          'Redis, by a worker on another machine',
          () => ({ before: { home: newHome(), redisUrl }, after: { home: newHome(), redisUrl } }),
        ],
      ] as [string, () => { before: Setting; after: Setting }][])
    : []),
]
const same = (setting: Setting) => ({ before: setting, after: setting })

describe('a backup that is restored after its campaign has ended', () => {
  it.each(stores)('sends nothing: the mark stands in %s', async (_where, settings) => {
    onTestFinished(endAll)
    const { before, after } = settings()
    await startWorker(db.url, before).then(first => first.stop())
    const { sandbox, scene, id, deps } = await running(before)
    const backup = await copyOf(db.url)
    const worker = await startWorker(db.url, before)
    await status(id, 'FINISHED')
    await worker.stop()
    expect(sandbox.stats()).toMatchObject({ accepted: LEADS, duplicates: 0 })

    await restoreFrom(backup, db.url)
    const restored = await startWorker(db.url, after)
    expect(await isHeld(restored)).toMatchObject({ code: 503 })
    expect(await holdOf(db.pool)).toMatchObject({ kind: 'BEHIND' })
    await severalRounds()
    expect(sandbox.stats()).toMatchObject({ accepted: LEADS, duplicates: 0 })
    await expect(resumeCampaign(deps, id, scene.userId)).rejects.toMatchObject({ code: 'TRANSITION_REFUSED' })

    await acceptRestore(deps, scene.userId)
    await until(
      'it is healthy',
      () => healthOf(restored),
      health => health.code === 200,
    )
    await severalRounds()
    expect(await booksOf(db.pool, id)).toMatchObject({ campaign: 'PAUSED', statuses: { PENDING: LEADS } })
    expect(sandbox.stats()).toMatchObject({ accepted: LEADS, duplicates: 0 })
    // A person has decided to: then it is sent, and what the broker had is sent again.
    await resumeCampaign(deps, id, scene.userId)
    await status(id, 'FINISHED')
    expect(sandbox.stats()).toMatchObject({ accepted: 2 * LEADS })
  })

  it('sends nothing, where no worker had run on it yet', async () => {
    onTestFinished(endAll)
    const setting = { home: newHome() }
    const { sandbox, id } = await running()
    const backup = await copyOf(db.url)
    const worker = await startWorker(db.url, setting)
    await status(id, 'FINISHED')
    await worker.stop()
    await restoreFrom(backup, db.url)
    await isHeld(await startWorker(db.url, setting))
    await severalRounds()
    expect(sandbox.stats()).toMatchObject({ accepted: LEADS, duplicates: 0 })
  })

  it('leaves what was on its way in doubt, and the rest to a person', async () => {
    onTestFinished(endAll)
    const setting = { home: newHome() }
    await startWorker(db.url, setting).then(worker => worker.stop())
    const { sandbox, scene, id, deps } = await running()
    // A claim whose worker is lost with the server.
    const hand = byHand(db, new Date())
    expect(await hand.claim((await hand.queued(id))[0]!)).toMatchObject({ kind: 'CLAIMED' })
    await db.pool.query(`UPDATE "Batch" SET lease_until = now() - interval '1 second' WHERE status = 'SENDING'`)
    await db.pool.query(`UPDATE "Installation" SET mark = 0`)
    const restored = await startWorker(db.url, setting)
    await isHeld(restored)
    const report = await acceptRestore(deps, scene.userId)
    expect(report.campaigns.find(one => one.id === id)).toMatchObject({ sending: 10, becomes: 'PAUSED' })
    const books = await until(
      'they are in doubt',
      () => booksOf(db.pool, id),
      seen => seen.statuses.IN_DOUBT === 10,
    )
    expect(books.campaign).toBe('PAUSED')
    expect(sandbox.stats().accepted).toBe(0)
    await resolveLeads(deps, id, { verdict: 'SENT', leads: null, userId: scene.userId })
    await resumeCampaign(deps, id, scene.userId)
    await status(id, 'FINISHED')
    expect(sandbox.stats()).toMatchObject({ accepted: LEADS - 10, duplicates: 0 })
  })
})

describe('a copy of a database whose original is at work', () => {
  it.each([
    ['a home of its own', newHome],
    ['the home of the original', undefined],
  ])('sends nothing, with %s; once accepted it leaves the original at work', async (_name, otherHome) => {
    onTestFinished(endAll)
    const home = newHome()
    await startWorker(db.url, { home }).then(worker => worker.stop())
    const { sandbox, scene, id } = await running()
    const copy = await copyOf(db.url)
    const worker = await startWorker(copy, { home: otherHome?.() ?? home })
    await isHeld(worker)
    const pool = openPool(copy)
    onTestFinished(() => pool.end())
    expect(await holdOf(pool)).toMatchObject({ kind: 'COPY' })
    await severalRounds(pool)
    expect(sandbox.stats()).toMatchObject({ accepted: 0 })

    await acceptRestore({ pool, clock: systemClock }, scene.userId)
    await until(
      'it is healthy',
      () => healthOf(worker),
      health => health.code === 200,
    )
    const again = await startWorker(db.url, { home })
    await status(id, 'FINISHED')
    expect(await healthOf(again)).toMatchObject({ code: 200, sending: 'ok' })
    expect(sandbox.stats()).toMatchObject({ accepted: LEADS, duplicates: 0 })
  })
})

describe('a database that no worker has marked', () => {
  it.each([
    ['for four days waits for a person', 96, 'waits for a person'],
    ['over a weekend goes on', 64, 'ok'],
  ])('%s', async (_name, hours, sending) => {
    onTestFinished(endAll)
    const setting = { home: newHome() }
    await startWorker(db.url, setting).then(worker => worker.stop())
    const { id } = await running()
    await db.pool.query(`UPDATE "Installation" SET marked_at = now() - $1 * interval '1 hour'`, [hours])
    const worker = await startWorker(db.url, setting)
    expect(await healthOf(worker)).toMatchObject({ sending })
    if (sending === 'ok') await status(id, 'FINISHED')
    else expect(await holdOf(db.pool)).toMatchObject({ kind: 'SILENT', outside: null })
  })
})

describe('what is no alarm:', () => {
  it('restarts, in the same home and in new ones', async () => {
    onTestFinished(endAll)
    const { id } = await running()
    await db.pool.query(
      `UPDATE "Campaign" SET throttling_type = 'fixed', throttling_config = '{"delayLimit": 1}' WHERE id = $1`,
      [id],
    )
    const home = newHome()
    for (const setting of [{ home }, { home }, { home: newHome() }, { home: newHome() }, { home }]) {
      const worker = await startWorker(db.url, setting)
      expect(await healthOf(worker)).toMatchObject({ code: 200 })
      await worker.stop()
    }
    expect(await booksOf(db.pool, id)).toMatchObject({ campaign: 'PROCESSING' })
  })

  it('a new machine at another address, where another worker is at work', async () => {
    onTestFinished(endAll)
    const { id } = await running()
    await startWorker(db.url, { home: newHome() })
    await status(id, 'FINISHED')
    await db.pool.query(`UPDATE "Campaign" SET status = 'APPROVED' WHERE id = $1`, [id])
    const other = Object.assign(new URL(db.url), { hostname: 'localhost' }).href
    const worker = await startWorker(other, { home: newHome() })
    await until(
      'it has seen the other at work',
      () => healthOf(worker),
      health => health.code === 200,
    )
    expect(await holdOf(db.pool)).toBeUndefined()
  })
})

describe('a worker at work', () => {
  it('stops when its database is set back under it', async () => {
    onTestFinished(endAll)
    const worker = await startWorker(db.url, { home: newHome() })
    await until(
      'it has marked more than once',
      () => db.pool.query<{ mark: string }>(`SELECT mark FROM "Installation"`),
      ({ rows }) => Number(rows[0]?.mark) > 3,
    )
    await db.pool.query(`UPDATE "Installation" SET mark = 1`)
    await isHeld(worker)
    const { sandbox } = await running().catch(() => ({ sandbox: undefined }))
    await severalRounds()
    expect(sandbox?.stats().accepted ?? 0).toBe(0)
  })

  it('claims nothing while its mark cannot be written, and goes on when it can', async () => {
    onTestFinished(endAll)
    const home = newHome()
    const worker = await startWorker(db.url, { home })
    rmSync(join(home, 'marks'), { recursive: true })
    writeFileSync(join(home, 'marks'), 'in its place')
    await until(
      'it says so',
      () => healthOf(worker),
      health => health.sending === 'its mark cannot be written',
    )
    const { sandbox, id } = await running()
    await severalRounds()
    expect(sandbox.stats().accepted).toBe(0)
    rmSync(join(home, 'marks'))
    await status(id, 'FINISHED')
    expect(sandbox.stats()).toMatchObject({ accepted: LEADS, duplicates: 0 })
    await worker.stop()
  })
})
