import { randomUUID } from 'node:crypto'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { openQueues, type Queues } from '../../../src/queue/queues.ts'
import { openProxy } from '../../chaos/proxy.ts'
import { useDatabase } from '../../support/database.ts'
import { until } from '../../support/worker.ts'

const db = useDatabase()
const redisUrl = inject('redisUrl')
const backends: [string, string | undefined][] = [['PostgreSQL', undefined]]
if (redisUrl) backends.push(['Redis', redisUrl])

const options = { concurrency: 4, onError: () => undefined }

describe.each(backends)('the queue on %s', (_name, url) => {
  const open = (): Queues => {
    const queues = openQueues({ redisUrl: url, databaseUrl: db.url })
    onTestFinished(() => queues.close())
    return queues
  }
  const listen = (queues: Queues, broker: string, heard: string[]) => {
    const consumer = queues.onBatch(broker, async id => void heard.push(id), options)
    onTestFinished(() => consumer.close())
  }

  it('brings every job to one of several consumers', async () => {
    const [broker, heard] = [randomUUID(), [] as string[]]
    for (let i = 0; i < 3; i++) listen(open(), broker, heard)
    const ids = Array.from({ length: 200 }, () => randomUUID())
    await open().enqueue(
      broker,
      ids.map(batchId => ({ batchId, enqueue_seq: 0, delayMs: 0 })),
    )
    await until(
      'all are heard',
      async () => heard.length,
      n => n >= 200,
    )
    expect([...heard].sort()).toEqual([...ids].sort())
  })

  it('keeps one job for a job that is enqueued twice, and another for the next job', async () => {
    const [broker, heard, queues, batchId] = [randomUUID(), [] as string[], open(), randomUUID()]
    for (let i = 0; i < 3; i++) await queues.enqueue(broker, [{ batchId, enqueue_seq: 7, delayMs: 0 }])
    await queues.enqueue(broker, [{ batchId, enqueue_seq: 8, delayMs: 0 }])
    const last = randomUUID()
    await queues.enqueue(broker, [{ batchId: last, enqueue_seq: 0, delayMs: 0 }])
    listen(queues, broker, heard)
    await until('the last is heard', async () => heard.includes(last), Boolean)
    expect(heard.filter(id => id === batchId)).toHaveLength(2)
  })

  it('jobs later what is to be heard later', async () => {
    const [broker, heard, queues] = [randomUUID(), [] as string[], open()]
    listen(queues, broker, heard)
    const [soon, later] = [randomUUID(), randomUUID()]
    const from = Date.now()
    await queues.enqueue(broker, [
      { batchId: later, enqueue_seq: 0, delayMs: 400 },
      { batchId: soon, enqueue_seq: 0, delayMs: 0 },
    ])
    await until(
      'both are heard',
      async () => heard.length,
      n => n === 2,
    )
    expect(heard).toEqual([soon, later])
    expect(Date.now() - from).toBeGreaterThanOrEqual(390)
  })

  it('a handler that throws does not stop the next job', async () => {
    const [broker, queues, heard] = [randomUUID(), open(), [] as string[]]
    const errors: unknown[] = []
    const bad = randomUUID()
    const consumer = queues.onBatch(
      broker,
      async id => {
        heard.push(id)
        if (id === bad) throw new Error('broken')
      },
      { concurrency: 1, onError: error => void errors.push(error) },
    )
    onTestFinished(() => consumer.close())
    const good = randomUUID()
    await queues.enqueue(
      broker,
      [bad, good].map(batchId => ({ batchId, enqueue_seq: 0, delayMs: 0 })),
    )
    await until('the good one is heard', async () => heard.includes(good), Boolean)
    expect(heard).toEqual([bad, good])
    expect(errors).toHaveLength(1)
  })

  it('schedules a task for all workers together', async () => {
    const queues = open()
    let [turns, task] = [0, '']
    const consumer = queues.onTask(async name => {
      turns++
      task = name
    }, options)
    onTestFinished(() => consumer.close())
    await queues.schedule('sweep', 100)
    await queues.schedule('sweep', 100)
    await until(
      'it has come round',
      async () => turns,
      n => n >= 3,
    )
    expect(task).toBe('sweep')
  })
})

it.each([
  ['Redis', { redisUrl: 'redis://127.0.0.1:9', databaseUrl: '' }],
  ['PostgreSQL', { redisUrl: undefined, databaseUrl: 'postgresql://camp@127.0.0.1:9/camp' }],
])('says in seconds that %s is away', async (_name, settings) => {
  const queues = openQueues(settings)
  onTestFinished(() => queues.close())
  const ringing = queues.enqueue(randomUUID(), [{ batchId: randomUUID(), enqueue_seq: 0, delayMs: 0 }])
  await expect(ringing).rejects.toMatchObject({ code: 'QUEUE_UNREACHABLE' })
})

const services: [string, 'databaseUrl' | 'redisUrl'][] = [['PostgreSQL', 'databaseUrl']]
if (redisUrl) services.push(['Redis', 'redisUrl'])

it.each(services)('finds %s when it is back, though a first call or a consumer met it away', async (_name, what) => {
  const settings = { redisUrl: what === 'redisUrl' ? redisUrl! : undefined, databaseUrl: db.url }
  const proxy = await openProxy()
  onTestFinished(() => proxy.close())
  const behind = Object.assign(new URL(settings[what]!), { port: String(proxy.port) }).href
  const queues = openQueues({ ...settings, [what]: behind })
  onTestFinished(() => queues.close())
  const [broker, heard] = [randomUUID(), [] as string[]]
  const consumer = queues.onBatch(broker, async id => void heard.push(id), options)
  onTestFinished(() => consumer.close())
  const enqueue_seq = { batchId: randomUUID(), enqueue_seq: 0, delayMs: 0 }
  for (let i = 0; i < 2; i++) {
    await expect(queues.check()).rejects.toMatchObject({ code: 'QUEUE_UNREACHABLE' })
    await expect(queues.enqueue(broker, [enqueue_seq])).rejects.toMatchObject({ code: 'QUEUE_UNREACHABLE' })
  }
  proxy.lead(Number(new URL(settings[what]!).port))
  await until(
    'a enqueue_seq is taken',
    () =>
      queues.enqueue(broker, [enqueue_seq]).then(
        () => true,
        () => false,
      ),
    Boolean,
  )
  await queues.check()
  await until(
    'it is heard',
    async () => heard,
    ids => ids.includes(enqueue_seq.batchId),
  )
})
