import { Agent, type Dispatcher, errors } from 'undici'
import { type Clock, systemClock } from '../clock.ts'
import { campVersion } from '../config.ts'
import { codeOf } from '../errors.ts'

/**
 * The brokers' HTTP client. Network and server failures are returned, never thrown, and every answer states what is known about
 * the request: it was answered, no byte of it was written, or unknown. It never repeats a request and never follows a redirect.
 */
export interface Http {
  /** For values that an adapter must date: a token's lifetime, a Retry-After. */
  readonly clock: Clock
  /** The client without a guard: for a token, which sends no message, and for state that outlives a request. */
  readonly unguarded: Http
  request(request: HttpRequest): Promise<HttpAnswer>
}

/** The client with its owner's controls. */
export interface HttpClient extends Http {
  /** Requests that wait for a connection are not written: each is answered NOT_SENT at once. */
  withdrawWaiting(reason: string): void
  /** Stops waiting for answers: each written request is answered UNKNOWN at once. */
  abandonAnswers(reason: string): void
  /** Closes idle connections and waits for the requests in flight. */
  close(): Promise<void>
}

/** Called in the tick in which a request is written. @returns why it must not be written; undefined if it may */
export type WriteGuard = () => string | undefined

/** The same client, which writes a request only if `guard` allows it. */
export function guardedHttp(http: Http, guard: WriteGuard): Http {
  return {
    clock: http.clock,
    unguarded: http.unguarded,
    request: request => http.request({ ...request, guard }),
  }
}

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  url: string
  /** Names in lower case. A `user-agent` among them replaces camp's own. */
  headers?: Readonly<Record<string, string>> | undefined
  body?: string | undefined
  /** From the call to the last byte of the answer, including the wait for a connection. */
  timeoutMs?: number | undefined
  guard?: WriteGuard | undefined
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
  /** Whether `timeoutMs` applies even if a request asks for more (CAMP_HTTP_TIMEOUT_MS). */
  fixed?: boolean
  clock?: Clock
  /** Passed by tests; its owner closes it. */
  agent?: Dispatcher
}

/** Unless an adapter asks for more. */
export const USUAL_TIMEOUT_MS = 30_000

/** CAMP_HTTP_TIMEOUT_MS overrides the timeouts of adapters. */
export function httpOptions({ httpTimeoutMs }: { httpTimeoutMs: number | undefined }, clock: Clock): HttpOptions {
  return { timeoutMs: httpTimeoutMs ?? USUAL_TIMEOUT_MS, fixed: httpTimeoutMs !== undefined, clock }
}

/** `camp/1.2.3` (RFC 9110, 10.1.5): there are firewalls that refuse a request without a User-Agent. */
export function userAgent(): string {
  agentName ??= `camp/${campVersion()}`
  return agentName
}

let agentName: string | undefined

const CONNECT_TIMEOUT_MS = 10_000
const MAX_RESPONSE_BYTES = 8 * 1024 * 1024

export function createHttp({ timeoutMs, fixed = false, clock = systemClock, agent }: HttpOptions): HttpClient {
  const dispatcher = agent ?? newAgent(timeoutMs)
  const open = new Set<Exchange>()
  const http: HttpClient = {
    clock,
    get unguarded() {
      return http
    },
    request: request => {
      const url = urlOf(request.url)
      if (!url) return Promise.resolve({ kind: 'NOT_SENT', reason: 'its URL is not valid' })
      return exchange(dispatcher, open, url, request, fixed ? timeoutMs : (request.timeoutMs ?? timeoutMs))
    },
    withdrawWaiting: reason => {
      for (const exchanged of open) if (!exchanged.isWritten) exchanged.fail(reason)
    },
    abandonAnswers: reason => {
      for (const exchanged of open) if (exchanged.isWritten) exchanged.fail(reason)
    },
    close: async () => {
      if (!agent) await dispatcher.close()
    },
  }
  return http
}

/**
 * A server may close an idle connection just when a request is written to it; the outcome is then unknown, and a batch is in
 * doubt unnecessarily. So idle connections are kept for two seconds unless the server promises more (and then for a second less
 * than promised), and undici checks an idle socket before it writes.
 */
function newAgent(timeoutMs: number): Agent {
  return new Agent({
    connections: 64,
    pipelining: 1,
    keepAliveTimeout: 2_000,
    keepAliveTimeoutThreshold: 1_000,
    keepAliveMaxTimeout: 30_000,
    connect: { timeout: Math.min(timeoutMs, CONNECT_TIMEOUT_MS) },
    // One timer per request (below) covers all of it.
    headersTimeout: 0,
    bodyTimeout: 0,
  })
}

/** One request on the wire. @param open contains it until it is answered */
function exchange(
  agent: Dispatcher,
  open: Set<Exchange>,
  url: URL,
  request: HttpRequest,
  timeoutMs: number,
): Promise<HttpAnswer> {
  return new Promise(resolve => {
    const exchanged = new Exchange(url.host, timeoutMs, request.guard, answer => {
      open.delete(exchanged)
      resolve(answer)
    })
    open.add(exchanged)
    try {
      agent.dispatch(
        {
          origin: url.origin,
          path: url.pathname + url.search,
          method: request.method,
          headers: { 'user-agent': userAgent(), ...request.headers },
          body: request.body ?? null,
        },
        exchanged,
      )
    } catch (error) {
      exchanged.fail(`the request cannot be made (${nameOf(error)})`)
    }
  })
}

/** The lifecycle of one request, as undici reports it; it ends exactly once, with one answer. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #where: string
  readonly #guard: WriteGuard | undefined
  readonly #settle: (answer: HttpAnswer) => void
  readonly #timer: NodeJS.Timeout
  readonly #chunks: Buffer[] = []
  #bytes = 0
  #done = false
  #controller: Dispatcher.DispatchController | undefined
  #head: Pick<HttpResponse, 'status' | 'headers'> | undefined

  constructor(where: string, timeoutMs: number, guard: WriteGuard | undefined, settle: (answer: HttpAnswer) => void) {
    this.#where = where
    this.#guard = guard
    this.#settle = settle
    this.#timer = setTimeout(() => this.fail(`${this.#missing()} within ${timeoutMs} ms`), timeoutMs)
  }

  /** Whether a byte of it may have been written. */
  get isWritten(): boolean {
    return this.#controller !== undefined
  }

  /** undici calls onRequestStart before it writes anything: without that call nothing was written. */
  fail(reason: string): void {
    this.#finish({ kind: this.#controller ? 'UNKNOWN' : 'NOT_SENT', reason })
  }

  /**
   * undici calls this and writes the request in one synchronous step: nothing happens between the guard's answer and the write.
   */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Given up while it waited for a connection, or about to be written a second time: it is not written in either case.
    if (this.#done || this.#controller) {
      controller.abort(new errors.RequestAbortedError())
      this.fail(`the connection to ${this.#where} was lost`)
      return
    }
    const refusal = this.#guard?.()
    if (refusal !== undefined) {
      this.fail(refusal)
      controller.abort(new errors.RequestAbortedError())
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
