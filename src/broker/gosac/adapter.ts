import { z } from 'zod'
import { unreachable } from '../../errors.ts'
import type { Http, HttpResponse } from '../../http/client.ts'
import { failureOf, isSuccess, type ResponseFailure } from '../classify-response.ts'
import type { Adapter, Message, Outcome, SendResult } from '../port.ts'
import { sharedText } from '../shared-text.ts'
import { jsonOf, notUnderstood, UNDOCUMENTED_LIMITS, WHATSAPP_TEXTS } from '../wire-format.ts'
import { START_TIMEOUT_MS, starting } from './closing.ts'
import { type GosacCredential, gosacCredential, headersFor, secretsOf } from './credential.ts'

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
  codes: {},

  /** A contact without a name is refused here, alone, because GOSAC's users drop it (docs/wire/gosac.md#request). */
  async send(request, credential, http) {
    const shared = sharedText(request.messages)
    if (shared.kind === 'REJECTED') return shared
    const contacts = request.messages.filter(hasName)
    if (contacts.length === 0) return { kind: 'ANSWERED', outcomes: request.messages.map(() => NAMELESS) }
    const created = await create({ name: request.name, text: shared.text, contacts }, credential, http)
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
}

/** @returns the campaign's id at GOSAC */
async function create(
  { name, text, contacts }: NewCampaign,
  credential: GosacCredential,
  http: Http,
): Promise<{ kind: 'CREATED'; id: string } | ResponseFailure> {
  const answer = await http.request({
    method: 'POST',
    url: credential.url,
    headers: headersFor(credential),
    body: JSON.stringify({
      name,
      message: text,
      kind: 'whats',
      connectionId: null,
      contacts: contacts.map(({ nome, phone }) => ({ name: nome, number: phone, hasWhatsapp: true })),
      defaultQueueId: credential.default_queue_id,
      initialMinutes: 480,
      endMinutes: 1140,
      customProps: [],
      scheduled: false,
      scheduledAt: http.clock.now().toISOString(),
      speed: 'low',
      tagId: 0,
      templateId: null,
    }),
  })
  const secrets = secretsOf(credential)
  if (!isSuccess(answer)) return failureOf(answer, http.clock.now(), secrets)
  const id = idIn(answer)
  return id === undefined ? notUnderstood(answer, secrets) : { kind: 'CREATED', id }
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
