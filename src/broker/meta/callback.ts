import { z } from 'zod'
import { isUuid } from '../../uuid.ts'
import { instantOf } from '../instant.ts'
import { replyOfMessage, replyOfPreference } from '../meta-replies.ts'
import { type CallbackContext, type CallbackEvent, CallbackRefused, type CallbackRequest } from '../port.ts'
import { quoted } from '../redact.ts'
import { templateEvents, v3Template } from '../template-events.ts'
import { assertSomeRead, jsonOf, looseText, readEach } from '../wire-format.ts'
import type { MetaCredential } from './credential.ts'
import { isSignedByMeta, SIGNATURE } from './signature.ts'

type Context = CallbackContext<MetaCredential>

/** Many events of many messages, signed (docs/wire/meta.md#callbacks). A field that is not about messages is answered and ignored. */
export function callback({ headers, body }: CallbackRequest, context: Context): CallbackEvent[] {
  assertSigned(headers[SIGNATURE] ?? '', body, context.credentials)
  const read = payload.safeParse(jsonOf(body.toString('utf8')))
  if (!read.success) throw new CallbackRefused(400, 'it is not an event of a WhatsApp account')
  return eventsOf(read.data.entry, context)
}

/** The call does not say which wallet's app it comes from: one of the credentials' secrets must fit. */
function assertSigned(signature: string, body: Buffer, credentials: readonly MetaCredential[]): void {
  const secrets = new Set(credentials.map(({ app_secret }) => app_secret))
  if ([...secrets].filter(secret => isSignedByMeta(signature, body, secret)).length > 0) return
  throw new CallbackRefused(
    401,
    signature === '' ? 'it is not signed' : 'its signature fits the app_secret of no credential',
  )
}

/** A field that is not needed to identify the message must not invalidate its event. */
const detail = looseText.catch(undefined)

const payload = z.object({ object: z.literal('whatsapp_business_account'), entry: z.array(z.unknown()) })
const entryOf = z.object({ changes: z.array(z.unknown()) })
const list = z.array(z.unknown()).default([])
const changeOf = z.object({
  field: z.string().catch(''),
  value: z.looseObject({ statuses: list, messages: list, user_preferences: list }),
})

/** Each entry, change and element is parsed separately: an unreadable one does not affect the others. */
function eventsOf(entry: readonly unknown[], context: Context): CallbackEvent[] {
  const entries = readEach(entry, entryOf)
  const changes = readEach(
    entries.read.flatMap(({ changes }) => changes),
    changeOf,
  )
  const values = changes.read.map(({ value }) => value)
  const told = [
    ...values.flatMap(({ statuses }) => statuses.map(one => statusEvents(one, context))),
    ...values.flatMap(({ messages }) => messages.map(one => replyOfMessage(one, context))),
    ...values.flatMap(({ user_preferences }) => user_preferences.map(one => replyOfPreference(one, context))),
  ]
  const read = told.filter(events => events !== undefined)
  const left = entries.left + changes.left + told.length - read.length
  assertSomeRead({ read, left }, context, 'neither a status with an id nor a reply')
  return [...changes.read.flatMap(change => accountEvents(change, context)), ...read.flat()]
}

const EVENTS: ReadonlyMap<string, CallbackEvent['event']> = new Map([
  ['sent', 'SENT'],
  ['delivered', 'DELIVERED'],
  ['read', 'READ'],
  // Of a voice message, which has been heard.
  ['played', 'READ'],
  ['failed', 'FAILED'],
])

const statusOf = z.object({
  id: looseText.refine(id => id !== undefined),
  status: z.string(),
  timestamp: detail,
  biz_opaque_callback_data: detail,
  pricing: z.object({ billable: z.boolean() }).optional().catch(undefined),
  errors: z
    .array(z.object({ code: detail, title: detail, message: detail }))
    .optional()
    .catch(undefined),
})

/** @returns undefined if it has no id */
function statusEvents(element: unknown, { notice, receivedAt }: Context): CallbackEvent[] | undefined {
  const read = statusOf.safeParse(element)
  if (!read.success) return undefined
  const { id, status, timestamp, biz_opaque_callback_data: ours, pricing, errors } = read.data
  const event = EVENTS.get(status)
  if (!event) {
    notice(`an unknown status: "${status.slice(0, 40)}"`)
    return []
  }
  const told: CallbackEvent = {
    event,
    leadId: ours !== undefined && isUuid(ours) ? ours : undefined,
    providerMsgId: id,
    occurredAt: instantOf(timestamp) ?? receivedAt,
    payload: element,
  }
  if (event === 'FAILED')
    return [{ ...told, code: errors?.[0]?.code, detail: errors?.[0]?.title ?? errors?.[0]?.message }]
  const isFree = pricing?.billable === false && event !== 'SENT'
  return [isFree ? { ...told, billable: false } : told]
}

/** What an operator should know of, and camp cannot act on: the account, its number, its limit. */
const OF_ACCOUNT: ReadonlySet<string> = new Set([
  'account_update',
  'phone_number_quality_update',
  'business_capability_update',
])

const ofLanguage = z.object({ message_template_language: detail })

/** What is about no message: a template that Meta has stopped, or a notice. */
function accountEvents({ field, value }: z.infer<typeof changeOf>, context: Context): CallbackEvent[] {
  const { notice, credentials, receivedAt } = context
  const { statuses, messages, user_preferences, ...said } = value
  if (OF_ACCOUNT.has(field)) notice(`${field} of the account: ${quoted(JSON.stringify(said), [])}`)
  const template = field === 'message_template_status_update' ? v3Template.safeParse(value).data : undefined
  if (!template) return []
  const { message_template_language: language } = ofLanguage.parse(value)
  const stopped = templateEvents(template, { occurredAt: receivedAt, payload: value })
  if (stopped.length === 0 || language === undefined) return stopped
  if (credentials.some(credential => credential.language === language)) return stopped
  notice(`${stopped[0]!.detail}, in ${language.slice(0, 20)}, which no credential has as its language`)
  return []
}
