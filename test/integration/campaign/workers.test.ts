import { expect, it } from 'vitest'
import { callbackUrlInUse, isServed, workersAlive } from '../../../src/campaign/read/workers.ts'
import { campVersion } from '../../../src/config.ts'
import { startHeartbeat } from '../../../src/worker/heartbeat.ts'
import { useDatabase } from '../../support/database.ts'
import { makeScene } from '../../support/fixtures.ts'
import { startTestWorker } from '../../support/worker.ts'

const db = useDatabase()

async function workers(): Promise<{ pid: number; brokers: string[] }[]> {
  return (await db.pool.query(`SELECT pid, brokers FROM "Worker"`)).rows
}

const ALL = { brokers: undefined, everyMs: 60_000 }
const fail = (error: unknown) => expect.unreachable(String(error))

it('is known from its start to its end, and serves the brokers that it was started for', async () => {
  const [mine, other] = [await makeScene(db.pool), await makeScene(db.pool)]
  const { rows } = await db.pool.query<{ id: string; name: string }>(`SELECT id, name FROM "Broker"`)
  const nameOf = (id: string) => rows.find(row => row.id === id)!.name
  const served = () => Promise.all([mine, other].map(scene => isServed(db.pool, nameOf(scene.brokerId))))
  expect(await served()).toEqual([false, false])

  const one = await startTestWorker({ databaseUrl: db.url, brokers: [nameOf(mine.brokerId)] })
  expect(await served()).toEqual([true, false])
  const all = await startTestWorker({ databaseUrl: db.url, brokers: 'all' })
  expect(await served()).toEqual([true, true])
  expect(await workers()).toEqual(
    expect.arrayContaining([
      { pid: process.pid, brokers: [nameOf(mine.brokerId)] },
      { pid: process.pid, brokers: [] },
    ]),
  )
  await one.stop()
  await all.stop()
  expect(await served()).toEqual([false, false])
  expect(await workers()).toEqual([])
})

it('that was killed is dead after three of its beats, and its row goes when another starts a day later', async () => {
  const beats = await startHeartbeat(db.pool, ALL, fail)
  const silentFor = (seconds: number) =>
    db.pool.query(`UPDATE "Worker" SET seen_at = clock_timestamp() - $1 * interval '1 second'`, [seconds])
  await silentFor(13)
  expect(await isServed(db.pool, 'any')).toBe(true)
  await silentFor(16)
  expect(await isServed(db.pool, 'any')).toBe(false)
  await beats.beat()
  expect(await isServed(db.pool, 'any')).toBe(true)

  await silentFor(90_000)
  const next = await startHeartbeat(db.pool, ALL, fail)
  expect(await workers()).toHaveLength(1)
  await next.stop()
  await beats.stop()
  expect(await workers()).toEqual([])
})

it('does not come back with a beat that follows its end', async () => {
  const beats = await startHeartbeat(db.pool, ALL, fail)
  await beats.stop()
  await beats.beat()
  expect(await workers()).toEqual([])
})

it('says what it is, what its brokers call back, and that it is about to end', async () => {
  const facts = { listening: 'http://127.0.0.1:8080', callbackUrl: 'https://camp.example' }
  const [quiet, one] = [
    await startHeartbeat(db.pool, ALL, fail),
    await startHeartbeat(db.pool, { ...ALL, ...facts }, fail),
  ]
  expect(await callbackUrlInUse(db.pool)).toBe('https://camp.example')
  const seen = { pid: process.pid, version: campVersion(), brokers: [], draining: false }
  expect(await workersAlive(db.pool)).toMatchObject([
    { ...seen, listening: null, callback_url: null },
    { ...seen, listening: 'http://127.0.0.1:8080', callback_url: 'https://camp.example' },
  ])
  await quiet.stop()
  expect(await isServed(db.pool, 'any')).toBe(true)
  await one.drain()
  expect(await workersAlive(db.pool)).toMatchObject([{ draining: true }])
  expect(await isServed(db.pool, 'any')).toBe(false)
  await one.stop()
  expect(await callbackUrlInUse(db.pool)).toBeUndefined()
})
