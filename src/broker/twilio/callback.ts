import { z } from 'zod'
import { type CallbackContext, type CallbackEvent, CallbackRefused, type CallbackRequest } from '../port.ts'
import { jsonOf, looseText, senderPhone } from '../wire-format.ts'
import type { TwilioCredential } from './credential.ts'
import { BODY_HASH, isSignedByTwilio } from './signature.ts'

/** Statuses of docs/wire/twilio.md#callbacks; null: not about a message that we sent. */
const EVENTS: ReadonlyMap<string, CallbackEvent['event'] | null> = new Map([
  // No callback is sent for the first ones; if one came, it would prove that the message was accepted.
  ['accepted', 'SENT'],
  ['scheduled', 'SENT'],
  ['queued', 'SENT'],
  ['sending', 'SENT'],
  ['sent', 'SENT'],
  ['partially_delivered', 'SENT'],
  ['delivered', 'DELIVERED'],
  ['read', 'READ'],
  ['undelivered', 'FAILED'],
  ['failed', 'FAILED'],
  ['canceled', 'FAILED'],
  ['receiving', null],
])

/** Unknown fields are ignored; older aliases are accepted for the newer names. */
const status = z.object({
  MessageSid: looseText,
  SmsSid: looseText,
  MessageStatus: looseText,
  SmsStatus: looseText,
  ErrorCode: looseText,
})

/** What an inbound message has beside its id (docs/wire/twilio.md#replies). */
const inbound = z.object({
  From: looseText,
  WaId: looseText,
  Body: looseText,
  ButtonText: looseText,
  ButtonPayload: looseText,
  MediaContentType0: looseText,
  MessageType: looseText,
  OriginalRepliedMessageSid: looseText,
  OptOutType: z.enum(['STOP', 'START', 'HELP']).optional().catch(undefined),
})

/** One status of one message, or a reply. The URL identifies the message, even if the answer to its request was lost. */
export function callback(request: CallbackRequest, context: CallbackContext<TwilioCredential>): CallbackEvent[] {
  const fields = fieldsOf(request)
  assertSigned(request, fields, context.credentials)
  const read = status.safeParse(fields)
  const { MessageSid, SmsSid, MessageStatus, SmsStatus, ErrorCode } = read.data ?? {}
  const [sid, word] = [MessageSid ?? SmsSid, MessageStatus ?? SmsStatus]
  if (sid === undefined || word === undefined)
    throw new CallbackRefused(400, 'a callback without MessageSid and MessageStatus')
  if (word === 'received') return [replyOf(sid, fields, request, context)]
  const event = EVENTS.get(word)
  if (event === undefined) context.notice(`an unknown status: "${word.slice(0, 40)}"`)
  if (!event) return []
  const told: CallbackEvent = {
    event,
    leadId: request.leadId,
    providerMsgId: sid,
    occurredAt: context.receivedAt,
    payload: fields,
  }
  if (event !== 'FAILED') return [told]
  return [{ ...told, code: ErrorCode ?? word.toUpperCase(), detail: word }]
}

function replyOf(
  sid: string,
  fields: Record<string, unknown>,
  { leadId }: CallbackRequest,
  { receivedAt }: CallbackContext<TwilioCredential>,
): CallbackEvent {
  const { From, WaId, Body, ButtonText, ButtonPayload, MediaContentType0, MessageType, ...rest } = inbound.parse(fields)
  const phone = senderPhone(WaId ?? From)
  const media = MediaContentType0?.split('/')[0]
  return {
    event: 'REPLY',
    leadId,
    providerMsgId: rest.OriginalRepliedMessageSid,
    phone,
    reply: {
      id: sid,
      kind: ButtonPayload === undefined ? (media ?? MessageType ?? 'text') : 'button',
      text: ButtonText ?? Body,
      payload: ButtonPayload,
      request: rest.OptOutType,
      sender: phone === undefined ? From : undefined,
    },
    occurredAt: receivedAt,
    payload: fields,
  }
}

/** A form; JSON if the URL contains the body's hash. */
function fieldsOf({ url, body }: CallbackRequest): Record<string, unknown> {
  const text = body.toString('utf8')
  if (!url.searchParams.has(BODY_HASH)) return Object.fromEntries(new URLSearchParams(text))
  const read = z.record(z.string(), z.unknown()).safeParse(jsonOf(text))
  return read.data ?? {}
}

/** Twilio signs the URL that it calls: the signature matches only if camp is configured with the same URL. */
const UNFIT =
  'its signature matches no account: CAMP_PUBLIC_URL is probably not the address that Twilio calls, or an auth_token is wrong'

/** An API key signs nothing. */
const TOKENLESS = 'its signature cannot be verified: the credential of its account has an API key and no auth_token'

/** With the token of the account that the callback names; with any token if it names none. */
function assertSigned(
  { url, headers, body }: CallbackRequest,
  { AccountSid }: Record<string, unknown>,
  credentials: readonly TwilioCredential[],
): void {
  const signature = headers['x-twilio-signature'] ?? ''
  const candidates = credentials.filter(({ account_sid }) => AccountSid === undefined || account_sid === AccountSid)
  const tokens = new Set(candidates.flatMap(({ auth_token }) => auth_token ?? []))
  if (candidates.length > 0 && tokens.size === 0) throw new CallbackRefused(401, TOKENLESS)
  if ([...tokens].some(token => isSignedByTwilio({ url, signature, body }, token))) return
  throw new CallbackRefused(401, signature === '' ? 'it is not signed' : UNFIT)
}
