import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Adapter } from '../../../src/broker/port.ts'
import { sendBatch } from '../../../src/dispatch/send/send.ts'
import { answering } from '../../support/exchange.ts'

const START = Date.parse('2026-11-24T15:00:00Z')

beforeEach(() => {
  // node:timers/promises goes by the global timer here, which is the test's.
  vi.useFakeTimers({ now: START })
})
afterEach(() => {
  vi.useRealTimers()
})

vi.mock('node:timers/promises', () => ({
  setTimeout: (ms: number, value: unknown) => new Promise(resolve => globalThis.setTimeout(resolve, ms, value)),
}))

it('starts each request of a batch at its own moment: none a millisecond early, none late', async () => {
  const started: number[] = []
  const adapter = {
    messagesPerRequest: 1,
    send: async () => {
      started.push(Date.now() - START)
      return { kind: 'ANSWERED', outcomes: [{ kind: 'ACCEPTED' }] }
    },
  } as unknown as Adapter
  const permit = { renew: async () => undefined, refusal: () => undefined, isBlocked: () => false }
  const times = { now: () => new Date(), draining: new AbortController().signal }
  const leads = Array.from({ length: 20 }, (_, i) => ({ leadId: `lead ${i}` }))
  const sending = sendBatch(
    { adapter, credential: {}, http: answering(200, {}), permit, ...times },
    { startAt: new Date(START + 700), requestIntervalMs: 25 },
    { messages: leads } as never,
  )
  await vi.advanceTimersByTimeAsync(699)
  expect(started).toEqual([])
  await vi.advanceTimersByTimeAsync(1 + 19 * 25)
  expect(started).toEqual(leads.map((_, i) => 700 + i * 25))
  expect((await sending).outcomes).toHaveLength(20)
})
