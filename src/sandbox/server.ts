import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Clock, systemClock } from '../clock.ts'
import { CampError } from '../errors.ts'
import { headersOf, listen, readBody, stop } from '../http/server.ts'
import { SIMULATED_BROKERS } from './brokers/index.ts'
import { requestJson } from './brokers/read-request.ts'
import { type Control, DEFAULT_CONTROL } from './control.ts'
import { Engine, type Received, type Stats } from './engine.ts'
import { answer, errorOf, refuseRequest, write } from './faults.ts'
import { type Journal, openJournal } from './journal.ts'
import { KeyCounter } from './key-counter.ts'
import { SimulatedBrokers } from './registry.ts'
import { POISONED, type Reply, type Route, type SimulatedBroker } from './simulated-broker.ts'

export interface SandboxOptions {
  host?: string
  /** 0: any free one. */
  port?: number
  /** The same seed gives the same random choices. */
  seed?: number
  control?: unknown
  /** Counts survive the process in this file. */
  journal?: string | undefined
  clock?: Clock
  /** Called with each request of a broker's client once it is answered. */
  onRequest?: (request: AnsweredRequest) => void
}

export interface AnsweredRequest {
  broker: string
  method: string
  path: string
  /** null: the connection was cut without an answer. */
  status: number | null
}

/**
 * The simulated brokers in this process; the same functions exist over HTTP (/control, /stats, /messages). Every broker has its
 * own control, counts and callbacks; a call without a broker applies to all of them.
 */
export interface Sandbox {
  readonly url: string
  /** Of one broker, or the sum of all. */
  stats(broker?: string): Stats
  /** How often a key was accepted, by any broker. */
  countOf(key: string): number
  /** When each send request began, in milliseconds. */
  starts(): readonly number[]
  /** Messages that a phone received, or all phones. */
  messages(phone?: string): Received[]
  /**
   * Changes the given settings; the rest stays. `brokers` has settings of single brokers: {"brokers":{"GOSAC":{…}}}. @throws
   * CampError DATA
   */
  control(change: unknown): Control
  reset(): void
  close(): Promise<void>
}

const MAX_BODY_BYTES = 32 * 1024 * 1024

/** @throws CampError DATA for an invalid control, UNREACHABLE if it cannot listen */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const tallies = new Map(SIMULATED_BROKERS.map(broker => [broker.name, new KeyCounter()]))
  const journal = options.journal
    ? await openJournal(options.journal, (broker, key) => tallies.get(broker)?.add(key))
    : undefined
  const engines = SIMULATED_BROKERS.map(broker => newEngine(broker, tallies.get(broker.name)!, journal, options))
  const brokers = new SimulatedBrokers(engines)
  const server = createServer((request, response) => {
    if (options.onRequest) tellOf(brokers, request, response, options.onRequest)
    serve(brokers, request, response).catch(() => response.destroy())
  })
  const end = async () => {
    await Promise.all(engines.map(engine => engine.close()))
    journal?.close()
  }
  let url: string
  try {
    brokers.change(options.control ?? {})
    url = await listen(server, { host: options.host ?? '127.0.0.1', port: options.port ?? 0 }, refused)
  } catch (error) {
    await end()
    throw error
  }
  return {
    url,
    stats: broker => brokers.stats(broker),
    countOf: key => brokers.countOf(key),
    starts: () => brokers.starts(),
    messages: phone => brokers.messages(phone ?? null),
    control: change => brokers.change(change),
    reset: () => brokers.reset(),
    close: async () => {
      await stop(server, 0)
      await end()
    },
  }
}

function newEngine(
  broker: SimulatedBroker,
  tally: KeyCounter,
  journal: Journal | undefined,
  options: SandboxOptions,
): Engine {
  const clock = options.clock ?? systemClock
  return new Engine({ broker, control: DEFAULT_CONTROL, seed: options.seed ?? 1, clock, tally, journal })
}

function refused(message: string, cause: unknown): CampError {
  return new CampError('SANDBOX_CANNOT_LISTEN', message, { hint: 'Port 0 takes any free one.', cause })
}

function tellOf(
  brokers: SimulatedBrokers,
  { method = 'GET', url = '/' }: IncomingMessage,
  response: ServerResponse,
  onRequest: NonNullable<SandboxOptions['onRequest']>,
): void {
  const path = new URL(url, 'http://sandbox').pathname
  const broker = brokers.find(method, path)?.engine.broker.name
  if (broker === undefined) return
  response.once('close', () =>
    onRequest({ broker, method, path, status: response.headersSent ? response.statusCode : null }),
  )
}

async function serve(brokers: SimulatedBrokers, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://sandbox')
  const found = brokers.find(request.method ?? 'GET', pathname)
  if (found?.route.sends) found.engine.started()
  const body = (await readBody(request, MAX_BODY_BYTES))?.toString('utf8')
  if (body === undefined) return write(response, { status: 413, body: { error: 'the body is too large' } })
  if (!found) return write(response, operatorRequest(brokers, `${request.method} ${pathname}`, searchParams, body))
  const inbound = { parts: found.parts, query: searchParams, headers: headersOf(request), body }
  await brokerRequest(found, pathname, inbound, response)
}

interface Found {
  engine: Engine
  route: Route
  parts: readonly string[]
}

async function brokerRequest(
  { engine, route }: Found,
  path: string,
  inbound: Parameters<Route['take']>[0],
  response: ServerResponse,
): Promise<void> {
  const broker = route.errors ? { ...engine.broker, errors: route.errors } : engine.broker
  const fault = engine.nextFault(path)
  const latencyMs = engine.latencyMs()
  if (latencyMs > 0) await sleep(latencyMs)
  if (fault && refuseRequest(response, fault, broker, engine.control)) return
  const taken = route.take(inbound, engine)
  const reply = taken === POISONED ? errorOf(broker, '400', engine.control) : taken
  await engine.tellEarly()
  answer(response, reply, fault, broker, engine.control)
}

/** Requests of a person or a test; /NAME at the end of a path selects one broker. */
function operatorRequest(brokers: SimulatedBrokers, route: string, query: URLSearchParams, body: string): Reply {
  const [, what = '', name] = /^(\w+ \/(?:control|stats))\/([A-Z_]+)$/.exec(route) ?? [undefined, route]
  if (name !== undefined && !brokers.has(name)) return { status: 404, body: { error: `there is no broker ${name}` } }
  switch (what) {
    case 'GET /control':
      return { status: 200, body: brokers.control(name) }
    case 'PUT /control':
      return change(brokers, name === undefined ? requestJson(body) : { brokers: { [name]: requestJson(body) } }, name)
    case 'GET /stats':
      return { status: 200, body: name === undefined ? brokers.allStats() : brokers.stats(name) }
    case 'DELETE /stats':
      brokers.reset()
      return { status: 200, body: brokers.stats() }
    case 'GET /stats/keys':
      return { status: 200, body: query.getAll('key').map(key => ({ key, accepted: brokers.countOf(key) })) }
    case 'GET /stats/starts':
      return { status: 200, body: brokers.starts() }
    case 'GET /messages':
      return { status: 200, body: brokers.messages(query.get('phone')) }
    default:
      return { status: 404, body: { error: 'there is nothing here' } }
  }
}

function change(brokers: SimulatedBrokers, given: unknown, name: string | undefined): Reply {
  try {
    brokers.change(given)
    return { status: 200, body: brokers.control(name) }
  } catch (error) {
    if (error instanceof CampError) return { status: 400, body: { error: error.message } }
    throw error
  }
}
