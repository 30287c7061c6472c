import { z } from 'zod'
import { constantTimeEqual } from '../../constant-time.ts'
import { instantOf } from '../instant.ts'
import { replyOfMessage, replyOfPreference } from '../meta-replies.ts'
import { type CallbackContext, type CallbackEvent, CallbackRefused, type CallbackRequest } from '../port.ts'
import { quoted } from '../redact.ts'
import { templateEvents, v2Template, v3Template } from '../template-events.ts'
import { assertSomeRead, jsonOf, looseText, readEach } from '../wire-format.ts'
import type { GupshupCredential } from './credential.ts'
import { replyOfV2 } from './replies.ts'

/**
 * One event in version 2 (docs/wire/gupshup.md#callbacks), or several in version 3, which has Meta's shape with gs_id. An event
 * about neither one of our messages, a template, nor what a person wrote or chose is answered and ignored.
 */
export function callback(request: CallbackRequest, context: CallbackContext<GupshupCredential>): CallbackEvent[] {
  checkSecret(request, context)
  const body = jsonOf(request.body.toString('utf8'))
  const [second, third] = [v2.safeParse(body), v3.safeParse(body)]
  if (second.success) return eventsOfV2(second.data, body, context)
  if (third.success) return eventsOfV3(third.data, context)
  throw new CallbackRefused(400, 'neither an event of version 2 nor of version 3')
}

/**
 * Gupshup sends a header of ours with each call, if its subscription says so. The call does not say which wallet's app it is about, so
 * one of the credentials' values must match; none is needed where no credential has one.
 */
function checkSecret({ headers }: CallbackRequest, { credentials }: CallbackContext<GupshupCredential>): void {
  const secrets = credentials.filter(({ webhook_secret }) => webhook_secret !== undefined)
  if (secrets.length === 0) return
  const fits = secrets.filter(({ webhook_header, webhook_secret }) =>
    constantTimeEqual(headers[webhook_header!.toLowerCase()] ?? '', webhook_secret!),
  )
  if (fits.length === 0)
    throw new CallbackRefused(401, 'it has none of the headers that its credentials name (webhook_header)')
}

/** A field that is not needed to identify the message must not invalidate its event. */
const detail = looseText.catch(undefined)

const v2 = z.object({ type: z.string(), timestamp: detail, payload: z.looseObject({}) })

const inner = z.object({ whatsappMessageId: detail, code: detail, reason: detail, ts: detail })

const v2Message = z
  .object({ id: looseText, gsId: looseText, type: z.string(), ts: detail, payload: inner.nullish() })
  .transform(({ payload, ts, ...event }) => ({ ...event, ...payload, ts: ts ?? payload?.ts }))

const v2User = z.object({ phone: looseText, user_id: detail, type: z.string() })

const v3Status = z
  .looseObject({
    gs_id: looseText,
    id: looseText,
    status: z.string(),
    timestamp: detail,
    errors: z.array(z.object({ code: detail, title: detail })).nullish(),
  })
  .transform(({ gs_id, id, status, timestamp, errors }) => {
    const { code, title } = errors?.[0] ?? {}
    return { gsId: gs_id, id, type: status, ts: timestamp, code, reason: title, whatsappMessageId: undefined }
  })

const v3 = z.object({ object: z.literal('whatsapp_business_account'), entry: z.array(z.unknown()) })
const v3Entry = z.object({ changes: z.array(z.unknown()) })
const list = z.array(z.unknown()).default([])
const v3Change = z.object({
  field: z.string().catch(''),
  value: z.looseObject({ statuses: list, messages: list, user_preferences: list }),
})

interface MessageEvent {
  id: string | undefined
  gsId: string | undefined
  type: string
  ts: string | undefined
  whatsappMessageId?: string | undefined
  code?: string | undefined
  reason?: string | undefined
}

