import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type pg from 'pg'
import { CallbackRefused } from '../broker/port.ts'
import type { Clock } from '../clock.ts'
import { namedError } from '../database/faults.ts'
import { CampError, codeOf } from '../errors.ts'
import { type Address, headersOf, listen, readBody, stop } from '../http/server.ts'
import { t } from '../language/text.ts'
import type { Log } from '../log.ts'
import type { Keys } from '../security/keys.ts'
import { leadOfMessageKey, MESSAGE_KEY, sameToken } from '../security/webhook-token.ts'
import { type CallbackBroker, type Directory, openDirectory } from './broker-directory.ts'
import { isTooDeep } from './depth.ts'
import { type HeldBodies, holdBodies } from './held-bodies.ts'
import { type Inbox, openInbox } from './inbox.ts'

export interface ListenerOptions {
  pool: Pick<pg.Pool, 'query'>
  keys: Keys
  clock: Clock
  log: Log
  /** The address that brokers were given (CAMP_PUBLIC_URL); a signature may cover it. */
  publicUrl?: string | undefined
  health: () => Promise<{ ok: boolean; detail: Record<string, unknown> }>
  /** Called after events were committed. */
  onStored?: () => void
}

export interface Listener {
  readonly url: string
  /** Requests are answered from now on; before that each gets a 503, and the broker sends its callback again. */
  serve(options: ListenerOptions): void
  /** Accepts no new connections; resolves when the requests in flight are answered, after `CLOSE_MS` at the latest. */
  close(): Promise<void>
}

interface ServerContext {
  options: ListenerOptions
  directory: Directory
  inbox: Inbox
  bodies: HeldBodies
  /** It accepts no new connections; those that are open may still ask. */
  isClosing: () => boolean
}

/** Unless the broker sends longer ones (Adapter.callbackBytes). */
const MAX_BODY_BYTES = 1024 * 1024
const MAX_HELD_BYTES = 32 * 1024 * 1024
const CLOSE_MS = 5_000

/**
 * Listens on the address and answers 503 until `serve` is called: a worker learns that its address is taken before it does
 * anything else.
 * @throws CampError UNREACHABLE if it cannot listen there
 */
export async function openListener(address: Address): Promise<Listener> {
  const limits = {
    headersTimeout: 10_000,
    requestTimeout: 20_000,
    keepAliveTimeout: 65_000,
    connectionsCheckingInterval: 5_000,
  }
  let context: ServerContext | undefined
  let closing: Promise<void> | undefined
  const server = createServer(limits, (request, response) => {
    if (!context) return notYet(request, response)
    const { log } = context.options
    answer(context, request, response).catch(error => {
      log.error({ event: 'callback.unanswered', err: namedError(error) }, 'callback not answered')
      end(response, 503)
    })
  })
  const url = await listen(server, address, refused)
  return {
    url,
    serve: options => {
      context = contextOf(options, () => closing !== undefined)
    },
    close: () => {
      closing ??= stop(server, CLOSE_MS)
      return closing
    },
  }
}

function contextOf(options: ListenerOptions, isClosing: () => boolean): ServerContext {
  return {
    options,
    isClosing,
    directory: openDirectory(options),
    inbox: openInbox(options.pool, { now: () => options.clock.now() }),
    bodies: holdBodies(MAX_HELD_BYTES),
  }
}

function notYet(request: IncomingMessage, response: ServerResponse): void {
  if (!PROBES.includes(pathOf(request))) end(response, 503, { 'retry-after': '5' })
  else response.writeHead(503, { 'content-type': 'application/json' }).end(JSON.stringify({ status: 'starting' }))
}

/** For monitoring: /healthz whether this worker is well, /readyz whether it takes jobs, which it does not while it stops. */
const PROBES = ['/healthz', '/readyz']

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?')[0] ?? '/'
}

/**
 * POST /webhooks/<broker>/<token> is answered 200 once its events are committed; GET of it is a broker's handshake. GET /healthz and
 * /readyz are for monitoring a worker. Answers contain a status and nothing of the request.
 */
async function answer(context: ServerContext, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = pathOf(request)
  if (PROBES.includes(path)) return health(context, request, response)
  const [, reference, token] = /^\/webhooks\/([^/]{1,200})\/([^/]{1,200})$/.exec(path) ?? []
  if (reference === undefined || token === undefined) return end(response, 404)
  if (request.method === 'GET') return handshake(context, request, reference, token, response)
  if (request.method !== 'POST') return end(response, 405, { allow: 'POST' })
  const broker = await brokerOf(context, reference)
  // An unknown broker gets the same answer as a wrong token, so that callers cannot find out which names exist.
  if (!sameToken(token, broker?.token ?? '') || !broker) return end(response, 401)
  const held = context.bodies.open()
  try {
    const body = await readBody(request, broker.adapter.callbackBytes ?? MAX_BODY_BYTES, 'DRAIN', held.take)
    if (body) return await receive(context, broker, request, body, response)
    if (held.isRefused()) end(response, 503, { 'retry-after': '5' })
    else end(response, 413)
  } finally {
    held.release()
  }
}

