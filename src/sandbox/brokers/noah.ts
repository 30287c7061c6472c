import { z } from 'zod'
import type { SimulatedOutcome } from '../control.ts'
import {
  type CallbackStatus,
  type Inbound,
  POISONED,
  type Reply,
  type RequestContext,
  type SimulatedBroker,
  type TakenMessage,
} from '../simulated-broker.ts'
import { readJson } from './read-request.ts'

const quirks = z.strictObject({
  /** Its answer to an accepted request, since the real one is unknown: one sentence, or a record for each contact. */
  answer: z.enum(['plain', 'records']).default('plain'),
  /** The records are in reverse order. */
  shuffled: z.boolean().default(false),
  /** The status with which invalid contacts are refused. */
  validation_status: z.union([z.literal(400), z.literal(404)]).default(400),
  /** Each message's first hook reports a session problem (−2) instead; the message is sent anyway. */
  session_problem: z.boolean().default(false),
})

/**
 * NOAH (docs/wire/noah.md) below /noah, with the status hook of its family (docs/wire/noah.md#callbacks). A hook's externalKey
 * is the conversation's: that of the last message to the same person, regardless of the hook's message.
 */
export const noahBroker: SimulatedBroker = {
  name: 'NOAH',
  quirks,
  routes: [{ method: 'POST', path: /^\/noah\/contacts$/, sends: true, take }],
  errors: {
    '400': ({ quirks: given }) => invalid(given, 'telefone is not valid'),
    '401': () => NOT_AUTHORIZED,
    '403': () => NOT_AUTHORIZED,
  },
  dropLast(body) {
    const read = z.object({ data: z.array(z.unknown()) }).safeParse(body)
    return read.success ? { data: read.data.data.slice(0, -1) } : body
  },
  callbacks: {
    perRequest: 1,
    statuses: storyOf,
    tokenOf: ({ id, message }) => `${id} ${message.phone}`,
    unknownToken: () => 'an-unknown-message 5500900000000',
    write: (events, { control, memory }) => {
      const [{ token, status } = { token: '', status: 'sent' as const }] = events
      const [messageId = '', phone = ''] = token.split(' ')
      const { session_problem } = quirks.parse(control.quirks)
      const ack = status === 'sent' && session_problem ? -2 : ACKS[status]
      const externalKey = memory(newKeys).get(phone) ?? null
      return {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ack, messageId, externalKey, type: 'hookMessageStatus' }),
      }
    },
    reply: ({ token, id, text }, { url, at, memory }) => {
      const [, phone = ''] = token.split(' ')
      const message = { id: { fromMe: false, id }, from: `${phone}@c.us`, fromMe: false, type: 'chat', body: text }
      const externalKey = memory(newKeys).get(phone) ?? null
      return {
        url,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ timestamp: at.getTime(), message, messageId: id, externalKey, type: 'hookMessage' }),
      }
    },
  },
}

const NOT_AUTHORIZED: Reply = { status: 403, body: { error: 'ERR_SESSION_NOT_AUTH_TOKEN' } }

function invalid(given: unknown, what: string): Reply {
  return { status: quirks.parse(given).validation_status, body: { error: `validation: ${what}` } }
}

const ACKS: Readonly<Record<CallbackStatus, number>> = {
  accepted: 0,
  sent: 1,
  delivered: 2,
  read: 3,
  failed: -1,
  opt_out: 2,
}

/** It has no status for an opt-out. */
function storyOf(fate: SimulatedOutcome): CallbackStatus[] {
  const stories: Record<SimulatedOutcome, CallbackStatus[]> = {
    refuse: [],
    silent: [],
    deliver: ['sent', 'delivered'],
    read: ['sent', 'delivered', 'read'],
    fail: ['failed'],
    opt_out: ['sent', 'delivered'],
  }
  return stories[fate]
}

/** By phone: the conversation's key. */
const newKeys = () => new Map<string, string>()

const contacts = z.strictObject({
  name: z.string().min(1),
  data: z
    .array(
      z.strictObject({
        telefone: z.string().regex(/^55\d{10,11}$/, 'must be digits with 55'),
        nome: z.string(),
        idgis_ambiente: z.int(),
        idcob_contrato: z.union([z.int(), z.string().min(1)]).optional(),
        cpf_cnpj: z.string().regex(/^(\d{11}|[0-9A-Z]{12}\d{2})?$/, 'must have no punctuation'),
        mensagem: z.string().min(1),
        data_cadastro: z.iso.date().optional(),
      }),
    )
    .min(1),
})

function take(request: Inbound, desk: RequestContext): Reply | typeof POISONED {
  if (!/^INTEGRATION \S+$/.test(request.headers.authorization ?? '')) {
    desk.violation('the authorization is not INTEGRATION and a token')
    return NOT_AUTHORIZED
  }
  const { body, wrong } = readJson(request, contacts, desk)
  if (wrong !== undefined) return invalid(desk.control.quirks, wrong)
  const messages = body.data.map(({ telefone, mensagem, ...contact }) => ({
    key: telefone,
    phone: telefone,
    content: { text: mensagem, ...contact },
  }))
  if (desk.poisoned(messages)) return POISONED
  const keys = desk.memory(newKeys)
  // The predecessor's key: the contract.
  for (const { telefone, idcob_contrato } of body.data) keys.set(telefone, String(idcob_contrato ?? ''))
  return answerOf(desk.accept(messages), desk)
}

function answerOf(taken: readonly TakenMessage[], desk: RequestContext): Reply {
  const { answer, shuffled } = quirks.parse(desk.control.quirks)
  if (answer === 'plain') return { status: 200, body: { message: 'contacts received' } }
  const records = taken.map(({ message: { phone }, accepted, id }) =>
    accepted ? { telefone: phone, messageId: id } : { telefone: phone, error: 'the sandbox was told to refuse it' },
  )
  return { status: 200, body: { data: shuffled ? records.toReversed() : records } }
}
