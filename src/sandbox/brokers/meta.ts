import { createHmac, randomUUID } from 'node:crypto'
import { z } from 'zod'
import {
  type Inbound,
  type InboundMessage,
  POISONED,
  type Reply,
  type RequestContext,
  type SimulatedBroker,
  type TellContext,
  type ToldEvent,
  type ToldReply,
} from '../simulated-broker.ts'
import { readJson } from './read-request.ts'
import { storyAfter } from './status-sequence.ts'

const quirks = z.strictObject({
  /** Signs the callbacks. */
  app_secret: z.string().default('sandbox-app-secret'),
  /** By phone (E.164 digits): the code with which it refuses a message. */
  codes: z.record(z.string(), z.number().int()).default({}),
  /** Code of a message that fails after it was accepted. */
  failure_code: z.number().int().default(131026),
  /** Every accepted message has this status in its answer. */
  message_status: z.enum(['accepted', 'held_for_quality_assessment', 'paused']).default('accepted'),
  /** Deliveries are told as free. */
  billable: z.boolean().default(true),
  /** Only "read" is told of a message that is read. */
  read_alone: z.boolean().default(false),
})

const quirksOf = ({ control }: Pick<TellContext, 'control'>) => quirks.parse(control.quirks)

/** Meta's Cloud API (docs/wire/meta.md): a template message as JSON; signed events to the app's one URL (control.callback_url). */
export const metaBroker: SimulatedBroker = {
  name: 'META_WPP',
  quirks,
  routes: [
    { method: 'POST', path: /^\/v\d+\.\d+\/(\d+)\/(messages|marketing_messages)$/, sends: true, take },
    { method: 'GET', path: /^\/v\d+\.\d+\/(\d+)$/, sends: false, take: showNumber },
  ],
  errors: {
    '400': () => error(400, 100, 'Invalid parameter'),
    '401': () => error(401, 190, 'Error validating access token'),
    '429': () => error(429, 130429, 'Rate limit hit'),
    '500': () => error(500, 131000, 'Something went wrong'),
    'accept-500': () => error(500, 131000, 'Something went wrong'),
  },
  idOf: () => `wamid.${randomUUID()}`,
  callbacks: {
    perRequest: 100,
    statuses: fate => storyAfter(['sent'], fate),
    tokenOf: ({ message, id }) => `${id} ${message.phone} ${message.key}`,
    unknownToken: () => 'wamid.unknown 5500900000000 00000000-0000-4000-8000-000000000000',
    write: (events, context) =>
      post(
        events.flatMap(told => changesOf(told, context)),
        context,
      ),
    reply: (told, context) => ({ url: context.url, ...post([replyOf(told, context)], context) }),
  },
}

function error(status: number, code: number, message: string): Reply {
  const body = { message: `(#${code}) ${message}`, type: 'OAuthException', code, fbtrace_id: 'sandbox' }
  return { status, body: { error: { ...body, error_data: { messaging_product: 'whatsapp', details: message } } } }
}

const link = z.strictObject({ link: z.url({ protocol: /^https?$/ }) })
const named = z.strictObject({ link: z.url({ protocol: /^https?$/ }), filename: z.string().min(1).optional() })
const place = z.strictObject({ latitude: z.string().min(1), longitude: z.string().min(1) })

/** What WhatsApp allows in a value. */
const value = z
  .string()
  .min(1)
  .regex(/^(?!.*(?:\n|\t| {5}))/s, 'must not contain a line break, a tab or five spaces')

const media = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('image'), image: link }),
  z.strictObject({ type: z.literal('video'), video: link }),
  z.strictObject({ type: z.literal('document'), document: named }),
  z.strictObject({ type: z.literal('location'), location: place }),
])

const index = z.string().regex(/^\d$/, 'must be a digit, as text')

const component = z.union([
  z.strictObject({ type: z.literal('header'), parameters: z.tuple([media]) }),
  z.strictObject({
    type: z.literal('body'),
    parameters: z
      .array(z.strictObject({ type: z.literal('text'), parameter_name: z.string().min(1).optional(), text: value }))
      .min(1),
  }),
  z.strictObject({
    type: z.literal('button'),
    sub_type: z.literal('url'),
    index,
    parameters: z.tuple([z.strictObject({ type: z.literal('text'), text: value })]),
  }),
  z.strictObject({
    type: z.literal('button'),
    sub_type: z.literal('quick_reply'),
    index,
    parameters: z.tuple([z.strictObject({ type: z.literal('payload'), payload: z.string().min(1) })]),
  }),
])

