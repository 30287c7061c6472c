import type pg from 'pg'
import { publicWord } from '../database/faults.ts'
import { stalledCampaigns } from '../dispatch/stalled.ts'
import type { Queues } from '../queue/queues.ts'
import { assertSecretStands, SecretMismatch } from '../security/fingerprint.ts'
import type { Keys } from '../security/keys.ts'
import type { Guard } from './guard.ts'
import { sleep } from './timing.ts'

/** How many campaigns of these brokers are due and do not progress, and for how long. */
async function workWord(pool: pg.Pool, now: Date, brokerIds: readonly string[]): Promise<string> {
  const [longest, ...others] = await stalledCampaigns(pool, now, { brokerIds })
  if (!longest) return 'ok'
  const seconds = Math.floor((now.getTime() - longest.since.getTime()) / 1000)
  return `due, and nothing settled for ${seconds} s (campaigns: ${1 + others.length})`
}

/** The message about another secret reveals nothing of it. */
function wordOf(error: unknown): string {
  return error instanceof SecretMismatch ? error.message : publicWord(error)
}

const SENDING = { CLEAR: 'ok', HELD: 'waits for a person', UNMARKED: 'its mark cannot be written' } as const

/** Words for callers without a login: "ok", or the cause. */
export interface Health {
  /** Jobs can be taken. */
  ok: boolean
  detail: Record<'database' | 'queue' | 'secret' | 'sending' | 'work', string> & { brokers: number }
}

/** Maximum wait of a probe for the services that a worker needs. */
const HEALTH_MS = 3_000

/**
 * Whether the database answers, the queue delivers jobs, the secret is the database's, and nothing waits for a person first. It
 * needs no login: it returns a class of error, and the log has the details. `work` tells whether due campaigns progress; it
 * does not affect the result: a restart would not help, and callbacks would find no worker.
 */
export async function health(
  { pool, queues, keys }: { pool: pg.Pool; queues: Queues; keys: Keys },
  { now, brokerIds, sending: state }: { now: Date; brokerIds: readonly string[]; sending: ReturnType<Guard['state']> },
): Promise<Health> {
  const answer = (asked: Promise<unknown>) =>
    Promise.race([asked.then(() => 'ok', wordOf), sleep(HEALTH_MS).then(() => 'no answer')])
  const [database, queue, secret, work] = await Promise.all([
    answer(pool.query('SELECT 1')),
    answer(queues.check()),
    answer(assertSecretStands(pool, keys)),
    Promise.race([workWord(pool, now, brokerIds).catch(publicWord), sleep(HEALTH_MS).then(() => 'no answer')]),
  ])
  const sending = SENDING[state]
  const ok = [database, queue, secret, sending].every(one => one === 'ok')
  return { ok, detail: { database, queue, secret, sending, work, brokers: brokerIds.length } }
}
