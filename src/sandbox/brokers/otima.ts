import { z } from 'zod'
import {
  type CallbackStatus,
  type Inbound,
  type InboundMessage,
  POISONED,
  type Reply,
  type RequestContext,
  type SimulatedBroker,
} from '../simulated-broker.ts'
import { readJson } from './read-request.ts'
import { storyAfter } from './status-sequence.ts'

/** Ótima (docs/wire/otima.md): WhatsApp and RCS are one API with different paths and names. */
interface Channel {
  name: string
  send: RegExp
  lines: RegExp
  recipient: 'whatsapp' | 'phone'
  phoneFormat: 'national' | 'international'
  variable: z.ZodType<string>
}

export const otimaWppBroker = otimaBroker({
  name: 'OTIMA_WPP',
  send: /^\/v1\/whatsapp\/bulk\/message\/hsm$/,
  lines: /^\/v1\/whatsapp\/credential$/,
  recipient: 'whatsapp',
  phoneFormat: 'national',
  variable: z.string().min(1),
})

export const otimaRcsBroker = otimaBroker({
  name: 'OTIMA_RCS',
  send: /^\/v1\/rcs\/bulk\/message\/template$/,
  lines: /^\/v1\/rcs\/credential$/,
  recipient: 'phone',
  phoneFormat: 'international',
  variable: z.string().regex(/^-.+-$/, 'must have hyphens on both sides'),
})

function otimaBroker(channel: Channel): SimulatedBroker {
  const contract = { quirks: quirksOf(channel), body: bodyOf(channel) }
  return {
    name: channel.name,
    quirks: contract.quirks,
    routes: [
      {
        method: 'POST',
        path: channel.send,
        sends: true,
        take: (request, desk) => take(request, desk, channel, contract),
      },
      {
        method: 'GET',
        path: channel.lines,
        sends: false,
        take: (request, desk) => unauthorized(request, desk) ?? LINES,
      },
    ],
    errors: {
      '400': () => ({ status: 400, body: { error: 'invalid values' } }),
      '401': () => AUTHORIZATION_FAILED,
      '403': () => ({ status: 403, body: { error: 'IP 203.0.113.9 is not allowed' } }),
      '500': () => ({ status: 500, body: { error: 'internal error' } }),
    },
    dropLast: body => (Array.isArray(body) ? body.slice(0, -1) : body),
    callbacks: {
      // Each message has its own URL; only statuses to the customer's default URL are grouped.
      perRequest: 50,
      // A phone on the blacklist receives nothing.
      statuses: fate => (fate === 'opt_out' ? ['accepted', 'opt_out'] : storyAfter(['accepted', 'sent'], fate)),
      tokenOf: ({ id, message }) => `${id} ${message.phone}`,
      unknownToken: () => 'an-unknown-message 5500900000000',
      write: events => ({
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(
          events.map(({ token, status }) => ({ message_id: token.split(' ')[0], status: WORDS[status] })),
        ),
      }),
      reply: ({ token, text, payload }, { url, at }) => {
        const to = new URL(url)
        to.searchParams.set('mo', '1')
        const [message_id, phone] = token.split(' ')
        const said = payload === undefined ? { type: 'text', body: text } : { type: 'button', body: { text, payload } }
        const element = {
          message_id,
          phone,
          username: 'sandbox',
          type: said.type,
          date: at.toISOString(),
          payload: said,
        }
        return { url: to.href, headers: { 'content-type': 'application/json' }, body: JSON.stringify([element]) }
      },
    },
  }
}

const AUTHORIZATION_FAILED: Reply = { status: 401, body: { error: 'authorization failed' } }

const LINES: Reply = {
  status: 200,
  body: [{ code: '5500900000099', credential: 'sandbox', customer: '9001', name: 'sandbox', technology: 'sandbox' }],
}

const WORDS: Readonly<Record<CallbackStatus, string>> = {
  accepted: 'válido',
  sent: 'enviado',
  delivered: 'entregue',
  read: 'lido',
  failed: 'não entregue',
  opt_out: 'blacklist',
}

type Quirks = z.infer<ReturnType<typeof quirksOf>>

