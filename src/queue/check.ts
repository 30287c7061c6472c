import { randomUUID } from 'node:crypto'
import { Job, type Queue } from 'bullmq'

/** The queue for the jobs of checks only; all workers share it. */
export const CHECK = 'check'

/**
 * Adds a job to the queue of checks, takes one as a consumer takes it, and completes it: a server that answers a ping may still
 * deliver no job (a pooler that drops the search path, missing tables, a full or read-only Redis). Of two concurrent checks one
 * may take both jobs.
 * @throws the queue's error
 */
export async function takeAJob(queue: Queue): Promise<void> {
  await queue.add('check', {}, { removeOnComplete: true, removeOnFail: true })
  const token = randomUUID()
  const [, id] = await queue.backend.moveToActive(token)
  const job = id ? await Job.fromId(queue, String(id)) : undefined
  await job?.moveToCompleted('', token, false)
}
