import { z } from 'zod'
import { instantOf } from '../instant.ts'
import { type Present, senderOf, written } from '../meta-replies.ts'
import type { CallbackEvent } from '../port.ts'
import { looseText } from '../wire-format.ts'

/** What is not needed to know who wrote what must not invalidate a reply. */
const detail = looseText.catch(undefined)

const v2Message = z.looseObject({
  id: detail,
  source: detail,
  type: detail,
  payload: z.unknown().optional(),
  sender: z.looseObject({ phone: detail, user_id: detail }).catch({} as never),
  context: z.looseObject({ gsId: detail, id: detail }).catch({} as never),
})

/** Version 2: one message a call. */
export function replyOfV2(
  payload: unknown,
  timestamp: string | undefined,
  body: unknown,
  { receivedAt }: Present,
): CallbackEvent {
  const { id, source, type, payload: inner, sender, context } = v2Message.parse(payload)
  const { text, caption, title, postbackText, id: pressed } = written.parse(inner)
  const isButton = type !== undefined && /reply|button/.test(type)
  const from = senderOf(source ?? sender.phone, sender.user_id ?? source)
  return {
    event: 'REPLY',
    providerMsgId: context.gsId ?? context.id,
    phone: from.phone,
    reply: {
      id,
      kind: type ?? 'text',
      text: text ?? title ?? caption,
      payload: postbackText ?? (isButton ? pressed : undefined),
      sender: from.sender,
    },
    occurredAt: instantOf(timestamp) ?? receivedAt,
    payload: body,
  }
}
