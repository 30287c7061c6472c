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
import { readJson, requestJson, wrongIn } from './read-request.ts'
import { storyAfter } from './status-sequence.ts'

const quirks = z.strictObject({
  /** "sent", "delivered" and "read" contain only WhatsApp's id, as they do a week after the message. */
  without_gs_id: z.boolean().default(false),
  /** A failure is reported immediately (its id is ours) instead of later (then gsId is). */
  fails_at_once: z.boolean().default(false),
  failure_code: z.number().int().default(1002),
  /** Every message is refused with 400 and this text: a wrong app, a template that was deleted. */
  refuses_with: z.string().nullable().default(null),
  /** Sent with each callback, as the subscription's `meta` has it. */
  callback_headers: z.record(z.string(), z.string()).default({}),
  /** The version of the replies' format. */
  version: z.union([z.literal(2), z.literal(3)]).default(2),
})

/**
 * Gupshup (docs/wire/gupshup.md): a form with one template message, or Meta's body on a partner's route; events to the app's one URL
 * (control.callback_url).
 */
export const gupshupBroker: SimulatedBroker = {
  name: 'GUPSHUP',
  quirks,
  routes: [
    { method: 'POST', path: /^\/wa\/api\/v1\/template\/msg$/, sends: true, take: takeForm },
    { method: 'POST', path: /^\/partner\/app\/[^/]+\/v3\/message$/, sends: true, take: takeMeta },
  ],
  errors: {
    '400': () => error(400, 'Invalid template parameters'),
    '401': () => error(401, 'Authentication Failed'),
    '429': () => error(429, 'Too Many Requests'),
    '500': () => error(500, 'Internal Server Error'),
  },
  callbacks: {
    perRequest: 1,
    statuses: fate => storyAfter(['accepted', 'sent'], fate),
    tokenOf: ({ message, id }) => `${id} ${message.phone}`,
    unknownToken: () => '00000000-0000-0000-0000-000000000000 5500900000000',
    write: ([told], context) => ({
      headers: { 'content-type': 'application/json', ...quirks.parse(context.control.quirks).callback_headers },
      body: JSON.stringify(told && event(told, context)),
    }),
    reply: (told, context) => ({
      url: context.url,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(
        quirks.parse(context.control.quirks).version === 3 ? replyOfV3(told, context) : replyOfV2(told, context),
      ),
    }),
  },
}

function error(status: number, message: string): Reply {
  return { status, body: { status: 'error', message } }
}

const phone = z.string().regex(/^55\d{10,11}$/, 'must be digits with the country code, without a plus')

const link = z.strictObject({ link: z.url({ protocol: /^https?$/ }) })

/** The header's media or place, in the form's field `message`. */
const formHeader = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('image'), image: link }),
  z.strictObject({ type: z.literal('video'), video: link }),
  z.strictObject({ type: z.literal('document'), document: link }),
  z.strictObject({
    type: z.literal('location'),
    location: z.strictObject({ longitude: z.string().min(1), latitude: z.string().min(1) }),
  }),
])

const form = z.strictObject({
  channel: z.literal('whatsapp').optional(),
  source: z.string().regex(/^\d{8,15}$/, 'must be digits'),
  'src.name': z.string().min(1),
  destination: phone,
  template: z
    .string()
    .transform(requestJson)
    .pipe(z.strictObject({ id: z.string().min(1), params: z.array(z.string().min(1)) })),
  message: z.string().transform(requestJson).pipe(formHeader).optional(),
})

function takeForm({ headers, body }: Inbound, desk: RequestContext): Reply | typeof POISONED {
  if (!headers.apikey) return error(401, desk.violation('there is no apikey'))
  if (headers['content-type'] !== 'application/x-www-form-urlencoded')
    return error(400, desk.violation('the body must be application/x-www-form-urlencoded'))
  const read = form.safeParse(Object.fromEntries(new URLSearchParams(body)))
  if (!read.success) {
    return error(400, desk.violation(wrongIn(read.error)))
  }
  const { destination, template, source, message } = read.data
  const content = { source, template: template.id, params: template.params, ...(message && { header: message }) }
  const taken = accept({ key: destination, phone: destination, content }, desk)
  if (typeof taken !== 'string') return taken
  return { status: 202, body: { status: 'submitted', messageId: taken } }
}

const parameter = z.strictObject({
  type: z.literal('text'),
  parameter_name: z.string().min(1).optional(),
  text: z.string().min(1),
})

const metaLink = z.strictObject({ link: z.url({ protocol: /^https?$/ }), filename: z.string().optional() })

