import { z } from 'zod'
import type { CallbackEvent } from './port.ts'
import { looseText } from './wire-format.ts'

/** A template's new status, in one form for both versions. `names`: its code at Gupshup, its name at WhatsApp, its id at Meta. */
export interface TemplateStatus {
  status: string
  names: readonly string[]
  why: string | undefined
}

const text = looseText.catch(undefined)

/** The payload of a template-event (docs/wire/gupshup.md#callbacks). */
export const v2Template: z.ZodType<TemplateStatus> = z
  .object({ id: text, elementName: text, status: z.string(), description: text, rejectedReason: text })
  .transform(({ id, elementName, status, description, rejectedReason }) => ({
    status,
    names: namesOf(elementName, id),
    why: description ?? rejectedReason,
  }))

/** The value of a message_template_status_update, which is Meta's. */
export const v3Template: z.ZodType<TemplateStatus> = z
  .object({ event: z.string(), message_template_name: text, message_template_id: text, reason: text })
  .transform(({ event, message_template_name, message_template_id, reason }) => ({
    status: event,
    names: namesOf(message_template_name, message_template_id),
    why: reason,
  }))

function namesOf(...names: (string | undefined)[]): string[] {
  return [...new Set(names.filter(name => name !== undefined))]
}

/** The statuses in which WhatsApp delivers nothing with the template. */
const STOPPED: ReadonlySet<string> = new Set(['paused', 'disabled', 'rejected', 'deleted'])

/** An event for each name: which of them the campaign's template has as its code is not known here. */
export function templateEvents(
  { status, names, why }: TemplateStatus,
  at: Pick<CallbackEvent, 'occurredAt' | 'payload'>,
): CallbackEvent[] {
  const word = status.toLowerCase()
  if (!STOPPED.has(word)) return []
  const detail = `the template ${names[0] ?? ''} is ${word}${why === undefined ? '' : `: ${why}`}`
  return names.map(template => ({ event: 'FAILED', template, code: `TEMPLATE_${word.toUpperCase()}`, detail, ...at }))
}
