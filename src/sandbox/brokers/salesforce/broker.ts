import { createHmac } from 'node:crypto'
import { z } from 'zod'
import { statusesOf } from '../../engine.ts'
import type { CallbackStatus, SimulatedBroker } from '../../simulated-broker.ts'
import { coreErrors, takeCoreToken, takeInsert, takeUpsert } from './core-api.ts'
import { marketingErrors, readAutomation, runAutomation, takeMarketingToken } from './marketing-cloud.ts'
import { newContactId, quirks, quirksOf } from './org.ts'

/**
 * Salesforce, both clouds. Imports are the requests that count; messages are counted and reported when the automation runs, by
 * our key if contacts are upserted, else by phone.
 */
export const salesforceBroker: SimulatedBroker = {
  name: 'SALESFORCE',
  quirks,
  errors: coreErrors,
  routes: [
    { method: 'POST', path: /^\/services\/oauth2\/token$/, sends: false, take: takeCoreToken },
    {
      method: 'POST',
      path: /^\/services\/data\/v\d+\.\d+\/composite\/sobjects$/,
      sends: true,
      take: takeInsert,
    },
    {
      method: 'PATCH',
      path: /^\/services\/data\/v\d+\.\d+\/composite\/sobjects\/Contact\/(\w+)$/,
      sends: true,
      take: takeUpsert,
    },
    { method: 'POST', path: /^\/v2\/token$/, sends: false, errors: marketingErrors, take: takeMarketingToken },
    {
      method: 'GET',
      path: /^\/automation\/v1\/automations\/([^/]+)$/,
      sends: false,
      errors: marketingErrors,
      take: readAutomation,
    },
    {
      method: 'POST',
      path: /^\/automation\/v1\/automations\/([^/]+)\/actions\/runallonce$/,
      sends: false,
      errors: marketingErrors,
      take: runAutomation,
    },
  ],
  dropLast: body => (Array.isArray(body) ? body.slice(0, -1) : body),
  idOf: ({ content }) => z.object({ Id: z.string() }).parse(content).Id,
  callbacks: {
    perRequest: 100,
    // These events report no opt-out.
    statuses: fate => statusesOf(fate).filter(status => status !== 'opt_out'),
    tokenOf: ({ id }) => id,
    unknownToken: newContactId,
    write(events, { at, control, forged }) {
      const { ens_key } = quirksOf(control)
      const body = JSON.stringify(
        events.map(({ token, status }) => ({
          eventCategoryType: `EngagementEvents.${OTT[status]}`,
          contactKey: token,
          eid: '1',
          timestampUTC: at.getTime(),
          ...(status === 'failed' && { reason: 'the sandbox was told not to deliver it' }),
        })),
      )
      const signature =
        ens_key &&
        createHmac('sha256', forged ? `not ${ens_key}` : ens_key)
          .update(body)
          .digest('base64')
      return {
        headers: { 'content-type': 'application/json', ...(signature && { 'x-sfmc-ens-signature': signature }) },
        body,
      }
    },
  },
}

const OTT: Readonly<Partial<Record<CallbackStatus, string>>> = {
  sent: 'OttSent',
  delivered: 'OttDelivered',
  read: 'OttRead',
  failed: 'OttFailed',
}
