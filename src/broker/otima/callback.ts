import { z } from 'zod'
import { type CallbackContext, type CallbackEvent, CallbackRefused, type CallbackRequest } from '../port.ts'
import { assertSomeRead, jsonOf, looseText, type ReadElements, readEach } from '../wire-format.ts'
import type { OtimaCredential } from './channel.ts'
import { repliesOf } from './replies.ts'
import { INBOUND_MARK } from './request.ts'
import { codeOfWord, plainWord } from './words.ts'

/** Status words (docs/wire/otima.md#callbacks). */
const EVENTS: ReadonlyMap<string, readonly CallbackEvent['event'][]> = new Map([
  // Accepted, nothing more: it proves that the message was accepted.
  ['valido', ['SENT']],
  ['enviado', ['SENT']],
  ['entregue', ['DELIVERED']],
  ['lido', ['READ']],
  ['nao enviado', ['FAILED']],
  ['nao entregue', ['FAILED']],
  ['indisponivel', ['FAILED']],
  ['invalido', ['FAILED']],
  ['cancelado', ['FAILED']],
  ['blacklist', ['FAILED', 'OPT_OUT']],
  // If it repeats a message of ours that was in doubt, that message's own callbacks correct it.
  ['repetido', ['FAILED']],
])

/** A status, or an inbound message: those have no status, and arrive here if the customer's record has one URL for both. */
const element = z
  .looseObject({ message_id: looseText, status: z.string().optional(), payload: z.unknown().optional() })
  .refine(({ status, payload }) => status !== undefined || payload !== undefined)

/**
 * An array of statuses. The lead of the URL applies, unless the array has several messages. An element with neither that nor a
 * message_id is left out; if there is no other element, the callback is refused (docs/wire/README.md#callbacks).
 */
export function callback(request: CallbackRequest, context: CallbackContext<OtimaCredential>): CallbackEvent[] {
  const json = jsonOf(request.body.toString('utf8'))
  if (!Array.isArray(json) || json.length === 0) throw new CallbackRefused(400, 'not an array of statuses or replies')
  if (request.url.searchParams.has(INBOUND_MARK)) return repliesOf(json, request, context)
  const elements = readEach(json, element)
  assertSomeRead(elements, context, 'neither a status nor an inbound message')
  const written = elements.read.filter(({ status }) => status === undefined)
  const statuses = statusesOf(elements, request, context)
  return written.length === 0 ? statuses : [...statuses, ...repliesOf(written, request, context)]
}

type Element = z.infer<typeof element>

function statusesOf(
  elements: ReadElements<Element>,
  request: CallbackRequest,
  context: CallbackContext<OtimaCredential>,
): CallbackEvent[] {
  const statuses = elements.read.flatMap(element =>
    element.status === undefined ? [] : [{ ...element, status: element.status }],
  )
  // An unreadable element may belong to another message.
  const messages = new Set(statuses.map(status => status.message_id)).size + elements.left
  const leadId = messages === 1 ? request.leadId : undefined
  const known = statuses.filter(status => leadId !== undefined || status.message_id !== undefined)
  if (statuses.length > 0 && known.length === 0) throw new CallbackRefused(400, 'statuses without a message_id')
  if (known.length < statuses.length) context.notice('statuses without a message_id were left out')
  return known.flatMap(status => {
    const events = EVENTS.get(plainWord(status.status))
    if (!events) context.notice(`an unknown status: "${status.status.slice(0, 40)}"`)
    return (events ?? []).map(
      (event): CallbackEvent => ({
        event,
        leadId,
        providerMsgId: status.message_id,
        ...(event === 'FAILED' && { code: codeOfWord(status.status), detail: status.status }),
        occurredAt: context.receivedAt,
        payload: status,
      }),
    )
  })
}
