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

/** Asked in the tick in which a request is written. @returns why it may not be written, undefined where it may */
export type WriteGuard = () => string | undefined

/** The same client, of which every request is written only if `guard` allows it. */
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
  headers?: Readonly<Record<string, string>> | undefined
  body?: string | undefined
  /** From the call to the last byte of the answer, waiting for a connection included. */
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

/** One request on the wire, whatever becomes of it. @param open holds it until it is answered */
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

  /** undici calls this and writes the request in one synchronous step: nothing happens between the guard's answer and the write. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Given up while it waited for a connection, or about to be written a second time: either way it is not written.
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
