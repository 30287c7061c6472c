import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { CallbackEvent } from '../broker/port.ts'
import { MOST } from '../broker/storable.ts'
import { storableText } from '../message/characters.ts'

/** A reply as the inbox keeps it until it is applied. */
export const storedReply = z.object({
  id: z.string(),
  kind: z.string(),
  text: z.string().nullable(),
  payload: z.string().nullable(),
  request: z.enum(['STOP', 'START', 'HELP']).nullable(),
  sender: z.string().nullable(),
})
export type StoredReply = z.infer<typeof storedReply>

/** Bounded and storable. A reply without an id is known again by a hash of all that the broker sent. */
export function storableReply({ reply, payload }: Pick<CallbackEvent, 'reply' | 'payload'>): StoredReply | null {
  if (!reply) return null
  const textOf = (text: string | undefined, most: number) => (text === undefined ? null : storableText(text, most))
  return {
    id: reply.id === undefined ? hashOf(payload) : storableText(reply.id, MOST.id),
    kind: storableText(reply.kind, MOST.kind),
    text: reply.text === undefined ? null : storableLines(reply.text),
    payload: textOf(reply.payload, MOST.words),
    request: reply.request ?? null,
    sender: textOf(reply.sender, MOST.id),
  }
}

function hashOf(payload: unknown): string {
  return `sha256:${createHash('sha256')
    .update(JSON.stringify(payload) ?? '')
    .digest('hex')}`
}

/** A line break ends a sentence as a full stop does: it is kept. */
function storableLines(text: string): string {
  const lines = text.slice(0, 4 * MOST.text).split(/[\r\n]+/)
  return lines
    .map(line => storableText(line, MOST.text))
    .join('\n')
    .slice(0, MOST.text)
}
