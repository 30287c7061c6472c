import { z } from 'zod'
import { instantOf } from './instant.ts'
import type { CallbackContext, CallbackEvent, Reply } from './port.ts'
import { looseText, senderPhone } from './wire-format.ts'

/** What a person writes to a number at WhatsApp, in Meta's shape; Gupshup passes it on, with its own ids beside. */
export type Present = Pick<CallbackContext<unknown>, 'receivedAt'>

/** What is not needed to know who wrote what must not invalidate a reply. */
const detail = looseText.catch(undefined)

/** What a person wrote or pressed, by its place in the kinds of both versions (docs/wire/gupshup.md#replies, docs/wire/meta.md#replies). */
export const written = z
  .looseObject({
    text: detail,
    body: detail,
    caption: detail,
    title: detail,
    emoji: detail,
    payload: detail,
    postbackText: detail,
    id: detail,
  })
  .catch({} as never)

const v3Message = z.looseObject({
  id: detail,
  from: detail,
  from_user_id: detail,
  timestamp: detail,
  type: detail,
  context: z.looseObject({ gs_id: detail, id: detail }).catch({} as never),
  interactive: z
    .looseObject({ button_reply: z.unknown().optional(), list_reply: z.unknown().optional() })
    .optional()
    .catch(undefined),
})

/** Meta's message; `gs_id` is Gupshup's. @returns undefined if it is no object */
export function replyOfMessage(element: unknown, { receivedAt }: Present): CallbackEvent[] | undefined {
  const read = v3Message.safeParse(element)
  if (!read.success) return undefined
  const { id, from, from_user_id, timestamp, type = 'text', context, interactive } = read.data
  const said = written.parse(interactive?.button_reply ?? interactive?.list_reply ?? read.data[type])
  const of = senderOf(from, from_user_id ?? from)
  return [
    {
      event: 'REPLY',
      providerMsgId: context.gs_id ?? context.id,
      phone: of.phone,
      reply: {
        id,
        kind: type,
        text: said.body ?? said.text ?? said.title ?? said.caption ?? said.emoji,
        payload: said.payload ?? (interactive ? said.id : undefined),
        sender: of.sender,
      },
      occurredAt: instantOf(timestamp) ?? receivedAt,
      payload: element,
    },
  ]
}

const preference = z.looseObject({
  wa_id: detail,
  user_id: detail,
  value: z.string(),
  timestamp: detail,
})

const REQUESTS: ReadonlyMap<string, Reply['request']> = new Map([
  ['stop', 'STOP'],
  ['resume', 'START'],
])

/** A person switched marketing messages off or on in WhatsApp. @returns undefined if it cannot be read */
export function replyOfPreference(element: unknown, { receivedAt }: Present): CallbackEvent[] | undefined {
  const read = preference.safeParse(element)
  if (!read.success) return undefined
  const { wa_id, user_id, value, timestamp } = read.data
  const { phone, sender } = senderOf(wa_id, user_id ?? wa_id)
  const reply: Reply = { id: undefined, kind: 'user_preferences', text: value, request: REQUESTS.get(value), sender }
  return [{ event: 'REPLY', phone, reply, occurredAt: instantOf(timestamp) ?? receivedAt, payload: element }]
}

/** A phone, or how else WhatsApp names the person: since 2026 it may tell a user id only. */
export function senderOf(
  written: string | undefined,
  id: string | undefined,
): { phone?: string | undefined; sender?: string | undefined } {
  const phone = senderPhone(written)
  return phone === undefined ? { sender: id } : { phone }
}
