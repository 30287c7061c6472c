import { z } from 'zod'
import { type CallbackEvent, CallbackRefused } from '../port.ts'
import { jsonOf } from '../wire-format.ts'

const hook = z.looseObject({
  type: z.literal('hookMessageStatus'),
  ack: z.int(),
  messageId: z.string().min(1),
})

/**
 * The status hook of NOAH's family (docs/wire/noah.md#callbacks). It has no time of its own. Only `messageId` says which
 * message it is about: `externalKey` is kept on the conversation, so that a message's hook carries the key of a later one to the
 * same person.
 * @throws CallbackRefused when it is no such hook
 */
export function readHook(body: Buffer, receivedAt: Date): CallbackEvent[] {
  const payload = jsonOf(body.toString('utf8'))
  const read = hook.safeParse(payload)
  if (!read.success) throw new CallbackRefused(400, 'not a hookMessageStatus with ack and messageId')
  const meaning = MEANINGS.get(read.data.ack)
  return meaning ? [{ ...meaning, providerMsgId: read.data.messageId, occurredAt: receivedAt, payload }] : []
}

/** Not here: −2, a session's problem, after which NOAH tries again by itself; and whatever else a number may come to mean. */
const MEANINGS: ReadonlyMap<number, Pick<CallbackEvent, 'event' | 'code' | 'detail'>> = new Map([
  [-1, { event: 'FAILED', code: 'NOT_ON_WHATSAPP', detail: 'the number is not on WhatsApp' }],
  [1, { event: 'SENT' }],
  [2, { event: 'DELIVERED' }],
  [3, { event: 'READ' }],
  [4, { event: 'READ' }],
])