function eventsOfV2(
  { type, timestamp, payload }: z.infer<typeof v2>,
  body: unknown,
  context: CallbackContext<GupshupCredential>,
): CallbackEvent[] {
  if (type === 'message-event') {
    const read = v2Message.safeParse(payload)
    if (!read.success) throw new CallbackRefused(400, 'a message-event without a type')
    const events = messageEvents({ ...read.data, ts: read.data.ts ?? timestamp }, body, context)
    if (!events) throw new CallbackRefused(400, 'an event without an id')
    return events
  }
  const occurredAt = instantOf(timestamp) ?? context.receivedAt
  if (type === 'template-event') {
    const stopped = v2Template.safeParse(payload).data
    return stopped ? templateEvents(stopped, { occurredAt, payload: body }) : []
  }
  if (OF_ACCOUNT.has(type)) noticeAccount(type, payload, context)
  if (type === 'message') return [replyOfV2(payload, timestamp, body, context)]
  const user = type === 'user-event' ? v2User.safeParse(payload).data : undefined
  if (user?.type !== 'opted-out') return []
  // It always has its country code: eleven digits are not a national number here.
  const phone = (user.phone ?? '').replace(/\D/g, '')
  if (phone === '' && user.user_id !== undefined) {
    const reply = { id: undefined, kind: 'user-event', request: 'STOP' as const, sender: user.user_id }
    return [{ event: 'REPLY', reply, occurredAt, payload: body }]
  }
  if (!/^55\d{10,11}$/.test(phone)) {
    context.notice('an opt-out was ignored: its phone is not Brazilian')
    return []
  }
  return [{ event: 'OPT_OUT', phone, occurredAt, payload: body }]
}

/** What an operator should know of, and camp cannot act on: the account, its number, its bill. */
const OF_ACCOUNT: ReadonlySet<string> = new Set([
  'account-event',
  'billing-event',
  'account_update',
  'phone_number_quality_update',
])

function noticeAccount(what: string, value: unknown, { notice }: CallbackContext<GupshupCredential>): void {
  notice(`${what} of the account: ${quoted(JSON.stringify(value), [])}`)
}

/** Each entry, change and status is parsed separately: an unreadable one does not affect the others. */
function eventsOfV3({ entry }: z.infer<typeof v3>, context: CallbackContext<GupshupCredential>): CallbackEvent[] {
  const entries = readEach(entry, v3Entry)
  const changes = readEach(
    entries.read.flatMap(({ changes }) => changes),
    v3Change,
  )
  for (const { field, value } of changes.read) if (OF_ACCOUNT.has(field)) noticeAccount(field, value, context)
  const stopped = changes.read.flatMap(({ field, value }) => {
    const read = field === 'message_template_status_update' ? v3Template.safeParse(value).data : undefined
    return read ? templateEvents(read, { occurredAt: context.receivedAt, payload: value }) : []
  })
  const statuses = readEach(
    changes.read.flatMap(({ value }) => value.statuses),
    v3Status,
  )
  const replies = [
    ...changes.read.flatMap(({ value }) => value.messages.map(message => replyOfMessage(message, context))),
    ...changes.read.flatMap(({ value }) => value.user_preferences.map(one => replyOfPreference(one, context))),
  ]
  const told = [...statuses.read.map(status => messageEvents(status, status, context)), ...replies]
  const read = told.filter(events => events !== undefined)
  const left = entries.left + changes.left + statuses.left + told.length - read.length
  assertSomeRead({ read, left }, context, 'neither a status with an id nor a reply')
  return [...stopped, ...read.flat()]
}

const EVENTS: ReadonlyMap<string, CallbackEvent['event']> = new Map([
  ['enqueued', 'SENT'],
  ['sent', 'SENT'],
  ['delivered', 'DELIVERED'],
  ['read', 'READ'],
  ['failed', 'FAILED'],
])

/** Known types that are not a delivery status: what a recipient did with the message, how WhatsApp spells a number. */
const NOTHING: ReadonlySet<string> = new Set(['deleted', 'mismatch'])

/**
 * Our message's id is gsId. Without it, `id` is ours in "enqueued" and in an immediate failure, and WhatsApp's otherwise;
 * WhatsApp's id finds its message if an earlier event had both.
 * @returns undefined if it has no id at all
 */
function messageEvents(
  event: MessageEvent,
  payload: unknown,
  context: CallbackContext<GupshupCredential>,
): CallbackEvent[] | undefined {
  const { id, gsId, type, whatsappMessageId } = event
  if (NOTHING.has(type)) return []
  const kind = EVENTS.get(type)
  if (!kind) {
    context.notice(`an unknown event: "${type.slice(0, 40)}"`)
    return []
  }
  const providerMsgId = gsId ?? id
  if (providerMsgId === undefined) return undefined
  const told: CallbackEvent = {
    event: kind,
    providerMsgId,
    alias: whatsappMessageId ?? (id === providerMsgId ? undefined : id),
    occurredAt: instantOf(event.ts) ?? context.receivedAt,
    payload,
  }
  if (kind !== 'FAILED') return [told]
  return [{ ...told, code: event.code, detail: event.reason }]
}
