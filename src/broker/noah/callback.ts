import { z } from 'zod'
import { type CallbackEvent, CallbackRefused } from '../port.ts'
import { jsonOf, looseText, senderPhone } from '../wire-format.ts'

const hook = z.looseObject({
  type: z.literal('hookMessageStatus'),
  ack: z.int(),
  messageId: z.string().min(1),
})

const detail = looseText.catch(undefined)

const message = z.looseObject({
  id: z
    .union([z.looseObject({ id: detail, _serialized: detail }), z.string()])
    .optional()
    .catch(undefined),
  from: detail,
  body: detail,
  caption: detail,
  type: detail,
  selectedButtonId: detail,
  fromMe: z.boolean().optional().catch(undefined),
})

/** The family hands on WhatsApp Web's message, or its text alone (docs/wire/noah.md#replies). */
const reply = z
  .looseObject({
    type: z.literal('hookMessage'),
    messageId: detail,
    ticketId: detail,
    message: z.union([z.string().transform(body => message.parse({ body })), message]).optional(),
    msg: message.optional(),
  })
  .refine(({ message, msg }) => message !== undefined || msg !== undefined)
  .transform(({ message, msg, ...hook }) => ({ ...hook, message: message ?? msg }))

/**
 * The status hook of NOAH's family (docs/wire/noah.md#callbacks). It has no timestamp. Only `messageId` identifies the message:
 * `externalKey` is kept per conversation, so a message's hook carries the key of a later message to the same person.
 * @throws CallbackRefused if it is not such a hook
 */
export function readHook(body: Buffer, receivedAt: Date): CallbackEvent[] {
  const payload = jsonOf(body.toString('utf8'))
  const written = reply.safeParse(payload)
  if (written.success) return repliesOf(written.data, receivedAt)
  const read = hook.safeParse(payload)
  if (!read.success)
    throw new CallbackRefused(400, 'neither a hookMessageStatus with ack and messageId nor a hookMessage')
  const meaning = MEANINGS.get(read.data.ack)
  return meaning ? [{ ...meaning, providerMsgId: read.data.messageId, occurredAt: receivedAt, payload }] : []
}

/** Left out: −2, a session problem after which NOAH retries automatically, and numbers without a known meaning. */
const MEANINGS: ReadonlyMap<number, Pick<CallbackEvent, 'event' | 'code' | 'detail'>> = new Map([
  [-1, { event: 'FAILED', code: 'NOT_ON_WHATSAPP', detail: 'the number is not on WhatsApp' }],
  [1, { event: 'SENT' }],
  [2, { event: 'DELIVERED' }],
  [3, { event: 'READ' }],
  [4, { event: 'READ' }],
])

/** Kinds whose body is what the person wrote; the body of an image is its picture. */
const WRITTEN: ReadonlySet<string> = new Set(['chat', 'text', 'buttons_response', 'list_response'])

function repliesOf(hook: z.infer<typeof reply>, receivedAt: Date): CallbackEvent[] {
  const { from, body, caption, type = 'chat', selectedButtonId, fromMe, id } = hook.message ?? {}
  if (fromMe || from?.endsWith('@g.us')) return []
  // "5500900000001@c.us"; "…@lid" is a user id, whose digits are no phone.
  const phone = from?.endsWith('@lid') ? undefined : senderPhone(from?.split('@')[0])
  return [
    {
      event: 'REPLY',
      phone,
      reply: {
        id: hook.messageId ?? (typeof id === 'string' ? id : (id?._serialized ?? id?.id)),
        kind: type === 'chat' ? 'text' : type,
        text: WRITTEN.has(type) ? body : caption,
        payload: selectedButtonId,
        sender: phone === undefined ? (from ?? (hook.ticketId && `ticket ${hook.ticketId}`)) : undefined,
      },
      occurredAt: receivedAt,
      payload: hook,
    },
  ]
}