const metaBody = z.strictObject({
  messaging_product: z.literal('whatsapp'),
  recipient_type: z.literal('individual'),
  to: phone,
  type: z.literal('template'),
  template: z.strictObject({
    name: z.string().min(1),
    language: z.strictObject({ code: z.string().min(2) }),
    components: z
      .array(
        z.discriminatedUnion('type', [
          z.strictObject({ type: z.literal('body'), parameters: z.array(parameter).min(1) }),
          z.strictObject({
            type: z.literal('header'),
            parameters: z.tuple([
              z.discriminatedUnion('type', [
                z.strictObject({ type: z.literal('image'), image: metaLink }),
                z.strictObject({ type: z.literal('video'), video: metaLink }),
                z.strictObject({ type: z.literal('document'), document: metaLink }),
                z.strictObject({
                  type: z.literal('location'),
                  location: z.strictObject({ latitude: z.string().min(1), longitude: z.string().min(1) }),
                }),
              ]),
            ]),
          }),
        ]),
      )
      .optional(),
  }),
})

/** A partner's route takes Meta's body, and answers as Meta does. */
function takeMeta(request: Inbound, desk: RequestContext): Reply | typeof POISONED {
  if (!request.headers.authorization) return error(401, desk.violation('there is no authorization'))
  const { body, wrong } = readJson(request, metaBody, desk)
  if (wrong !== undefined) return error(400, wrong)
  const { to, template } = body
  const taken = accept({ key: to, phone: to, content: template }, desk)
  if (typeof taken !== 'string') return taken
  const contacts = [{ input: to, wa_id: to }]
  return { status: 200, body: { messaging_product: 'whatsapp', contacts, messages: [{ id: taken }] } }
}

/** @returns its id, if it is accepted */
function accept(message: InboundMessage, desk: RequestContext): string | Reply | typeof POISONED {
  const { refuses_with } = quirks.parse(desk.control.quirks)
  if (refuses_with !== null) return error(400, refuses_with)
  if (desk.poisoned([message])) return POISONED
  const [taken] = desk.accept([message])
  return taken?.accepted ? taken.id : { status: 200, body: { status: 'error', message: 'Invalid Destination' } }
}

function event({ token, status }: ToldEvent, { at, control }: TellContext): object {
  const [id = '', destination = ''] = token.split(' ')
  const { without_gs_id, fails_at_once, failure_code } = quirks.parse(control.quirks)
  const wamid = `wamid.${id}`
  const gsId = without_gs_id ? undefined : id
  const ts = Math.floor(at.getTime() / 1000)
  const outer = (type: string, payload: object) => ({
    app: 'sandbox',
    timestamp: at.getTime(),
    version: 2,
    type,
    payload,
  })
  const message = (type: string, payload: object) => outer('message-event', { type, destination, ...payload })
  switch (status) {
    case 'accepted':
      return message('enqueued', { id, payload: { whatsappMessageId: wamid, type: 'template' } })
    case 'failed': {
      const payload = { code: failure_code, reason: 'the sandbox was told not to deliver it' }
      return message('failed', fails_at_once ? { id, payload } : { id: wamid, gsId: id, payload: { ...payload, ts } })
    }
    case 'opt_out':
      return outer('user-event', { phone: destination, type: 'opted-out' })
    default:
      return message(status, { id: wamid, gsId, ts, payload: { conversation: { id: 'sandbox' } } })
  }
}

function replyOfV2({ token, id, text, payload }: ToldReply, { at }: TellContext): object {
  const [gsId, source] = token.split(' ')
  const inner = payload === undefined ? { text } : { title: text, postbackText: payload, type: 'button_reply' }
  const type = payload === undefined ? 'text' : 'button_reply'
  const sender = { phone: source, name: 'sandbox', country_code: '55' }
  const message = { id: `wamid.in.${id}`, source, type, payload: inner, sender, context: { id: `wamid.${gsId}`, gsId } }
  return { app: 'sandbox', timestamp: at.getTime(), version: 2, type: 'message', payload: message }
}

function replyOfV3({ token, id, text, payload }: ToldReply, { at }: TellContext): object {
  const [gsId, from] = token.split(' ')
  const said =
    payload === undefined ? { type: 'text', text: { body: text } } : { type: 'button', button: { payload, text } }
  const timestamp = String(Math.floor(at.getTime() / 1000))
  const message = { from, id: `wamid.in.${id}`, timestamp, ...said, context: { id: `wamid.${gsId}`, gs_id: gsId } }
  const value = { messaging_product: 'whatsapp', contacts: [{ wa_id: from }], messages: [message] }
  return { object: 'whatsapp_business_account', entry: [{ changes: [{ field: 'messages', value }] }] }
}
