import { z } from 'zod'
import type { HttpResponse } from '../http/client.ts'
import type { TextRules } from '../message/text-rules.ts'
import { type CallbackContext, CallbackRefused, type SendResult } from './port.ts'
import { excerpt } from './redact.ts'

/**
 * For brokers that publish no limits (docs/wire/README.md#undocumented-limits): 100 messages per request and one request per
 * second are the safe assumption; `camp broker set` may raise them, up to a maximum of our own.
 */
export const UNDOCUMENTED_LIMITS = { messagesPerRequest: 1000, usualBatch: 100, usualRate: 1 } as const

/** A callback of up to a thousand events: Meta's shape and Salesforce's ENS (docs/wire/README.md#callbacks). */
export const MANY_EVENTS_BYTES = 4 * 1024 * 1024

/**
 * WhatsApp's rules for content: those for template variables are certain (Twilio's 63013), those for lengths are an assumption,
 * so an import only warns about lengths.
 */
export const WHATSAPP_TEMPLATES: TextRules = { oneLineVariables: true, longestSure: 1024 }
export const WHATSAPP_TEXTS: TextRules = { longestSure: 4096 }

/** A text in an answer or callback, which may be a number; undefined if missing or empty. */
export const looseText = z
  .union([z.string(), z.number()])
  .nullish()
  .transform(value => (value === null || value === undefined || value === '' ? undefined : String(value)))

/** `path` below a base URL, keeping the base's path and query: https://host/a + b → https://host/a/b */
export function below(base: string, path: string): string {
  const url = new URL(base)
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${path}`
  return url.href
}

/** @returns undefined if it is not JSON */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A 2xx with a body that cannot be relied on. */
export function notUnderstood(answer: HttpResponse, secrets: readonly string[]): { kind: 'IN_DOUBT'; reason: string } {
  return {
    kind: 'IN_DOUBT',
    reason: `HTTP ${answer.status} with an unreadable answer${excerpt(answer.body, secrets)}`,
  }
}

/** Elements of a callback, each parsed separately: an unreadable one does not affect the others. */
export interface ReadElements<T> {
  read: T[]
  /** How many could not be read. */
  left: number
}

export function readEach<T>(elements: readonly unknown[], schema: z.ZodType<T>): ReadElements<T> {
  const read = elements.flatMap(element => {
    const { success, data } = schema.safeParse(element)
    return success ? [data] : []
  })
  return { read, left: elements.length - read.length }
}

/**
 * Logs elements that were left out.
 * @throws CallbackRefused 400 with `reason` if there were elements and none could be read
 */
export function assertSomeRead(
  { read, left }: ReadElements<unknown>,
  { notice }: Pick<CallbackContext<unknown>, 'notice'>,
  reason: string,
): void {
  if (left === 0) return
  if (read.length === 0) throw new CallbackRefused(400, reason)
  notice(`${left} of ${left + read.length} elements of a callback could not be read, and were left out: ${reason}`)
}

/** For a broker that accepts templates only, if the campaign has none: an import does not allow it. */
export const NO_TEMPLATE: SendResult = { kind: 'FATAL', reason: 'the campaign has no template' }

/** E.164 digits without the country code 55, removed by position, because 55 is an area code too. */
export function nationalPhone(phone: string): string {
  return phone.slice(2)
}

/** A phone as a broker writes it → E.164 digits, distinguished from national ones by length; undefined if it is neither. */
export function internationalPhone(written: string): string | undefined {
  const digits = written.replace(/\D/g, '').replace(/^0+/, '')
  if (digits.length === 10 || digits.length === 11) return `55${digits}`
  return (digits.length === 12 || digits.length === 13) && digits.startsWith('55') ? digits : undefined
}

/** A sender's phone where a broker writes it with its country code; undefined: it is none that camp could have written to. */
export function senderPhone(written: string | undefined): string | undefined {
  const digits = (written ?? '').replace(/\D/g, '')
  return /^55\d{10,11}$/.test(digits) ? digits : undefined
}

/** A document without punctuation, as brokers expect it. Letters stay: since July 2026 a CNPJ may contain them. */
export function plainDocument(document: string | null): string {
  return (document ?? '').replace(/[^0-9A-Za-z]/g, '')
}