const body = z.strictObject({
  messaging_product: z.literal('whatsapp'),
  recipient_type: z.literal('individual'),
  to: z.string().regex(/^\+?55\d{10,11}$/, 'must be a number with its country code'),
  type: z.literal('template'),
  biz_opaque_callback_data: z.string().min(1).max(512),
  product_policy: z.enum(['CLOUD_API_FALLBACK', 'STRICT']).optional(),
  template: z.strictObject({
    name: z.string().min(1),
    language: z.strictObject({ code: z.string().min(2) }),
    components: z.array(component).min(1).optional(),
  }),
})

const WITHOUT_TOKEN = 'there is no Bearer token'

function take(request: Inbound, desk: RequestContext): Reply | typeof POISONED {
  if (!isAuthorized(request)) return error(401, 190, desk.violation(WITHOUT_TOKEN))
  const { body: read, wrong } = readJson(request, body, desk)
  if (wrong !== undefined) return error(400, 100, wrong)
  if (read.product_policy !== undefined && request.parts[1] !== 'marketing_messages')
    return error(400, 100, desk.violation('product_policy belongs to marketing_messages'))
  const { to, biz_opaque_callback_data: key, template } = read
  const phone = to.replace('+', '')
  const { codes, message_status } = quirksOf(desk)
  const code = codes[phone]
  if (code !== undefined) return error(400, code, 'the sandbox was told to refuse it')
  const message: InboundMessage = { key, phone, content: template }
  if (desk.poisoned([message])) return POISONED
  const [taken] = desk.accept([message])
  if (!taken?.accepted) return error(400, 131026, 'Message undeliverable')
  const contacts = [{ input: to, wa_id: phone }]
  return {
    status: 200,
    body: { messaging_product: 'whatsapp', contacts, messages: [{ id: taken.id, message_status }] },
  }
}

function showNumber(request: Inbound, desk: RequestContext): Reply {
  if (!isAuthorized(request)) return error(401, 190, desk.violation(WITHOUT_TOKEN))
  const throughput = { level: 'STANDARD' }
  const about = { verified_name: 'Sandbox', quality_rating: 'GREEN', throughput, status: 'CONNECTED' }
  return { status: 200, body: { ...about, id: request.parts[0] } }
}

function isAuthorized({ headers }: Inbound): boolean {
  return /^Bearer \S+$/.test(headers.authorization ?? '')
}

interface Change {
  field: string
  value: object
}

function changesOf({ token, status }: ToldEvent, { at, control }: TellContext): Change[] {
  const [id, recipient, key] = token.split(' ')
  const { failure_code, billable, read_alone } = quirks.parse(control.quirks)
  const timestamp = secondsOf(at)
  if (status === 'opt_out') {
    const stop = { wa_id: recipient, category: 'marketing_messages', value: 'stop', timestamp }
    return [{ field: 'user_preferences', value: { ...ABOUT, user_preferences: [stop] } }]
  }
  if (read_alone && status === 'delivered') return []
  const one = {
    ...{ id, status, timestamp, recipient_id: recipient },
    // Documented for sent, delivered and read alone.
    ...(status !== 'failed' && { biz_opaque_callback_data: key }),
    ...(status === 'failed' && {
      errors: [{ code: failure_code, title: 'Message undeliverable', message: 'Message undeliverable' }],
    }),
    ...(status !== 'failed' && {
      pricing: { billable, pricing_model: 'PMP', type: 'regular', category: 'utility' },
    }),
  }
  return [{ field: 'messages', value: { ...ABOUT, statuses: [one] } }]
}

const ABOUT = {
  messaging_product: 'whatsapp',
  metadata: { display_phone_number: '5500900000099', phone_number_id: '100000000000001' },
}

function secondsOf(at: Date): string {
  return String(Math.floor(at.getTime() / 1000))
}

function replyOf({ token, id, text, payload }: ToldReply, { at }: TellContext): Change {
  const [sent, from] = token.split(' ')
  const said =
    payload === undefined ? { type: 'text', text: { body: text } } : { type: 'button', button: { payload, text } }
  const context = { from: '5500900000099', id: sent }
  const message = { from, id: `wamid.in.${id}`, timestamp: secondsOf(at), ...said, context }
  return { field: 'messages', value: { ...ABOUT, contacts: [{ wa_id: from }], messages: [message] } }
}

/** X-Hub-Signature-256 over the bytes of the body, implemented independently: it must not share the adapter's mistakes. */
function post(changes: readonly Change[], { control, forged }: TellContext) {
  const { app_secret } = quirks.parse(control.quirks)
  const text = JSON.stringify({ object: 'whatsapp_business_account', entry: [{ id: '1', time: 0, changes }] })
  const secret = forged ? 'another-app-secret' : app_secret
  const hex = createHmac('sha256', secret).update(text, 'utf8').digest('hex')
  return { headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${hex}` }, body: text }
}
