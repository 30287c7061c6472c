import { z } from 'zod'
import { unreachable } from '../../errors.ts'
import {
  type Inbound,
  type InboundMessage,
  POISONED,
  type Reply,
  type RequestContext,
  type SimulatedBroker,
} from '../simulated-broker.ts'
import { readJson } from './read-request.ts'

const quirks = z.strictObject({
  /** Where the answer contains the campaign's id. */
  id_in: z.enum(['id', 'campaign_id', 'campaignId', 'data.id', 'nowhere']).default('id'),
  /**
   * Whether a campaign runs as soon as it is created: a start then fails. Otherwise recipients receive nothing before it is
   * started.
   */
  starts_at_creation: z.boolean().default(true),
})

/** GOSAC (docs/wire/gosac.md), its collection at /api/campaigns: all or nothing, and no status afterwards. */
export const gosacBroker: SimulatedBroker = {
  name: 'GOSAC',
  quirks,
  routes: [
    { method: 'POST', path: /^\/api\/campaigns$/, sends: true, take: create },
    { method: 'PUT', path: /^\/api\/campaigns\/([^/]+)\/status\/started$/, sends: true, take: start },
  ],
}

/** Every field and constant of the request (docs/wire/gosac.md#request). */
const campaign = z
  .strictObject({
    name: z.string().min(1),
    message: z.string().min(1),
    kind: z.string().min(1),
    connectionId: z.int().nullable(),
    contacts: z
      .array(
        z.strictObject({
          name: z.string().trim().min(1),
          number: z.string().regex(/^55\d{10,11}$/, 'must be digits with 55'),
          hasWhatsapp: z.literal(true),
        }),
      )
      .min(1),
    defaultQueueId: z.int(),
    initialMinutes: z.int().min(0).max(1439),
    endMinutes: z.int().min(1).max(1439),
    customProps: z.tuple([]),
    scheduled: z.literal(false),
    scheduledAt: z.iso.datetime(),
    speed: z.string().min(1),
    tagId: z.int().min(0),
    templateId: z.null(),
  })
  .refine(({ initialMinutes, endMinutes }) => initialMinutes < endMinutes, 'the window has no minute')

interface Memory {
  created: number
  /** Messages that are sent when the campaign is started. */
  waiting: Map<string, readonly InboundMessage[]>
}

function memoryOf(desk: RequestContext): Memory {
  return desk.memory<Memory>(() => ({ created: 0, waiting: new Map() }))
}

function create(request: Inbound, desk: RequestContext): Reply | typeof POISONED {
  const refused = unauthorized(request, desk)
  if (refused) return refused
  const { body, wrong } = readJson(request, campaign, desk)
  if (wrong !== undefined) return { status: 400, body: { error: wrong } }
  const messages = body.contacts.map(({ number, name }) => ({
    key: number,
    phone: number,
    content: { text: body.message, name, campaign: body.name, window: [body.initialMinutes, body.endMinutes] },
  }))
  if (desk.poisoned(messages)) return POISONED
  const { id_in, starts_at_creation } = quirks.parse(desk.control.quirks)
  const memory = memoryOf(desk)
  const id = ++memory.created
  if (starts_at_creation) desk.accept(messages)
  else memory.waiting.set(String(id), messages)
  return { status: 201, body: answerOf(id_in, id, body.name) }
}

function answerOf(where: z.infer<typeof quirks>['id_in'], id: number, name: string): object {
  switch (where) {
    case 'nowhere':
      return { name }
    case 'data.id':
      return { data: { id, name } }
    case 'id':
    case 'campaign_id':
    case 'campaignId':
      return { [where]: id, name }
    default:
      return unreachable(where)
  }
}

function start(request: Inbound, desk: RequestContext): Reply {
  const refused = unauthorized(request, desk)
  if (refused) return refused
  const { wrong } = readJson(request, z.strictObject({}), desk)
  if (wrong !== undefined) return { status: 400, body: { error: wrong } }
  const { created, waiting } = memoryOf(desk)
  const [id = ''] = request.parts
  if (!(Number(id) >= 1 && Number(id) <= created)) return { status: 404, body: { error: 'no such campaign' } }
  const messages = waiting.get(id)
  if (!messages) return { status: 400, body: { error: 'the campaign is already running' } }
  waiting.delete(id)
  desk.accept(messages)
  return { status: 200, body: { id: Number(id), status: 'started' } }
}

function unauthorized({ headers }: Inbound, desk: RequestContext): Reply | undefined {
  if (headers.authorization) return undefined
  return { status: 401, body: { error: desk.violation('no authorization') } }
}
