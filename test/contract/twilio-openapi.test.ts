import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, test } from 'vitest'
import type { SendRequest } from '../../src/broker/port.ts'
import { adapterOf } from '../../src/broker/registry.ts'
import { createHttp } from '../../src/http/client.ts'
import type { Received } from '../support/exchange.ts'
import { serveHttp } from '../support/http.ts'
import { type OpenApi, openApiValidator } from '../support/openapi.ts'
import { requestOf } from './adapter.ts'

/** Every request that camp makes at Twilio, judged by Twilio's own OpenAPI, which is not part of this repository. */
const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const FILE = resolve(ROOT, process.env.CAMP_TWILIO_OPENAPI ?? '../shared/specs/twilio-messages.openapi.json')
if (!existsSync(FILE))
  test.skip(`skipped: ${FILE} is missing; CAMP_TWILIO_OPENAPI may name another copy of Twilio's OpenAPI`)

const twilio = await adapterOf('TWILIO')
const [ACCOUNT, KEY, SERVICE, CONTENT] = ['AC', 'SK', 'MG', 'HX'].map(prefix => `${prefix}${'0a'.repeat(16)}`) as [
  string,
  string,
  string,
  string,
]
const account = { account_sid: ACCOUNT, auth_token: 'token' }
const key = { account_sid: ACCOUNT, api_key_sid: KEY, api_key_secret: 'secret' }
const NUMBER = '+5500900000099'
const TEMPLATE = { code: CONTENT, variables: ['1', '2'] }

describe.skipIf(!existsSync(FILE))('Twilio’s OpenAPI', () => {
  let violations: (request: Received) => string[]
  let received: Received[] = []
  let url: string
  beforeEach(async () => {
    violations = openApiValidator(JSON.parse(readFileSync(FILE, 'utf8')) as OpenApi)
    received = []
    url = await serveHttp(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      received.push({ method: request.method, path: request.url, headers: request.headers, body })
      const next_page_uri = request.url?.includes('PageToken') ? null : `${request.url}&Page=1&PageToken=PAMM1`
      const answer = request.method === 'GET' ? { messages: [], next_page_uri } : { sid: 'SM1' }
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
    })
  })

  async function withTwilio<T>(
    config: object,
    use: (parsed: unknown, http: ReturnType<typeof createHttp>) => Promise<T>,
  ) {
    const http = createHttp({ timeoutMs: 5_000 })
    try {
      return await use(twilio.credential.parse({ ...config, url }), http)
    } finally {
      await http.close()
    }
  }

  const sent = (config: object, request: Partial<SendRequest>, text: string | null = 'Olá') =>
    withTwilio(config, async (parsed, http) => {
      const message = {
        ...requestOf(1).messages[0]!,
        phone: '5500900000001',
        text,
        variables: { 1: 'JOÃO "J" É', 2: '😀\\' },
      }
      await twilio.send({ ...requestOf(0), ...request, messages: [message] }, parsed, http)
      return received.at(-1)!
    })

  test.each<[string, object, Partial<SendRequest>, (string | null)?]>([
    ['an SMS', { ...account, from: NUMBER }, {}],
    ['an SMS of a short code', { ...account, from: '28922' }, {}],
    ['an SMS of a name', { ...account, from: 'Loja 24h' }, {}],
    ['an SMS of a Messaging Service', { ...account, messaging_service_sid: SERVICE }, {}],
    ['accents and signs', { ...account, from: NUMBER }, {}, 'Olá, ação & “50%” = 😀 + ção\n{{1}}'],
    ['an SMS template', { ...account, from: NUMBER }, { template: TEMPLATE }, null],
    ['a WhatsApp template', { ...account, from: NUMBER, channel: 'whatsapp' }, { template: TEMPLATE }, null],
    [
      'a template of a service',
      { ...account, messaging_service_sid: SERVICE, channel: 'whatsapp' },
      { template: TEMPLATE },
      null,
    ],
    [
      'the credential’s content',
      { ...account, from: NUMBER, content_sid: CONTENT },
      { template: { code: 'x', variables: [] } },
      null,
    ],
    ['an API key', { ...key, from: NUMBER }, {}],
    ['the shortest validity', { ...account, from: NUMBER, validity: '1' }, {}],
    ['the longest validity', { ...account, from: NUMBER, validity: '36000' }, {}],
    [
      'a callback',
      { ...account, from: NUMBER },
      { callbackUrl: lead => `https://camp.example/webhooks/b/t?m=${lead}` },
    ],
  ])('accepts %s', async (_, config, request, text) => {
    const made = await sent(config, request, text)
    expect(violations(made)).toEqual([])
    // A range that it states only in words.
    const validity = Number(new URLSearchParams(made.body).get('ValidityPeriod'))
    expect(validity >= 1 && validity <= 36_000).toBe(true)
  })

  test('accepts the credential’s test and the search for a message', async () => {
    await withTwilio({ ...key, from: NUMBER, channel: 'whatsapp' }, async (parsed, http) => {
      await twilio.test!(parsed, http)
      await twilio.find!({ phone: '5500900000001', text: 'x', givenUpAt: new Date() }, parsed, http)
    })
    expect(received.map(({ method }) => method)).toEqual(['GET', 'GET', 'GET'])
    expect(received.flatMap(violations)).toEqual([])
  })

  test.each<[string, Record<string, string | undefined>, string]>([
    ['no recipient', { To: undefined }, "body: must have required property 'To'"],
    ['a validity that is no number', { ValidityPeriod: 'soon' }, 'body/ValidityPeriod: must be integer'],
    ['a content that is no SID', { ContentSid: 'acordo' }, 'body/ContentSid: must match pattern'],
    [
      'a service that is no SID',
      { MessagingServiceSid: `MG${'0'.repeat(31)}` },
      'body/MessagingServiceSid: must NOT have fewer',
    ],
    ['a callback URL that is none', { StatusCallback: 'camp' }, 'body/StatusCallback: must match format "uri"'],
    ['a field that it does not have', { Text: 'x' }, 'Text is unknown'],
  ])('refuses %s', async (_, fields, wrong) => {
    const made = await sent({ ...account, from: NUMBER }, {})
    const form = new URLSearchParams(made.body)
    for (const [name, value] of Object.entries(fields)) value === undefined ? form.delete(name) : form.set(name, value)
    expect(violations({ ...made, body: form.toString() }).join('; ')).toContain(wrong)
  })

  test('refuses another account, another path, no key and another form', async () => {
    const made = await sent({ ...account, from: NUMBER }, {})
    expect(violations({ ...made, path: made.path!.replace(ACCOUNT, '12345') })).not.toEqual([])
    expect(violations({ ...made, path: '/2010-04-01/Messages.json' })).toEqual([
      'there is no POST /2010-04-01/Messages.json',
    ])
    expect(violations({ ...made, headers: { 'content-type': made.headers['content-type'] } })).toEqual([
      'authorization is not HTTP Basic',
    ])
    expect(violations({ ...made, headers: { ...made.headers, 'content-type': 'application/json' } })).toEqual([
      'content-type application/json',
    ])
    expect(
      violations({ ...made, method: 'GET', path: `${made.path}?DateSent%3E%3D=x&PageSize=0`, body: '' }),
    ).not.toEqual([])
  })
})
