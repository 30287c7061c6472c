import { expect, it } from 'vitest'
import { isServed } from '../../../src/campaign/read/workers.ts'
import { startHeartbeat } from '../../../src/worker/heartbeat.ts'
import { useDatabase } from '../../support/database.ts'
import { makeScene } from '../../support/fixtures.ts'
import { startTestWorker } from '../../support/worker.ts'

const db = useDatabase()

async function workers(): Promise<{ pid: number; brokers: string[] }[]> {
  return (await db.pool.query(`SELECT pid, brokers FROM "Worker"`)).rows
}

it('is known from its start to its end, and serves the brokers that it was started for', async () => {
  const [mine, other] = [await makeScene(db.pool), await makeScene(db.pool)]
  const { rows } = await db.pool.query<{ id: string; name: string }>(`SELECT id, name FROM "Broker"`)
  const nameOf = (id: string) => rows.find(row => row.id === id)!.name
  const served = () => Promise.all([mine, other].map(scene => isServed(db.pool, nameOf(scene.brokerId))))
  expect(await served()).toEqual([false, false])

  const one = await startTestWorker({ databaseUrl: db.url, brokers: [nameOf(mine.brokerId)] })
  expect(await served()).toEqual([true, false])
  const all = await startTestWorker({ databaseUrl: db.url })
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

it('that was killed is dead after three of its rounds, and its row goes when another starts a day later', async () => {
  const beats = await startHeartbeat(db.pool, { brokers: undefined, everyMs: 10_000 })
  const silentFor = (seconds: number) =>
    db.pool.query(`UPDATE "Worker" SET seen_at = clock_timestamp() - $1 * interval '1 second'`, [seconds])
  await silentFor(29)
  expect(await isServed(db.pool, 'any')).toBe(true)
  await silentFor(31)
  expect(await isServed(db.pool, 'any')).toBe(false)
  await beats.beat()
  expect(await isServed(db.pool, 'any')).toBe(true)

  await silentFor(90_000)
  const next = await startHeartbeat(db.pool, { brokers: undefined, everyMs: 10_000 })
  expect(await workers()).toHaveLength(1)
  await next.stop()
  expect(await workers()).toEqual([])
})

it('does not come back with a beat that follows its end', async () => {
  const beats = await startHeartbeat(db.pool, { brokers: undefined, everyMs: 10_000 })
  await beats.stop()
  await beats.beat()
  expect(await workers()).toEqual([])
})
