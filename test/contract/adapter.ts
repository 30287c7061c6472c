import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Adapter, Message, SendRequest, SendResult } from '../../src/broker/port.ts'
import { createHttp, type Http, type HttpClient } from '../../src/http/client.ts'
import type { SimulatedFault } from '../../src/sandbox/control.ts'
import { closedUrl } from '../support/http.ts'
import { useSandbox } from '../support/sandbox.ts'

export interface Subject {
  adapter: Adapter
  /** A credential whose every URL is below `url`. */
  credential(url: string): unknown
  /** What of it must never be seen in a result. */
  secrets: readonly string[]
  /** By which the sandbox counts a message; its phone where the wire carries no key of ours. */
  keyOf?: (message: Message) => string
  /** The broker's, where they are not its defaults. */
  quirks?: object
  /** What of a request this broker needs in particular. */
  request?: Partial<SendRequest>
  /** Whether it answers for each message; else a request is taken or refused as a whole. */
  perMessage?: boolean
  /** Whether each accepted message has an id. */
  ids?: boolean
  /** What a refused message's outcome looks like; REFUSED where absent. */
  refusal?: object
  /** 400 for a request that one message poisons. */
  poisoned?: object
  /** Had before its requests (a token), so that what goes wrong goes wrong with the request itself. */
  prepare?: (credential: unknown, http: Http) => Promise<unknown>
  /** A step of its own, after its requests, with which the broker delivers what it took. */
  deliver?: (url: string) => Promise<unknown>
  /** How often it must be refused with 401 until it stops, where it takes a new token first; once where absent. */
  refusals?: number
  /** What becomes of a request whose answer says nothing of its last message; that message alone is in doubt where absent. */
  missing?: object
}

/** Where an answer that never comes is waited for; all else has time enough on a loaded machine. */
const TIMEOUT_MS = 500

