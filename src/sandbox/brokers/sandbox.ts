import { z } from 'zod'
import {
  type CallbackStatus,
  type Inbound,
  POISONED,
  type Reply,
  type RequestContext,
  type SimulatedBroker,
} from '../simulated-broker.ts'
import { requestJson, wrongIn } from './read-request.ts'

/** The sandbox's own API: bulk, one answer per message under the caller's key, callbacks in bulk. */
export const sandboxBroker: SimulatedBroker = {
  name: 'SANDBOX',
  routes: [
    { method: 'POST', path: /^\/v1\/messages$/, sends: true, take: takeMessages },
    { method: 'GET', path: /^\/v1\/health$/, sends: false, take: () => ({ status: 200, body: { status: 'ok' } }) },
  ],
  dropLast(body) {
    const read = z
      .object({ results: z.array(z.unknown()) })
      .loose()
      .safeParse(body)
    return read.success ? { ...read.data, results: read.data.results.slice(0, -1) } : body
  },
  idOf: ({ key }) => messageId(key),
  callbacks: {
    perRequest: 500,
    tokenOf: ({ message }) => message.key,
    unknownToken: () => '00000000-0000-7000-8000-000000000000',
    write: (events, { at }) => ({
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(
        events.map(({ token, status }) => ({
          key: token,
          id: messageId(token),
          status,
          at: at.toISOString(),
          ...REASONS[status],
        })),
      ),
    }),
  },
}

const REASONS: Readonly<Partial<Record<CallbackStatus, { code: string; detail?: string }>>> = {
  failed: { code: 'UNDELIVERABLE', detail: 'the sandbox was told not to deliver it' },
  opt_out: { code: 'STOP' },
}

/** The sandbox's id of a message. */
function messageId(key: string): string {
  return `sbx-${key}`
}

const inbound = z.object({
  name: z.string().min(1),
  callback_url: z.url().optional(),
  messages: z
    .array(z.looseObject({ key: z.string().min(1), phone: z.string().regex(/^\d{8,15}$/, 'must be digits') }))
    .min(1)
    .max(1000),
})

function takeMessages({ body }: Inbound, desk: RequestContext): Reply | typeof POISONED {
  const read = inbound.safeParse(requestJson(body))
  if (!read.success) {
    return { status: 400, body: { error: desk.violation(wrongIn(read.error)) } }
  }
  const { callback_url, name } = read.data
  const messages = read.data.messages.map(({ key, phone, ...content }) => ({
    key,
    phone,
    content,
    callbackUrl: callback_url,
  }))
  if (desk.poisoned(messages)) return POISONED
  const results = desk
    .accept(messages)
    .map(({ message, accepted, id }) =>
      accepted
        ? { key: message.key, status: 'accepted', id }
        : { key: message.key, status: 'rejected', code: 'REFUSED', detail: 'the sandbox was told to refuse it' },
    )
  return { status: 200, body: { reference: `sandbox-${name}`, results } }
}
