import { Cluster } from 'ioredis'
import { queueError } from './faults.ts'
import { connectRedis } from './redis.ts'

/** @returns what a Redis says of itself; of a cluster, one of its nodes @throws CampError if it does not answer */
export async function redisServer(url: string): Promise<{ version: string; policy: string }> {
  const redis = connectRedis(url, { maxRetriesPerRequest: 2 })
  redis.on('error', () => undefined)
  try {
    await redis.connect()
    const node = redis instanceof Cluster ? redis.nodes('master')[0]! : redis
    const said = await node.info()
    const fields = said.split(/\r?\n/)
    const fieldOf = (name: string) =>
      fields.find(line => line.startsWith(`${name}:`))?.slice(name.length + 1) ?? 'unknown'
    return { version: fieldOf('redis_version'), policy: fieldOf('maxmemory_policy') }
  } catch (error) {
    throw queueError(error, true)
  } finally {
    redis.disconnect()
  }
}