function quirksOf(channel: Channel) {
  return z.strictObject({
    /** The phone format that it accepts. */
    phone_format: z.enum(['national', 'international']).default(channel.phoneFormat),
    /** The phone format of its answer. */
    echo: z.enum(['as_sent', 'with_55', 'without_55']).default('as_sent'),
    /** The answer's elements are in reverse order. */
    shuffled: z.boolean().default(false),
    without_ids: z.boolean().default(false),
    /**
     * Refuses a phone that it has already received ("repetido"). Off by default: otherwise a message that is sent twice would
     * not be counted twice.
     */
    detects_repeats: z.boolean().default(false),
    /** By phone (E.164 digits): the status in the answer instead of V. */
    statuses: z.record(z.string(), z.enum(['I', 'B', 'R'])).default({}),
  })
}

const DESCRIPTIONS = { V: 'valido', I: 'inválido', B: 'blacklist', R: 'repetido' }

/** Unknown fields are refused: `date` would schedule, `fallback` would send a second message. */
function bodyOf(channel: Channel) {
  const common = {
    document: z.string().regex(/^[0-9A-Za-z]*$/, 'must have no punctuation'),
    variables: z.record(channel.variable, z.string().min(1)),
    extra_fields: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
    url_callback_status: z.url().optional(),
    url_callback_mo: z.url().optional(),
  }
  const message =
    channel.recipient === 'whatsapp'
      ? z
          .strictObject({ ...common, whatsapp: z.string() })
          .transform(({ whatsapp, ...rest }) => ({ ...rest, to: whatsapp }))
      : z.strictObject({ ...common, phone: z.string() }).transform(({ phone, ...rest }) => ({ ...rest, to: phone }))
  return z.strictObject({
    broker_code: z.string().min(1),
    customer_code: z.string().min(1),
    template_code: z.string().min(1),
    messages: z.array(message).min(1).max(1000),
  })
}

function take(
  request: Inbound,
  desk: RequestContext,
  channel: Channel,
  contract: { quirks: ReturnType<typeof quirksOf>; body: ReturnType<typeof bodyOf> },
): Reply | typeof POISONED {
  const refused = unauthorized(request, desk)
  if (refused) return refused
  const { body, wrong } = readJson(request, contract.body, desk)
  if (wrong !== undefined) return { status: 400, body: { error: wrong } }
  const quirks = contract.quirks.parse(desk.control.quirks)
  const format = quirks.phone_format === 'national' ? /^\d{10,11}$/ : /^55\d{10,11}$/
  const misspelt = body.messages.find(({ to }) => !format.test(to))
  if (misspelt) {
    const what = `${channel.recipient}: ${misspelt.to} is not in the ${quirks.phone_format} format`
    return { status: 400, body: { error: desk.violation(what) } }
  }

  const messages = body.messages.map(({ to, document, variables, extra_fields, url_callback_status }) => {
    const phone = quirks.phone_format === 'national' ? `55${to}` : to
    const content = { template: body.template_code, variables, document, extra_fields }
    return { to, document, inbound: { key: phone, phone, content, callbackUrl: url_callback_status } }
  })
  if (desk.poisoned(messages.map(({ inbound }) => inbound))) return POISONED
  const answers = statusesOf(
    messages.map(({ inbound }) => inbound),
    desk,
    quirks,
  )
  const elements = messages.map(({ to, document, inbound }, i) => {
    const { status, id } = answers[i]!
    return {
      document,
      message_id: quirks.without_ids ? '' : id,
      phone: { as_sent: to, with_55: inbound.phone, without_55: inbound.phone.slice(2) }[quirks.echo],
      status,
      status_description: DESCRIPTIONS[status],
    }
  })
  return { status: 200, body: quirks.shuffled ? elements.toReversed() : elements }
}

type Answer = { status: keyof typeof DESCRIPTIONS; id: string }

/** The status of each message; those without a configured status are accepted. */
function statusesOf(messages: readonly InboundMessage[], desk: RequestContext, quirks: Quirks): Answer[] {
  const told = messages.map(({ key, phone }) => {
    return quirks.statuses[phone] ?? (quirks.detects_repeats && desk.countOf(key) > 0 ? 'R' : undefined)
  })
  const taken = desk.accept(messages.filter((_, i) => told[i] === undefined)).values()
  return told.map((status): Answer => {
    if (status) return { status, id: '' }
    const { accepted, id } = taken.next().value!
    return accepted ? { status: 'V', id } : { status: 'I', id: '' }
  })
}

function unauthorized({ headers }: Inbound, desk: RequestContext): Reply | undefined {
  const { authorization } = headers
  if (authorization && !/^bearer /i.test(authorization)) return undefined
  desk.violation('authorization must be the token as it is')
  return AUTHORIZATION_FAILED
}
