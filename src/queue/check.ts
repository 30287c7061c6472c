import { randomUUID } from 'node:crypto'
import { Job, type Queue } from 'bullmq'

/** The name of the queue that carries nothing but the jobs of checks; all workers share it. */
export const CHECK = 'check'

/**
 * Puts a job into the queue of checks, takes one as a consumer takes it, and ends it: a server that answers a ping may still give
 * no job (a pooler that drops the search path, missing tables, a full or read-only Redis). Of two checks at once one may take both jobs.
 * @throws what the queue said
 */
export async function takeAJob(queue: Queue): Promise<void> {
  await queue.add('check', {}, { removeOnComplete: true, removeOnFail: true })
  const token = randomUUID()
  const [, id] = await queue.backend.moveToActive(token)
  const job = id ? await Job.fromId(queue, String(id)) : undefined
  await job?.moveToCompleted('', token, false)
}
