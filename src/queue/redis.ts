import { Queue, Worker } from 'bullmq'
import { Cluster, Redis } from 'ioredis'
import { messageOf } from '../errors.ts'
import { type Backend, type Data, LOCK, WORKER } from './backend.ts'
import { queueError } from './faults.ts'

// The braces keep all keys on one node of a Redis cluster, which BullMQ's scripts need.
const PREFIX = '{camp}'

const WITHOUT_REASON = /^Connection is closed|max retries per request|None of startup nodes|Failed to refresh slots/

export function redisBackend(url: string): Backend {
  // A caller that enqueues gets an error within seconds if Redis is unavailable; a worker waits for it.
  const connection = connectRedis(url, { maxRetriesPerRequest: 2 })
  const blocking = connectRedis(url, { maxRetriesPerRequest: null })
  // A command that fails says "Connection is closed"; the cause is in the client's own event.
  let last: unknown
  for (const client of [connection, blocking]) {
    client.on('error', error => {
      last = error
    })
    client.on('node error', error => {
      last = error
    })
    client.on('ready', () => {
      last = undefined
    })
  }
  return {
    // A queue that waits for the connection would not report that it is unavailable.
    queue: name => new Queue<Data>(name, { connection, prefix: PREFIX, skipWaitingForReady: true, ...LOCK }),
    worker: (name, process, concurrency) =>
      new Worker<Data>(name, process, { connection: blocking, prefix: PREFIX, concurrency, ...WORKER }),
    told: error => queueError(WITHOUT_REASON.test(messageOf(error)) ? (last ?? error) : error, true),
    close: async () => {
      connection.disconnect()
      blocking.disconnect()
    },
  }
}

/**
 * redis://…, rediss://…, redis+sentinel://[user:password@]host:port,host:port/master-name[/db] or
 * redis+cluster://[user:password@]host:port,host:port (rediss+cluster:// with TLS).
 */
export function connectRedis(url: string, options: { maxRetriesPerRequest: number | null }): Redis | Cluster {
  const match = /^(rediss?)\+(sentinel|cluster):\/\/(?:([^:@]*):([^@]*)@)?([^/]+)(?:\/([^/]*))?(?:\/(\d+))?$/.exec(url)
  if (!match) return new Redis(url, { ...options, retryStrategy, lazyConnect: true })
  const [, scheme, kind, user, password, hosts, master, db] = match
  const nodes = hosts!.split(',').map(host => {
    const [name, port] = host.split(':')
    return { host: name!, port: Number(port ?? (kind === 'sentinel' ? 26379 : 6379)) }
  })
  const access = {
    ...(user && { username: decodeURIComponent(user) }),
    ...(password && { password: decodeURIComponent(password) }),
    ...(scheme === 'rediss' && { tls: {} }),
  }
  if (kind === 'cluster') return new Cluster(nodes, { lazyConnect: true, redisOptions: { ...access, ...options } })
  return new Redis({
    sentinels: nodes,
    name: master || 'mymaster',
    ...access,
    ...(db && { db: Number(db) }),
    ...options,
    retryStrategy,
    lazyConnect: true,
  })
}

/** In milliseconds: a command with up to three tries fails within seconds, and a Redis that is back is found as soon. */
function retryStrategy(times: number): number {
  return Math.min(50 * times, 1_000)
}