/** For a broker that has a handshake; a wrong token gets the answer that any other broker gets. */
async function handshake(
  context: ServerContext,
  request: IncomingMessage,
  reference: string,
  token: string,
  response: ServerResponse,
): Promise<void> {
  const broker = await brokerOf(context, reference)
  if (!sameToken(token, broker?.token ?? '') || !broker?.adapter.handshake) {
    return end(response, 405, { allow: 'POST' })
  }
  const { options } = context
  const said = broker.adapter.handshake(urlOf(options, request), broker.credentials)
  if (said === undefined) {
    const reason = 'a handshake with a wrong token'
    options.log.warn({ event: 'callback.refused', broker: broker.name, status: 403, reason }, 'callback refused')
    return end(response, 403)
  }
  response.writeHead(200, { 'content-type': 'text/plain', 'x-content-type-options': 'nosniff' }).end(said)
}

async function receive(
  { options, inbox }: ServerContext,
  broker: CallbackBroker,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<void> {
  if (!broker.adapter.callback) return end(response, 404)
  const url = urlOf(options, request)
  const key = url.searchParams.get(MESSAGE_KEY)
  const leadId = key === null ? undefined : leadOfMessageKey(options.keys, broker, key)
  if (key !== null && leadId === undefined) return end(response, 401)
  try {
    if (isTooDeep(body)) throw new CallbackRefused(400, 'its JSON is nested too deep')
    const notice = (text: string) => options.log.info({ event: 'callback.notice', broker: broker.name }, text)
    const events = broker.adapter.callback(
      { url, headers: headersOf(request), body, leadId },
      { credentials: broker.credentials, receivedAt: options.clock.now(), notice },
    )
    await inbox.store(broker.id, events)
  } catch (error) {
    if (error instanceof CallbackRefused) {
      const { status, message: reason } = error
      options.log.warn(
        {
          event: 'callback.refused',
          broker: broker.name,
          status,
          reason,
          called: url.origin + url.pathname.replace(/[^/]+$/, '…'),
        },
        'callback refused',
      )
      return end(response, error.status)
    }
    // Nothing was stored: the broker should send it again.
    options.log.error(
      { event: 'callback.not_stored', broker: broker.name, err: namedError(error) },
      'callback not stored',
    )
    return end(response, 503, { 'retry-after': '5' })
  }
  response.writeHead(200, { 'content-length': '0' }).end()
  options.onStored?.()
}

async function brokerOf({ directory }: ServerContext, reference: string): Promise<CallbackBroker | undefined> {
  try {
    return await directory.find(decodeURIComponent(reference))
  } catch (error) {
    if (error instanceof URIError) return undefined
    throw error
  }
}

/** A proxy may have changed the host header; the public URL is what the broker was given. */
function urlOf({ publicUrl }: ListenerOptions, request: IncomingMessage): URL {
  return new URL(`${publicUrl ?? `http://${request.headers.host ?? 'localhost'}`}${request.url ?? '/'}`)
}

async function health(
  { options, isClosing }: ServerContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return end(response, 405, { allow: 'GET, HEAD' })
  const { ok, detail } = await options.health()
  const isReady = pathOf(request) !== '/readyz' || !isClosing()
  const status = ok ? (isReady ? 'ok' : 'stopping') : 'failing'
  const text = JSON.stringify({ status, ...detail })
  response.writeHead(status === 'ok' ? 200 : 503, { 'content-type': 'application/json' }).end(text)
}

/** An answer without a body. The unread rest of the request is not waited for. */
function end(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  response.writeHead(status, { 'content-length': '0', connection: 'close', ...headers }).end()
}

const listenHints = (): Readonly<Record<string, string>> => ({
  EADDRINUSE: t`Another process uses this address, perhaps another worker. Choose another port with --listen, or end
    that process.`,
  EADDRNOTAVAIL: t`This machine does not have this address. Choose one of its addresses with --listen, or 0.0.0.0
    for all of them.`,
  EACCES: t`Ports below 1024 need a permission that this user lacks. Choose a higher one with --listen.`,
  ENOTFOUND: t`No host has this name. Choose an address of this machine with --listen.`,
})

function refused(message: string, cause: unknown): CampError {
  return new CampError('ADDRESS_UNAVAILABLE', message, { hint: listenHints()[codeOf(cause) ?? ''], cause })
}
