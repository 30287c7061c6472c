import { QUEUE_SCHEMA } from '../../src/database/migrations.ts'
import { connectRedis } from '../../src/queue/queues.ts'
import type { TestDatabase } from './database.ts'

/** The queue forgets everything: all of Redis, or of its tables in the database. */
export async function wipeQueue({ pool }: Pick<TestDatabase, 'pool'>, redisUrl?: string): Promise<void> {
  if (redisUrl) {
    const redis = connectRedis(redisUrl, { maxRetriesPerRequest: 1 })
    await redis.flushall()
    redis.disconnect()
  } else {
    const { rows } = await pool.query<{ table: string }>(
      `SELECT quote_ident(tablename) AS table FROM pg_tables WHERE schemaname = $1 AND tablename LIKE '%job%'`,
      [QUEUE_SCHEMA],
    )
    await pool.query(`TRUNCATE ${rows.map(row => `${QUEUE_SCHEMA}.${row.table}`).join(', ')} CASCADE`)
  }
}
