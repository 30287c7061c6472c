import { z } from 'zod'
import { unreachable } from '../../errors.ts'
import type { Http, HttpResponse } from '../../http/client.ts'
import { localTime } from '../../time/local-time.ts'
import { failureOf, isSuccess, type ResponseFailure } from '../classify-response.ts'
import type { Adapter, Message, Outcome, SendRequest, SendResult } from '../port.ts'
import { sharedText } from '../shared-text.ts'
import { jsonOf, notUnderstood, UNDOCUMENTED_LIMITS, WHATSAPP_TEXTS } from '../wire-format.ts'
import { START_TIMEOUT_MS, starting } from './closing.ts'
import { GOSAC_CODES } from './codes.ts'
import { type GosacCredential, gosacCredential, headersFor, LAST_MINUTE, secretsOf } from './credential.ts'

/**
 * GOSAC (docs/wire/gosac.md): a request is one campaign there, with one text for all its contacts. It is accepted or refused as
 * a whole, and there is no status of single messages afterwards.
 */
export const gosac: Adapter<GosacCredential> = {
  name: 'GOSAC',
  credential: gosacCredential,
  secrets: ['token'],
  content: 'TEXT',
  texts: WHATSAPP_TEXTS,
  ...UNDOCUMENTED_LIMITS,
  oneTextPerRequest: true,
  documentRequired: false,
  timeoutMs: START_TIMEOUT_MS,
  correlatesByProviderId: false,
  codes: GOSAC_CODES,

  /** A contact without a name is refused here, alone, because GOSAC's users drop it (docs/wire/gosac.md#request). */
  async send(request, credential, http) {
    const shared = sharedText(request.messages)
    if (shared.kind === 'REJECTED') return shared
    const contacts = request.messages.filter(hasName)
    if (contacts.length === 0) return { kind: 'ANSWERED', outcomes: request.messages.map(() => NAMELESS) }
    const created = await create(
      { name: request.name, text: shared.text, contacts, window: request.window },
      credential,
      http,
    )
    switch (created.kind) {
      case 'CREATED':
        return { ...outcomesOf(request.messages, { kind: 'ACCEPTED' }), reference: created.id }
      case 'IN_DOUBT':
        return contacts.length === request.messages.length ? created : outcomesOf(request.messages, created)
      case 'NOT_ACCEPTED':
      case 'REJECTED':
      case 'FATAL':
        return created
      default:
        return unreachable(created)
    }
  },

  closing: starting,
}

const NAMELESS: Outcome = { kind: 'REJECTED', code: 'MISSING_NAME', detail: 'GOSAC refuses a contact without a name' }

function hasName({ nome }: Message): boolean {
  return (nome ?? '').trim() !== ''
}

function outcomesOf(messages: readonly Message[], sent: Outcome): Extract<SendResult, { kind: 'ANSWERED' }> {
  return { kind: 'ANSWERED', outcomes: messages.map(message => (hasName(message) ? sent : NAMELESS)) }
}

interface NewCampaign {
  name: string
  text: string
  contacts: readonly Message[]
  window: SendRequest['window']
}

/** @returns the campaign's id at GOSAC */
async function create(
  { name, text, contacts, window }: NewCampaign,
  credential: GosacCredential,
  http: Http,
): Promise<{ kind: 'CREATED'; id: string } | ResponseFailure> {
  const now = http.clock.now()
  const answer = await http.request({
    method: 'POST',
    url: credential.url,
    headers: headersFor(credential),
    body: JSON.stringify({
      name,
      message: text,
      kind: credential.kind,
      connectionId: credential.connection_id ?? null,
      contacts: contacts.map(({ nome, phone }) => ({ name: nome, number: phone, hasWhatsapp: true })),
      defaultQueueId: credential.default_queue_id,
      ...minutesOf(window, credential, now),
      customProps: [],
      scheduled: false,
      scheduledAt: now.toISOString(),
      speed: credential.speed,
      tagId: credential.tag_id,
      templateId: null,
    }),
  })
  const secrets = secretsOf(credential)
  if (!isSuccess(answer)) return failureOf(answer, http.clock.now(), secrets)
  const id = idIn(answer)
  return id === undefined ? notUnderstood(answer, secrets) : { kind: 'CREATED', id }
}

/**
 * GOSAC sends later than it takes, within a window of its own: the contact hours of the request's recipients on this day, in minutes
 * since midnight of its zone, or what the credential says. What lies on the day before or after there is cut off.
 */
function minutesOf(
  { from, to }: SendRequest['window'],
  { timezone, initial_minutes, end_minutes }: GosacCredential,
  now: Date,
): { initialMinutes: number; endMinutes: number } {
  const [first, today, last] = [from.getTime(), now.getTime(), to.getTime() - 1].map(at => localTime(timezone, at))
  return {
    initialMinutes: initial_minutes ?? (first!.day < today!.day ? 0 : first!.minute),
    endMinutes: end_minutes ?? (last!.day > today!.day ? LAST_MINUTE : Math.min(last!.minute + 1, LAST_MINUTE)),
  }
}

const id = z
  .union([z.string().trim().min(1).max(200), z.int().positive()])
  .transform(String)
  .optional()
  .catch(undefined)

const answered = z.object({
  id,
  campaign_id: id,
  campaignId: id,
  data: z.object({ id }).optional().catch(undefined),
})

/** The first id that is present (docs/wire/gosac.md#answers). */
function idIn(answer: HttpResponse): string | undefined {
  const read = answered.safeParse(jsonOf(answer.body))
  if (!read.success) return undefined
  return read.data.id ?? read.data.campaign_id ?? read.data.campaignId ?? read.data.data?.id
}
