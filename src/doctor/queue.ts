import { t } from '../language/text.ts'
import { openQueues } from '../queue/queues.ts'
import { redisServer } from '../queue/redis-server.ts'
import type { DatabaseDeps } from './deps.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

/** Adds a job and takes it, as a worker does; then the settings of Redis that a queue depends on. */
export async function checkQueue({ config, url }: DatabaseDeps): Promise<Finding[]> {
  const { redisUrl, directUrl } = config
  const queues = openQueues({ redisUrl, databaseUrl: directUrl ?? url })
  await queues.check().finally(() => queues.close())
  if (redisUrl === undefined) return [ok(t`queue`, t`on PostgreSQL: a job was added and taken`)]
  return [ok(t`queue`, t`on Redis: a job was added and taken`), ...(await checkRedis(redisUrl))]
}

const OLDEST = [6, 2] as const

async function checkRedis(url: string): Promise<Finding[]> {
  const { version, policy } = await redisServer(url)
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])
  return [
    isOld
      ? fail(t`Redis`, t`version ${version}`, t`camp needs Redis ${OLDEST.join('.')} or later, or Valkey.`)
      : ok(t`Redis`, t`version ${version}`),
    policy === 'noeviction'
      ? ok(t`Redis memory`, t`maxmemory-policy is noeviction`)
      : warn(
          t`Redis memory`,
          t`maxmemory-policy is ${policy}: Redis may delete jobs, and the sweep has to add them again`,
          t`On its server: CONFIG SET maxmemory-policy noeviction, also in redis.conf`,
        ),
  ]
}
