import { Agent, type Dispatcher, errors } from 'undici'
import { type Clock, systemClock } from '../clock.ts'
import { codeOf } from '../errors.ts'

/**
 * The brokers' HTTP client. A network's or a server's doing is an answer, never an exception, and every answer says what is
 * known of the request: that it was answered, that no byte of it was written, or nothing. It never repeats a request and never
 * follows a redirect.
 */
export interface Http {
  /** For what an adapter must date: a token's life, a Retry-After. */
  readonly clock: Clock
  request(request: HttpRequest): Promise<HttpAnswer>
  /** Closes idle connections and waits for the requests in flight. */
  close(): Promise<void>
}

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  url: string
  headers?: Readonly<Record<string, string>> | undefined
  body?: string | undefined
  /** From the call to the last byte of the answer, waiting for a connection included. */
  timeoutMs?: number | undefined
}

export type HttpAnswer =
  | HttpResponse
  /** No byte of the request was written. */
  | { kind: 'NOT_SENT'; reason: string }
  /** It was written, at least in part, and there is no complete answer. */
  | { kind: 'UNKNOWN'; reason: string }

export interface HttpResponse {
  kind: 'RESPONSE'
  status: number
  headers: Readonly<Record<string, string | undefined>>
  body: string
}

export interface HttpOptions {
  timeoutMs: number
  /** Whether `timeoutMs` counts even where a request asks for more (CAMP_HTTP_TIMEOUT_MS). */
  fixed?: boolean
  clock?: Clock
  /** Given by tests; its owner closes it. */
  agent?: Dispatcher
}

/** Unless an adapter asks for more. */
export const USUAL_TIMEOUT_MS = 30_000

/** What CAMP_HTTP_TIMEOUT_MS sets wins over whatever adapters ask for. */
export function httpOptions({ httpTimeoutMs }: { httpTimeoutMs: number | undefined }, clock: Clock): HttpOptions {
  return { timeoutMs: httpTimeoutMs ?? USUAL_TIMEOUT_MS, fixed: httpTimeoutMs !== undefined, clock }
}

const CONNECT_TIMEOUT_MS = 10_000
const MAX_RESPONSE_BYTES = 8 * 1024 * 1024

export function createHttp({ timeoutMs, fixed = false, clock = systemClock, agent }: HttpOptions): Http {
  const dispatcher = agent ?? newAgent(timeoutMs)
  return {
    clock,
    request: async request => {
      const url = urlOf(request.url)
      if (!url) return { kind: 'NOT_SENT', reason: 'its URL is not valid' }
      return exchange(dispatcher, url, request, fixed ? timeoutMs : (request.timeoutMs ?? timeoutMs))
    },
    close: async () => {
      if (!agent) await dispatcher.close()
    },
  }
}

/**
 * A server may close an idle connection at the very moment that we write to it; then nobody knows, and a batch is in doubt for
 * nothing. So idle connections are kept for two seconds unless the server itself promises more (and then for a second less
 * than promised), and undici looks at an idle socket before it writes.
 */
function newAgent(timeoutMs: number): Agent {
  return new Agent({
    connections: 64,
    pipelining: 1,
    keepAliveTimeout: 2_000,
    keepAliveTimeoutThreshold: 1_000,
    keepAliveMaxTimeout: 30_000,
    connect: { timeout: Math.min(timeoutMs, CONNECT_TIMEOUT_MS) },
    // One timer a request (below) stands for all of it.
    headersTimeout: 0,
    bodyTimeout: 0,
  })
}

/** One request on the wire, whatever becomes of it. */
function exchange(agent: Dispatcher, url: URL, request: HttpRequest, timeoutMs: number): Promise<HttpAnswer> {
  return new Promise(resolve => {
    const exchanged = new Exchange(url.host, timeoutMs, resolve)
    try {
      agent.dispatch(
        {
          origin: url.origin,
          path: url.pathname + url.search,
          method: request.method,
          headers: request.headers ?? {},
          body: request.body ?? null,
        },
        exchanged,
      )
    } catch (error) {
      exchanged.fail(`the request cannot be made (${nameOf(error)})`)
    }
  })
}

/** The life of one request, as undici tells it; it ends once, with one answer. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #where: string
  readonly #settle: (answer: HttpAnswer) => void
  readonly #timer: NodeJS.Timeout
  readonly #chunks: Buffer[] = []
  #bytes = 0
  #done = false
  #controller: Dispatcher.DispatchController | undefined
  #head: Pick<HttpResponse, 'status' | 'headers'> | undefined

  constructor(where: string, timeoutMs: number, settle: (answer: HttpAnswer) => void) {
    this.#where = where
    this.#settle = settle
    this.#timer = setTimeout(() => this.fail(`${this.#missing()} within ${timeoutMs} ms`), timeoutMs)
  }

  /** undici calls onRequestStart before it writes anything: without that call nothing was written. */
  fail(reason: string): void {
    this.#finish({ kind: this.#controller ? 'UNKNOWN' : 'NOT_SENT', reason })
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Given up while it waited for a connection, or about to be written a second time: either way it is not written.
    if (this.#done || this.#controller) {
      controller.abort(new errors.RequestAbortedError())
      this.fail(`the connection to ${this.#where} was lost`)
      return
    }
    this.#controller = controller
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: ReceivedHeaders): void {
    // An informational answer (1xx) is followed by the real one.
    if (status >= 200) this.#head = { status, headers: flat(headers) }
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length
    if (this.#bytes > MAX_RESPONSE_BYTES) this.fail(`the answer of ${this.#where} is over ${MAX_RESPONSE_BYTES} bytes`)
    else this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    if (!this.#head) this.fail(this.#missing())
    else this.#finish({ kind: 'RESPONSE', ...this.#head, body: Buffer.concat(this.#chunks).toString('utf8') })
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    const what = this.#controller ? `the connection was lost, ${this.#missing()}` : `cannot connect to ${this.#where}`
    this.fail(`${what} (${nameOf(error)})`)
  }

  #finish(answer: HttpAnswer): void {
    if (this.#done) return
    this.#done = true
    clearTimeout(this.#timer)
    this.#settle(answer)
    if (answer.kind !== 'RESPONSE') this.#controller?.abort(new errors.RequestAbortedError())
  }

  #missing(): string {
    if (!this.#controller) return `no connection to ${this.#where}`
    return this.#head ? `no complete answer from ${this.#where}` : `no answer from ${this.#where}`
  }
}

type ReceivedHeaders = Record<string, string | string[] | undefined>

function urlOf(text: string): URL | undefined {
  try {
    const url = new URL(text)
    return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined
  } catch {
    return undefined
  }
}

/** A code, never a message: messages may quote what was sent. */
function nameOf(error: unknown): string {
  return codeOf(error) ?? (error instanceof Error ? error.name : 'unknown error')
}

function flat(headers: ReceivedHeaders): HttpResponse['headers'] {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  )
}
