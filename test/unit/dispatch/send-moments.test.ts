import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { Adapter } from '../../../src/broker/port.ts'
import { sendBatch } from '../../../src/dispatch/send/send.ts'
import { answering } from '../../support/exchange.ts'
import { virtualTime } from '../../support/virtual-time.ts'

const START = Date.parse('2026-11-24T15:00:00Z')

it.each([
  { apart: 25, moments: [700, 725, 750, 775, 800] },
  // At 32 a second a moment stands between two milliseconds, and a clock tells the whole ones.
  { apart: 31.25, moments: [700, 731, 762, 793, 825] },
  { apart: 0, moments: [700, 700, 700, 700, 700] },
])('starts each request of a batch at its own moment, $apart ms apart', async ({ apart, moments }) => {
  const time = virtualTime(START)
  const started: number[] = []
  const adapter = {
    messagesPerRequest: 1,
    send: async () => {
      started.push(time.now().getTime() - START)
      return { kind: 'ANSWERED', outcomes: [{ kind: 'ACCEPTED' }] }
    },
  } as unknown as Adapter
  const permit = { renew: async () => undefined, refusal: () => undefined, isBlocked: () => false }
  const times = { now: time.now, sleep: time.sleep, draining: new AbortController().signal }
  const sending = sendBatch(
    { adapter, codes: { table: {}, overrides: {} }, credential: {}, http: answering(200, {}), permit, ...times },
    { startAt: new Date(START + 700), requestIntervalMs: apart },
    { messages: moments.map((_, i) => ({ leadId: `lead ${i}` })) } as never,
  )
  await time.run(() => setImmediate())
  expect(started).toEqual(moments)
  expect((await sending).outcomes).toHaveLength(moments.length)
})
