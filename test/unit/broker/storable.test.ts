import { expect, it } from 'vitest'
import type { Adapter } from '../../../src/broker/port.ts'
import { adapterOf } from '../../../src/broker/registry.ts'
import { storable } from '../../../src/broker/storable.ts'

const ODD = 'a\0\n\u202eb'
const CLEAN = 'a\ufffd b'
const NOW = new Date('2026-11-24T12:00:00Z')

/** An adapter of which everything that it tells is odd. */
async function odd(parts: Partial<Adapter>): Promise<Adapter> {
  return storable({ ...(await adapterOf('SANDBOX')), ...parts })
}

it.each([
  [{ kind: 'FATAL', reason: ODD } as const, { kind: 'FATAL', reason: CLEAN }],
  [{ kind: 'FATAL', reason: ODD, code: ODD } as const, { kind: 'FATAL', reason: CLEAN, code: CLEAN }],
  [{ kind: 'FATAL', reason: 'r', code: '\u200b' } as const, { kind: 'FATAL', reason: 'r', code: undefined }],
  [{ kind: 'IN_DOUBT', reason: ODD } as const, { kind: 'IN_DOUBT', reason: CLEAN }],
  [{ kind: 'REJECTED', code: ODD, detail: ODD } as const, { kind: 'REJECTED', code: CLEAN, detail: CLEAN }],
  [
    { kind: 'NOT_ACCEPTED', reason: ODD, retryAfterMs: 1e12 } as const,
    { kind: 'NOT_ACCEPTED', reason: CLEAN, retryAfterMs: 3_600_000 },
  ],
  [
    { kind: 'NOT_ACCEPTED', reason: 'r', retryAfterMs: Number.NaN } as const,
    { kind: 'NOT_ACCEPTED', reason: 'r', retryAfterMs: undefined },
  ],
])('a request: %j', async (result, told) => {
  const adapter = await odd({ send: async () => result })
  expect(await adapter.send({} as never, {}, {} as never)).toEqual(told)
})

it('each message of a request, and its reference', async () => {
  const outcomes = [
    { kind: 'ACCEPTED', providerId: ODD } as const,
    { kind: 'ACCEPTED', providerId: '\u200b' } as const,
    { kind: 'REJECTED', code: ODD, detail: ODD, optOut: true, retryAfterMs: 1e12 } as const,
    { kind: 'NOT_ACCEPTED', reason: ODD, code: ODD } as const,
  ]
  const adapter = await odd({ send: async () => ({ kind: 'ANSWERED', outcomes, reference: ODD }) })
  expect(await adapter.send({} as never, {}, {} as never)).toEqual({
    kind: 'ANSWERED',
    reference: CLEAN,
    outcomes: [
      { kind: 'ACCEPTED', providerId: CLEAN },
      { kind: 'ACCEPTED', providerId: undefined },
      { kind: 'REJECTED', code: CLEAN, detail: CLEAN, optOut: true, retryAfterMs: 3_600_000 },
      { kind: 'NOT_ACCEPTED', reason: CLEAN, code: CLEAN },
    ],
  })
})

it('a closing', async () => {
  const { closing } = await odd({
    closing: {
      plan: () => undefined,
      look: async () => ({ kind: 'SEEN', mark: ODD, busy: false }),
      run: async () => ({ kind: 'DONE', reference: ODD }),
    },
  })
  expect(await closing!.look!({}, {} as never)).toEqual({ kind: 'SEEN', mark: CLEAN, busy: false })
  expect(await closing!.run({} as never, {}, {} as never)).toEqual({ kind: 'DONE', reference: CLEAN })
  const failing = await odd({
    closing: {
      plan: () => undefined,
      look: async () => ({ kind: 'NOT_ACCEPTED', reason: ODD, retryAfterMs: -1 }),
      run: async () => ({ kind: 'IN_DOUBT', reason: ODD }),
    },
  })
  expect(await failing.closing!.look!({}, {} as never)).toEqual({
    kind: 'NOT_ACCEPTED',
    reason: CLEAN,
    retryAfterMs: undefined,
  })
  expect(await failing.closing!.run({} as never, {}, {} as never)).toEqual({ kind: 'IN_DOUBT', reason: CLEAN })
})

it('what was found when a doubt was asked about', async () => {
  const adapter = await odd({ find: async () => ({ kind: 'FOUND', providerId: ODD }) })
  expect(await adapter.find!({} as never, {}, {} as never)).toEqual({ kind: 'FOUND', providerId: CLEAN })
})

it.each([
  ['that is none', Number.NaN],
  ['before there was any', -1e12],
  ['in the year 275760', 8.64e15],
])('a callback of a moment %s is of the moment at which it came', async (_, ms) => {
  const event = { event: 'SENT', occurredAt: new Date(ms), payload: {} } as const
  const adapter = await odd({ callback: () => [event] })
  const context = { credentials: [], receivedAt: NOW, notice: () => undefined }
  expect(adapter.callback!({} as never, context)).toEqual([{ ...event, occurredAt: NOW }])
})
