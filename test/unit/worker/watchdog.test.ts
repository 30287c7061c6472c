import { expect, it } from 'vitest'
import { judge } from '../../../src/worker/watchdog.ts'

const WELL = { database: 'ok', queue: 'ok', secret: 'ok', sending: 'ok', work: 'ok', brokers: 1 }
const yes = async () => 'ok'
const no = async () => {
  throw new Error('away')
}

it.each([
  ['can take jobs', {}, { database: no, queue: no }, 'takes jobs', false],
  [
    'waits for a person',
    { sending: 'waits for a person' },
    { database: yes, queue: yes },
    'takes no jobs: sending: waits for a person',
    false,
  ],
  [
    'has no database, and no other process has one',
    { database: 'unreachable' },
    { database: no, queue: yes },
    'takes no jobs: database: unreachable',
    false,
  ],
  [
    'has no database, and a new connection has',
    { database: 'no answer' },
    { database: yes, queue: yes },
    'takes no jobs: database: no answer',
    true,
  ],
  [
    'has no queue, and a new connection has',
    { database: 'busy', queue: 'no answer' },
    { database: no, queue: yes },
    'takes no jobs: database: busy, queue: no answer',
    true,
  ],
] as const)('a worker that %s', async (_, detail, fresh, status, isOwnFault) => {
  const health = { ok: Object.keys(detail).length === 0, detail: { ...WELL, ...detail } }
  expect(await judge(health, fresh)).toEqual({ status, isOwnFault })
})
