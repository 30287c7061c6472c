import type pg from 'pg'
import { messageOf } from '../errors.ts'
import type { Queues } from '../queue/queues.ts'
import { after } from './timing.ts'

/** A probe does not wait longer than this for the services that a worker needs. */
const HEALTH_MS = 3_000

/** Whether the database answers and the queue gives jobs. */
export async function health(
  { pool, queues }: { pool: pg.Pool; queues: Queues },
  brokers: number,
): Promise<{ ok: boolean; detail: Record<string, unknown> }> {
  const answer = (asked: Promise<unknown>) =>
    Promise.race([asked.then(() => 'ok', messageOf), after(HEALTH_MS).then(() => 'no answer')])
  const [database, queue] = await Promise.all([answer(pool.query('SELECT 1')), answer(queues.check())])
  return { ok: database === 'ok' && queue === 'ok', detail: { database, queue, brokers } }
}
