import { createHmac } from 'node:crypto'
import { z } from 'zod'
import { constantTimeEqual } from '../../constant-time.ts'
import { type CallbackContext, type CallbackEvent, CallbackRefused, type CallbackRequest } from '../port.ts'
import { quoted } from '../redact.ts'
import { assertSomeRead, jsonOf, readEach } from '../wire-format.ts'
import type { SalesforceCredential } from './credential.ts'

/**
 * Salesforce's reports on a contact's message (docs/wire/salesforce.md#callbacks): signed events of its Event Notification
 * Service (ENS), or flat tracking rows that an automation of the org pushes, one or many per call; and the one call that asks
 * to confirm this URL. Messages are identified by contactKey, which is the Contact's id if the clouds are connected.
 */
export function callback(request: CallbackRequest, context: CallbackContext<SalesforceCredential>): CallbackEvent[] {
  const json = jsonOf(request.body.toString('utf8'))
  const asked = confirmation.safeParse(json)
  if (asked.success) {
    context.notice(howToConfirm(asked.data))
    return []
  }
  const elements = readEach(Array.isArray(json) ? json : [json], row)
  if (elements.read.length === 0 && elements.left > 0)
    throw new CallbackRefused(400, 'neither an event nor an array of events')
  checkSignature(
    request,
    context,
    elements.read.some(({ read }) => read.eventcategorytype !== undefined),
  )
  assertSomeRead(elements, context, 'not an event')
  const left = new Set<string>()
  const events = elements.read.flatMap(({ read, payload }): CallbackEvent[] => {
    const word = read.eventcategorytype ?? read.status ?? ''
    const event = eventOf(word)
    if (event && read.contactkey) return [toldOf(event, read, payload, context.receivedAt)]
    const run = runOf(word, read)
    if (run !== undefined) context.notice(run)
    else left.add(event ? `${word} without contactKey` : word)
    return []
  })
  if (left.size > 0) context.notice(`left out of a callback: ${[...left].join(', ').slice(0, 200)}`)
  return events
}

/** Posted once to a newly registered callback URL; knowing its content is enough to confirm it. */
const confirmation = z.object({ callbackId: z.string().min(1).max(200), verificationKey: z.string().min(1).max(500) })

function howToConfirm(asked: z.infer<typeof confirmation>): string {
  const body = JSON.stringify({ callbackId: asked.callbackId, verificationKey: asked.verificationKey })
  return `Salesforce asks whether this callback URL is ours: POST to /platform/v1/ens-verify of the Marketing Cloud API: ${body}`
}

/** An event or a row with keys in lower case: pushed rows have the case of the customer's columns. */
const row = z.record(z.string(), z.unknown()).transform((payload, context) => {
  const lower = Object.fromEntries(Object.entries(payload).map(([key, value]) => [key.toLowerCase(), value]))
  const read = fields.safeParse(lower)
  if (read.success) return { read: read.data, payload }
  context.addIssue({ code: 'custom', message: 'no event' })
  return z.NEVER
})

const fields = z
  .object({
    eventcategorytype: z.string().max(200).optional(),
    status: z.string().max(200).optional(),
    contactkey: z.string().max(300).nullish(),
    reason: z.string().nullish().catch(undefined),
    automationname: z.string().nullish().catch(undefined),
    automationcustomerkey: z.string().nullish().catch(undefined),
    automationinstancestatus: z.string().nullish().catch(undefined),
    timestamputc: z.unknown().optional(),
    eventdateutc: z.unknown().optional(),
  })
  .refine(({ eventcategorytype, status }) => eventcategorytype !== undefined || status !== undefined)
type Row = z.infer<typeof fields>

const EVENTS: Readonly<Record<string, CallbackEvent['event']>> = {
  sent: 'SENT',
  delivered: 'DELIVERED',
  read: 'READ',
  failed: 'FAILED',
  // Salesforce did not hand it to Meta, or Meta did not take it.
  notsent: 'FAILED',
}

/**
 * EngagementEvents.OttDelivered, with any category before the point; in a row's status the same word, whole or as its last part. Other
 * statuses are not documented and not guessed: an event of another channel (EmailSent) is none of a message of ours.
 */
function eventOf(word: string): CallbackEvent['event'] | undefined {
  const [, name = ''] = /^(?:(?:\w+\.)?ott)?(\w+)$/.exec(word.toLowerCase()) ?? []
  return Object.hasOwn(EVENTS, name) ? EVENTS[name] : undefined
}

/**
 * An event of a run of an automation: SendEvents.AutomationInstanceErrored. It names the automation by its name and external key, not
 * by the id that a credential has; the campaign whose run it is learns the end by its own look (closing.ts).
 * @returns what an operator should know; undefined if it is another event
 */
function runOf(word: string, { automationname, automationcustomerkey, automationinstancestatus }: Row) {
  const [, what] = /^(?:\w+\.)?AutomationInstance(\w+)$/i.exec(word) ?? []
  if (what === undefined) return undefined
  const name = automationname ?? automationcustomerkey ?? 'without a name'
  const status = automationinstancestatus ? ` (${quoted(automationinstancestatus, [])})` : ''
  return `Salesforce reports of the automation ${quoted(name, [])}: ${what}${status}`
}

function toldOf(event: CallbackEvent['event'], read: Row, payload: unknown, receivedAt: Date): CallbackEvent {
  return {
    event,
    providerMsgId: read.contactkey ?? undefined,
    ...(event === 'FAILED' && read.reason && { detail: read.reason }),
    occurredAt: timeOf(read) ?? receivedAt,
    payload,
  }
}

/** @returns undefined if there is no time, or only an ambiguous one */
function timeOf({ timestamputc, eventdateutc }: Row): Date | undefined {
  if (typeof timestamputc === 'number') return validTime(new Date(timestamputc))
  if (typeof eventdateutc !== 'string') return undefined
  const [, day, time] = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)Z?$/.exec(eventdateutc.trim()) ?? []
  return day === undefined ? undefined : validTime(new Date(`${day}T${time}Z`))
}

const FIRST_YEAR = 2020

function validTime(time: Date): Date | undefined {
  return time.getUTCFullYear() >= FIRST_YEAR && time.getUTCFullYear() < 3000 ? time : undefined
}

/**
 * ENS signs each body with the callback's own key. The call does not say which wallet's key that is, so one of them must match.
 * Rows are not signed: they rely on the secret in the URL.
 */
function checkSignature(
  { headers, body }: CallbackRequest,
  { credentials }: CallbackContext<SalesforceCredential>,
  isEns: boolean,
): void {
  const keys = credentials.flatMap(({ ens_signature_key }) => ens_signature_key ?? [])
  const given = headers['x-sfmc-ens-signature']
  if (keys.length === 0 || (given === undefined && !isEns)) return
  const fits = keys.some(key => constantTimeEqual(createHmac('sha256', key).update(body).digest('base64'), given ?? ''))
  if (!fits) throw new CallbackRefused(401, 'its x-sfmc-ens-signature matches none of the keys')
}
