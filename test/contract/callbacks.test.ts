import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CallbackEvent, CallbackRefused } from '../../src/broker/port.ts'
import { ADAPTER_NAMES, adapterOf } from '../../src/broker/registry.ts'

/** What every adapter that takes callbacks must do with any body. */
const LEAD = '0190f3a0-0000-7000-8000-000000000001'

interface Subject {
  /** An element of the n-th message that is delivered. */
  element: (n: number) => unknown
  /** Elements → a body. Absent: a body holds one event. */
  body?: (elements: readonly unknown[]) => unknown
  /** Of a broker that signs: the credentials with which that is checked, and the headers of a body. */
  credentials?: readonly unknown[]
  sign?: (body: Buffer) => Record<string, string>
}

const otima: Subject = { element: n => ({ message_id: `m-${n}`, status: 'Entregue' }), body: elements => elements }
const meta = (statuses: readonly unknown[]) => ({ changes: [{ value: { statuses } }] })
const noah: Subject = { element: n => ({ type: 'hookMessageStatus', ack: 2, messageId: `m-${n}` }) }

const SUBJECTS: Readonly<Record<string, Subject>> = {
  SANDBOX: {
    element: n => ({
      key: LEAD.replace(/1$/, String(n)),
      id: `m-${n}`,
      status: 'delivered',
      at: '2026-11-24T12:00:00Z',
    }),
    body: elements => elements,
  },
  OTIMA_WPP: otima,
  OTIMA_RCS: otima,
  GUPSHUP: {
    element: n => ({ gs_id: `m-${n}`, status: 'delivered', timestamp: '1790000000' }),
    body: elements => ({ object: 'whatsapp_business_account', entry: [meta(elements)] }),
  },
  META_WPP: {
    element: n => ({ id: `m-${n}`, status: 'delivered', timestamp: '1790000000' }),
    body: elements => ({ object: 'whatsapp_business_account', entry: [meta(elements)] }),
    credentials: [{ app_secret: 'an-app-secret', language: 'pt_BR' }],
    sign: body => ({
      'x-hub-signature-256': `sha256=${createHmac('sha256', 'an-app-secret').update(body).digest('hex')}`,
    }),
  },
  SALESFORCE: { element: n => ({ contactKey: `m-${n}`, status: 'Delivered' }), body: elements => elements },
  NOAH: noah,
}

/** Of no broker's shape. */
const UNREADABLE: readonly unknown[] = [
  null,
  7,
  'text',
  [],
  [[]],
  {},
  { status: { deep: true } },
  { key: 1, gs_id: {} },
]

async function hear(name: string, body: unknown): Promise<{ events: CallbackEvent[]; notices: string[] }> {
  const adapter = await adapterOf(name)
  const notices: string[] = []
  const { credentials = [], sign } = SUBJECTS[name]!
  const bytes = Buffer.from(JSON.stringify(body) ?? '')
  const request = {
    url: new URL('https://camp.example/webhooks/b/t'),
    headers: sign?.(bytes) ?? {},
    body: bytes,
    leadId: undefined,
  }
  const context = { credentials, receivedAt: new Date(), notice: (text: string) => notices.push(text) }
  return { events: adapter.callback!(request, context), notices }
}

const refusal = (body: Promise<unknown>) =>
  body.then(
    () => undefined,
    (error: unknown) => error,
  )

it('every adapter that takes callbacks is held to it', async () => {
  const taking: string[] = []
  for (const name of ADAPTER_NAMES) if ((await adapterOf(name)).callback) taking.push(name)
  // Twilio's is a signed form of one event (twilio.test.ts).
  expect([...Object.keys(SUBJECTS), 'TWILIO'].sort()).toEqual(taking.sort())
})

describe.each(Object.entries(SUBJECTS))('%s', (name, { element, body }) => {
  const whole = body ?? (([first]: readonly unknown[]) => first)

  it('reads what is meant for it', async () => {
    expect((await hear(name, whole([element(1)]))).events).toMatchObject([{ event: 'DELIVERED', providerMsgId: 'm-1' }])
  })

  it.each(UNREADABLE)('refuses a body of %j with 400, and nothing else happens', async bad => {
    expect(await refusal(hear(name, whole([bad])))).toMatchObject({ name: 'CallbackRefused', status: 400 })
  })

  it.runIf(body).each(UNREADABLE)('keeps the neighbours of %j, and tells of it', async bad => {
    const { events, notices } = await hear(name, body!([element(1), bad, element(2)]))
    expect(events.map(({ providerMsgId }) => providerMsgId)).toEqual(['m-1', 'm-2'])
    expect(notices).toEqual([expect.stringMatching(/^1 of 3 elements/)])
  })

  it('makes events of any JSON, or refuses it', async () => {
    const json = fc.oneof(
      fc.jsonValue({ maxDepth: 4 }),
      fc.array(fc.jsonValue({ maxDepth: 3 })).map(elements => whole(elements)),
      fc.array(fc.constantFrom(element(1), ...UNREADABLE)).map(elements => whole(elements)),
    )
    await fc.assert(
      fc.asyncProperty(json, async any => {
        const error = await refusal(hear(name, any))
        expect(error === undefined || error instanceof CallbackRefused, String(error)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})

it.each(['GUPSHUP', 'META_WPP'])(
  '%s keeps the statuses beside a change, and an entry, that cannot be read',
  async name => {
    const { element } = SUBJECTS[name]!
    const entry = [null, meta([element(1)]), { changes: [7, ...meta([element(2)]).changes] }]
    const { events, notices } = await hear(name, { object: 'whatsapp_business_account', entry })
    expect(events.map(({ providerMsgId }) => providerMsgId)).toEqual(['m-1', 'm-2'])
    expect(notices).toHaveLength(1)
  },
)
