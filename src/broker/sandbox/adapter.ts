import { z } from 'zod'
import type { HttpResponse } from '../../http/client.ts'
import { t } from '../../language/text.ts'
import { failedTest, failureOf, isSuccess } from '../classify-response.ts'
import { httpUrl } from '../credential-fields.ts'
import {
  type Adapter,
  type CallbackEvent,
  CallbackRefused,
  type Message,
  type Outcome,
  type SendResult,
} from '../port.ts'
import { assertSomeRead, below, jsonOf, notUnderstood, readEach } from '../wire-format.ts'

/** `camp sandbox` (src/sandbox): bulk, one answer per message under our own key, callbacks in bulk. */
export const sandbox: Adapter<SandboxCredential> = {
  name: 'SANDBOX',
  credential: z.strictObject({ url: httpUrl }),
  secrets: [],
  content: 'EITHER',
  messagesPerRequest: 1000,
  oneTextPerRequest: false,
  documentRequired: false,
  correlatesByProviderId: false,
  codes: {
    REFUSED: { class: 'record', meaning: 'the sandbox was told to refuse it' },
    UNDELIVERABLE: { class: 'record', meaning: 'the sandbox was told not to deliver it' },
  },

  async send(request, credential, http) {
    const answer = await http.request({
      method: 'POST',
      url: below(credential.url, 'v1/messages'),
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({
        name: request.name,
        callback_url: request.callbackUrl(),
        messages: request.messages.map(message => ({
          key: message.leadId,
          phone: message.phone,
          name: message.nome,
          text: message.text,
          ...(request.template && { template: request.template.code, variables: message.variables }),
        })),
      }),
    })
    return isSuccess(answer) ? read(answer, request.messages) : failureOf(answer, http.clock.now(), [])
  },

  async test(credential, http) {
    const answer = await http.request({ method: 'GET', url: below(credential.url, 'v1/health') })
    return isSuccess(answer) ? { ok: true, detail: t`the sandbox answers` } : failedTest(answer, [])
  },

  callback(request, context) {
    const json = jsonOf(request.body.toString('utf8'))
    if (!Array.isArray(json)) throw new CallbackRefused(400, 'not an array of status events')
    const elements = readEach(json, statusEvent)
    assertSomeRead(elements, context, 'not a status event')
    return elements.read.map(
      (event): CallbackEvent => ({
        event: EVENTS[event.status],
        leadId: event.key,
        providerMsgId: event.id,
        code: event.code,
        detail: event.detail,
        occurredAt: new Date(event.at),
        payload: event,
      }),
    )
  },
}

interface SandboxCredential {
  url: string
}

const results = z.object({
  reference: z.string(),
  results: z.array(
    z.discriminatedUnion('status', [
      z.object({ key: z.string(), status: z.literal('accepted'), id: z.string().optional() }),
      z.object({ key: z.string(), status: z.literal('rejected'), code: z.string(), detail: z.string().default('') }),
    ]),
  ),
})

const EVENTS = { sent: 'SENT', delivered: 'DELIVERED', read: 'READ', failed: 'FAILED', opt_out: 'OPT_OUT' } as const

const statusEvent = z.object({
  key: z.uuid(),
  id: z.string().optional(),
  status: z.enum(['sent', 'delivered', 'read', 'failed', 'opt_out']),
  at: z.iso.datetime({ offset: true }),
  code: z.string().optional(),
  detail: z.string().optional(),
})

function read(answer: HttpResponse, messages: readonly Message[]): SendResult {
  const answered = results.safeParse(jsonOf(answer.body))
  if (!answered.success) return notUnderstood(answer, [])
  const byKey = new Map(answered.data.results.map(result => [result.key, result]))
  // By its last result: one before it may have said the other.
  const contradicted = new Set(
    answered.data.results.filter(({ key, status }) => byKey.get(key)!.status !== status).map(({ key }) => key),
  )
  const outcomes = messages.map(({ leadId }): Outcome => {
    const result = byKey.get(leadId)
    if (!result) return { kind: 'IN_DOUBT', reason: 'the answer does not mention this message' }
    if (contradicted.has(leadId))
      return { kind: 'IN_DOUBT', reason: 'the answer says that it was accepted and that it was rejected' }
    return result.status === 'accepted'
      ? { kind: 'ACCEPTED', providerId: result.id }
      : { kind: 'REJECTED', code: result.code, detail: result.detail }
  })
  return { kind: 'ANSWERED', outcomes, reference: answered.data.reference }
}
