import { z } from 'zod'
import { queueError } from '../queue/faults.ts'
import { connectRedis } from '../queue/queues.ts'
import { type MarkStore, newest } from './mark-store.ts'

const redisContent = z.object({
  generation: z.coerce.number().int(),
  mark: z.coerce.number().int(),
  at: z.coerce.date(),
})

// KEYS[1] the mark, KEYS[2] the last marks at this address, ARGV generation, mark, at, id.
const RAISE = `
redis.call('HSET', KEYS[2], ARGV[4], ARGV[3])
local g, m = tonumber(redis.call('HGET', KEYS[1], 'generation')), tonumber(redis.call('HGET', KEYS[1], 'mark'))
if g and (g > tonumber(ARGV[1]) or (g == tonumber(ARGV[1]) and m >= tonumber(ARGV[2]))) then return 0 end
redis.call('HSET', KEYS[1], 'generation', ARGV[1], 'mark', ARGV[2], 'at', ARGV[3])
return 1`

/** Shared by all workers of this Redis, on any machine. Connects on first use. */
export function redisStore(url: string): MarkStore {
  const redis = connectRedis(url, { maxRetriesPerRequest: 2 })
  // A refused command throws its own error.
  redis.on('error', () => undefined)
  const keyOf = (installationId: string) => `{camp}:mark:${installationId}`
  const addressKeyOf = (address: string) => `{camp}:address:${address}`
  return {
    where: 'Redis',
    read: async installationId => {
      const found = await redis.hgetall(keyOf(installationId)).catch(told)
      return found.mark === undefined ? undefined : { ...redisContent.parse(found), isOurs: true }
    },
    write: async (installationId, { generation, mark, at }, address) => {
      const keys = [keyOf(installationId), addressKeyOf(address)]
      await redis.eval(RAISE, keys.length, ...keys, generation, mark, at.toISOString(), installationId).catch(told)
    },
    lastOfAnother: async (installationId, address) => {
      const found = await redis.hgetall(addressKeyOf(address)).catch(told)
      return newest(
        Object.entries(found).flatMap(([id, at]) => (id === installationId ? [] : [z.coerce.date().parse(at)])),
      )
    },
    close: () => redis.disconnect(),
  }
}

function told(error: unknown): never {
  throw queueError(error, true)
}
