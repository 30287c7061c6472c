import { z } from 'zod'
import type { Inbound, Reply, RequestContext, SimulatedBroker } from '../../simulated-broker.ts'
import { readJson } from '../read-request.ts'
import { type Automation, automationOf, bearerOf, newToken, orgOf, quirksOf } from './org.ts'

/**
 * Marketing Cloud (docs/wire/salesforce.md#marketing-cloud-run): tokens, and the automation that writes to every flagged
 * contact.
 */
export const marketingErrors: NonNullable<SimulatedBroker['errors']> = {
  '400': () => error(400, 'the automation cannot be started'),
  '401': () => error(401, 'Not Authorized'),
  '403': () => error(403, 'Insufficient privileges'),
  '429': () => error(429, 'the rate limit is exceeded', 50100),
  '500': () => error(500, 'Internal Server Error'),
  '503': () => error(503, 'Service Unavailable'),
  'accept-500': () => error(500, 'Internal Server Error'),
  'accept-502': () => error(502, 'Bad Gateway'),
}

function error(status: number, message: string, errorcode = 0): Reply {
  return { status, body: { message, errorcode, documentation: '' } }
}

const tokenRequest = z.strictObject({
  grant_type: z.literal('client_credentials'),
  client_id: z.string().min(1),
  client_secret: z.string().min(1),
  account_id: z.union([z.string(), z.number()]).optional(),
})

export function takeMarketingToken(request: Inbound, desk: RequestContext): Reply {
  const read = readJson(request, tokenRequest, desk)
  if (read.wrong !== undefined) return error(400, read.wrong)
  const access_token = newToken()
  orgOf(desk).marketingTokens.add(access_token)
  return {
    status: 200,
    body: {
      access_token,
      token_type: 'Bearer',
      expires_in: 1200,
      rest_instance_url: `http://${request.headers.host}/`,
    },
  }
}

export function readAutomation(request: Inbound, desk: RequestContext): Reply {
  const refusal = refusalOf(request, desk)
  if (refusal) return refusal
  const [id = ''] = request.parts
  const automation = automationOf(orgOf(desk), id)
  const busy = isBusy(automation, desk)
  automation.reads++
  const { runs, lastRunAt } = automation
  return {
    status: 200,
    body: {
      id,
      name: id,
      status: busy ? 'Running' : 'Ready',
      statusId: busy ? 3 : 2,
      ...(lastRunAt && { lastRunTime: lastRunAt.toISOString(), lastRunInstanceId: `${id}-${runs}` }),
    },
  }
}

/** {} or an empty body: the older plugin sent none. */
const emptyBody = z.strictObject({})

/** The run sends the messages, so they are counted here. */
export function runAutomation(request: Inbound, desk: RequestContext): Reply {
  const refusal = refusalOf(request, desk)
  if (refusal) return refusal
  const { resets_flag, busy_status, automations } = quirksOf(desk.control)
  const [id = ''] = request.parts
  const read = request.body === '' ? undefined : readJson(request, emptyBody, desk)
  if (read?.wrong !== undefined) return error(400, read.wrong)
  const org = orgOf(desk)
  const automation = automationOf(org, id)
  if (isBusy(automation, desk)) return error(busy_status, 'The automation is already running.')
  automation.runs++
  automation.lastRunAt = desk.now()
  automation.reads = 0
  const selected = [...org.contacts.values()].filter(
    ({ flagged, fields }) => flagged && (automations === null || fields.Operacao__c === automations[id]),
  )
  desk.accept(selected.map(({ id, key, phone, fields }) => ({ key, phone, content: { Id: id, ...fields } })))
  if (resets_flag) for (const contact of selected) contact.flagged = false
  return { status: 200, body: {} }
}

function isBusy({ reads }: Automation, desk: RequestContext): boolean {
  return reads < quirksOf(desk.control).busy_reads
}

function refusalOf({ headers, parts: [id = ''] }: Inbound, desk: RequestContext): Reply | undefined {
  const { automations } = quirksOf(desk.control)
  if (!orgOf(desk).marketingTokens.has(bearerOf(headers) ?? '')) return error(401, 'Not Authorized')
  return automations === null || Object.hasOwn(automations, id) ? undefined : error(404, 'No such automation')
}