/** The exam of every adapter, over real HTTP against the sandbox: what each event means for the messages of a request. */
export function adapterContract(name: string, subject: Subject): void {
  const { adapter, credential, secrets, keyOf = ({ leadId }) => leadId, perMessage = true, ids = true } = subject
  const size = Math.min(3, adapter.messagesPerRequest)
  const newRequest = (messages = size): SendRequest => {
    const request = { ...requestOf(messages), ...subject.request }
    return adapter.oneTextPerRequest ? withOneText(request) : request
  }
  describe(`the adapter ${name}`, () => {
    const it = useSandbox({
      control: { callbacks: { delay_ms: 0 }, brokers: { [adapter.name]: { quirks: subject.quirks ?? {} } } },
    })
    let http: HttpClient
    let hasty: HttpClient
    beforeEach(async () => {
      http = createHttp({ timeoutMs: 30_000, fixed: true })
      hasty = createHttp({ timeoutMs: TIMEOUT_MS, fixed: true })
      await prepared(http)
    })
    afterEach(() => Promise.all([http.close(), hasty.close()]))

    async function prepared(client: HttpClient): Promise<HttpClient> {
      await subject.prepare?.(adapter.credential.parse(credential(it.broker.url)), client)
      return client
    }

    async function stats() {
      await subject.deliver?.(it.broker.url)
      return it.broker.stats()
    }

    async function send(request = newRequest(), url: string = it.broker.url, client = http): Promise<SendResult> {
      const result = await adapter.send(request, adapter.credential.parse(credential(url)), client)
      for (const secret of secrets) expect(JSON.stringify(result)).not.toContain(secret)
      return result
    }

    test('reports each message as accepted', async () => {
      const request = newRequest()
      const result = await send(request)
      if (result.kind !== 'ANSWERED') throw new Error(`it was ${JSON.stringify(result)}`)
      expect(result.outcomes.map(outcome => outcome.kind)).toEqual(request.messages.map(() => 'ACCEPTED'))
      const known = result.outcomes.flatMap(outcome => (outcome.kind === 'ACCEPTED' ? (outcome.providerId ?? []) : []))
      expect(new Set(known).size).toBe(ids ? size : 0)
      expect(await stats()).toMatchObject({ requests: 1, accepted: size, invalid: 0, violations: [] })
      expect(request.messages.map(message => it.broker.countOf(keyOf(message)))).toEqual(request.messages.map(() => 1))
    })

    if (perMessage && size > 1) {
      test('tells a refused message from its accepted neighbours', async () => {
        const request = newRequest()
        it.broker.control({ phones: { [request.messages[1]!.phone]: 'refuse' } })
        expect(await send(request)).toMatchObject({
          kind: 'ANSWERED',
          outcomes: [
            { kind: 'ACCEPTED' },
            { kind: 'REJECTED', ...(subject.refusal ?? { code: 'REFUSED' }) },
            { kind: 'ACCEPTED' },
          ],
        })
      })

      test('leaves a message in doubt that the answer does not mention', async () => {
        it.broker.control({ next: [{ fault: 'accept-missing' }] })
        const last = {
          kind: 'ANSWERED',
          outcomes: [{ kind: 'ACCEPTED' }, { kind: 'ACCEPTED' }, { kind: 'IN_DOUBT' }],
        }
        expect(await send()).toMatchObject(subject.missing ?? last)
      })
    }

    test('reports a request that one message poisons as refused whole', async () => {
      const request = newRequest()
      it.broker.control({ poison: [request.messages.at(-1)!.phone] })
      expect(await send(request)).toMatchObject(subject.poisoned ?? { kind: 'REJECTED', code: 'HTTP_400' })
      expect((await stats()).accepted).toBe(0)
    })

    test('may be repeated after 429, when the broker says or at once', async () => {
      it.broker.control({ next: [{ fault: '429' }], retry_after_s: 7 })
      expect(await send()).toMatchObject({ kind: 'NOT_ACCEPTED', retryAfterMs: 7000 })
      it.broker.control({ next: [{ fault: '429' }], retry_after_s: null })
      expect(await send()).toMatchObject({ kind: 'NOT_ACCEPTED', retryAfterMs: undefined })
    })

    test('may be repeated when nothing listens', async () => {
      expect(await send(newRequest(1), await closedUrl())).toMatchObject({
        kind: 'NOT_ACCEPTED',
        reason: expect.stringContaining('ECONNREFUSED'),
      })
    })

    test.each<SimulatedFault>(['401', 'redirect'])('stops for good after %s', async fault => {
      it.broker.control({ next: [{ fault, times: fault === '401' ? (subject.refusals ?? 1) : 1 }] })
      expect(await send()).toMatchObject({ kind: 'FATAL' })
      expect(await stats()).toMatchObject({ requests: 1, accepted: 0 })
    })

    test.each<SimulatedFault>([
      '500',
      'drop',
      'hang',
      'accept-500',
      'accept-502',
      'accept-drop',
      'accept-hang',
      'accept-headers',
      'accept-truncated',
      'accept-cut',
      'accept-html',
    ])('is in doubt after %s, and sends it once', async fault => {
      const client = fault.endsWith('hang') ? await prepared(hasty) : http
      it.broker.control({ next: [{ fault }] })
      const result = await send(newRequest(), it.broker.url, client)
      expect(result).toMatchObject({ kind: 'IN_DOUBT', reason: expect.stringMatching(/./) })
      const accepted = fault.startsWith('accept-') ? size : 0
      await expect.poll(stats, { timeout: 10_000 }).toMatchObject({ requests: 1, accepted })
    })

    test('is in doubt when the answer takes longer than the timeout', async () => {
      await prepared(hasty)
      it.broker.control({ latency_ms: 2 * TIMEOUT_MS })
      expect(await send(newRequest(), it.broker.url, hasty)).toMatchObject({
        kind: 'IN_DOUBT',
        reason: expect.stringContaining(`${TIMEOUT_MS} ms`),
      })
    })

    test('goes on as if nothing had been after each of these', async () => {
      it.broker.control({ next: [{ fault: 'accept-drop' }, { fault: '500' }, { fault: 'drop' }] })
      for (const kind of ['IN_DOUBT', 'IN_DOUBT', 'IN_DOUBT', 'ANSWERED']) expect(await send()).toMatchObject({ kind })
    })

    if (adapter.test) {
      test('tests its credential', async () => {
        const check = (url: string) => adapter.test!(adapter.credential.parse(credential(url)), http)
        expect(await check(it.broker.url)).toMatchObject({ ok: true })
        it.broker.control({ next: [{ fault: '401' }] })
        expect(await check(it.broker.url)).toMatchObject({ ok: false, cause: 'REFUSED' })
        expect(await check(await closedUrl())).toMatchObject({ ok: false, cause: 'UNREACHABLE' })
      })
    }
  })
}

/** Every message with the first one's text. */
export function withOneText(request: SendRequest): SendRequest {
  return { ...request, messages: request.messages.map(message => ({ ...message, text: request.messages[0]!.text })) }
}

let messages = 0

export function requestOf(size: number): SendRequest {
  return {
    name: 'camp-C261124-7F3KQ-0001',
    agendamentoId: 'C261124-7F3KQ',
    batchNumber: 1,
    wallet: { id: '0190f3a0-0000-7000-8000-000000000001', idgisAmbiente: 9001 },
    template: null,
    messages: Array.from({ length: size }, messageOf),
    callbackUrl: () => undefined,
  }
}

function messageOf(): Message {
  const n = ++messages
  return {
    leadId: `0190f3a0-0000-7000-8000-${n.toString(16).padStart(12, '0')}`,
    phone: `55119${String(n).padStart(8, '0')}`,
    nome: 'João da Silva',
    cpf_cnpj: '00000000191',
    idcob_contrato: '700001',
    text: `Olá, João: ${n}`,
    variables: { 1: 'João' },
    columns: {},
    doubtfulBefore: false,
  }
}
