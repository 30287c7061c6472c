import { expect, test } from 'vitest'
import { CallbackRefused } from '../../../src/broker/port.ts'
import { sandbox } from '../../../src/broker/sandbox/adapter.ts'

const context = { credentials: [], receivedAt: new Date('2026-11-24T12:00:00Z'), notice: () => undefined }
const key = '0190f3a0-0000-7000-8000-000000000001'

function callback(body: string) {
  return sandbox.callback!(
    { url: new URL('http://127.0.0.1/webhooks/b/t'), headers: {}, body: Buffer.from(body), leadId: undefined },
    context,
  )
}

test('a callback names our own lead, and when it happened', () => {
  const failed = {
    key,
    id: 'sbx-1',
    status: 'failed',
    at: '2026-11-24T11:59:00-03:00',
    code: 'E1',
    detail: 'no such number',
  }
  expect(callback(JSON.stringify([failed]))).toEqual([
    {
      event: 'FAILED',
      leadId: key,
      providerMsgId: 'sbx-1',
      code: 'E1',
      detail: 'no such number',
      occurredAt: new Date('2026-11-24T14:59:00Z'),
      payload: failed,
    },
  ])
})

test.each([
  '',
  'null',
  '{}',
  '[{"key":"1","status":"read","at":"2026-11-24T12:00:00Z"}]',
  `[{"key":"${key}","status":"eaten"}]`,
])('a callback that is not the sandbox’s is refused: %s', body => {
  expect(() => callback(body)).toThrow(CallbackRefused)
})
