import { z } from 'zod'
import { type CallbackEvent, CallbackRefused } from '../port.ts'
import { jsonOf } from '../wire-format.ts'

const hook = z.looseObject({
  type: z.literal('hookMessageStatus'),
  ack: z.int(),
  messageId: z.string().min(1),
})

/**
 * The status hook of NOAH's family (docs/wire/noah.md#callbacks). It has no timestamp. Only `messageId` identifies the message:
 * `externalKey` is kept per conversation, so a message's hook carries the key of a later message to the same person.
 * @throws CallbackRefused if it is not such a hook
 */
export function readHook(body: Buffer, receivedAt: Date): CallbackEvent[] {
  const payload = jsonOf(body.toString('utf8'))
  const read = hook.safeParse(payload)
  if (!read.success) throw new CallbackRefused(400, 'not a hookMessageStatus with ack and messageId')
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
