import type { Message, SendResult } from './port.ts'

export type Refused = Extract<SendResult, { kind: 'REJECTED' }>

/**
 * Refuses a request before sending if a message has no text, which no import allows: the request is halved until that message
 * is alone. @returns undefined if each message has a text
 */
export function refusalWithoutText(messages: readonly Message[]): Refused | undefined {
  if (messages.every(({ text }) => text !== null && text.trim() !== '')) return undefined
  return { kind: 'REJECTED', code: 'NO_TEXT', detail: 'not sent: a message has no text' }
}

/**
 * The text of a request that carries one text for all its messages. Messages with different texts in one request are a planning
 * fault; the request is refused before sending, and thereby halved until each request has one text.
 */
export function sharedText(messages: readonly Message[]): { kind: 'TEXT'; text: string } | Refused {
  const texts = new Set(messages.map(({ text }) => text ?? ''))
  if (texts.size > 1) {
    const detail = `not sent: one text per request, and its ${messages.length} messages have ${texts.size}`
    return { kind: 'REJECTED', code: 'MIXED_TEXTS', detail }
  }
  return refusalWithoutText(messages) ?? { kind: 'TEXT', text: [...texts].join() }
}
