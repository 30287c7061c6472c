import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { type Clock, systemClock } from '../clock.ts'
import { CampError } from '../errors.ts'
import { type Control, changeControl, DEFAULT_CONTROL } from './control.ts'
import { Engine, type Stats } from './engine.ts'
import { answer, type Reply, refuse } from './faults.ts'
import { openJournal } from './journal.ts'
import { Tally } from './tally.ts'

export interface SandboxOptions {
  host?: string
  /** 0: any free one. */
  port?: number
  /** What is drawn by lot is the same for the same seed. */
  seed?: number
  control?: unknown
  /** Counts outlive the process in this file. */
  journal?: string | undefined
  clock?: Clock
}

/** The stand-in broker, in this process; over HTTP it does the same (/control, /stats). */
export interface Sandbox {
  readonly url: string
  stats(): Stats
  /** How often a key was accepted. */
  countOf(key: string): number
  /** When each send request began, in milliseconds. */
  starts(): readonly number[]
  /** Changes what is given; the rest stays. @throws CampError DATA */
  control(change: unknown): Control
  reset(): void
  close(): Promise<void>
}

const MAX_BODY_BYTES = 32 * 1024 * 1024

/** @throws CampError DATA for a control that cannot be, STATE where it cannot listen */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const control = changeControl(DEFAULT_CONTROL, options.control ?? {})
  const tally = new Tally()
  const journal = options.journal ? await openJournal(options.journal, key => tally.add(key)) : undefined
  const engine = new Engine({ control, seed: options.seed ?? 1, clock: options.clock ?? systemClock, tally, journal })
  const server = createServer((request, response) => {
    serve(engine, request, response).catch(() => response.destroy())
  })
  await listen(server, options.host ?? '127.0.0.1', options.port ?? 0)
  const { address, port, family } = server.address() as AddressInfo
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    stats: () => engine.stats(),
    countOf: key => engine.countOf(key),
    starts: () => engine.starts,
    control: change => engine.change(change),
    reset: () => engine.reset(),
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
      await engine.close()
    },
  }
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    throw new CampError('STATE', `cannot listen on ${host}:${port}: ${(error as Error).message}`, {
      hint: 'Port 0 takes any free one.',
      cause: error,
    })
  }
}

async function serve(engine: Engine, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://sandbox')
  const route = `${request.method} ${pathname}`
  if (route === 'POST /v1/messages') engine.started()
  const body = await bodyOf(request)
  const take = BROKER_ROUTES[route]
  if (body === undefined) answer(response, { status: 413, body: { error: 'the body is too large' } }, undefined)
  else if (take) await brokerRequest(engine, response, body, take)
  else answer(response, operatorRequest(engine, route, searchParams, body), undefined)
}

/** What a broker serves, faults included. */
const BROKER_ROUTES: Readonly<Record<string, (engine: Engine, body: unknown) => Reply>> = {
  'POST /v1/messages': takeMessages,
  'GET /v1/health': () => ({ status: 200, body: { status: 'ok' } }),
}

async function brokerRequest(
  engine: Engine,
  response: ServerResponse,
  body: string,
  take: (engine: Engine, body: unknown) => Reply,
): Promise<void> {
  const fault = engine.nextFault()
  const latencyMs = engine.latencyMs()
  if (latencyMs > 0) await sleep(latencyMs)
  if (fault && refuse(response, fault, engine.control)) return
  const reply = take(engine, jsonOf(body))
  answer(response, fault === 'accept-missing' ? withoutLast(reply) : reply, fault)
}

const inbound = z.object({
  name: z.string().min(1),
  callback_url: z.url().optional(),
  messages: z
    .array(z.object({ key: z.string().min(1), phone: z.string().regex(/^\d{8,15}$/, 'must be digits') }))
    .min(1)
    .max(1000),
})

function takeMessages(engine: Engine, body: unknown): Reply {
  const read = inbound.safeParse(body)
  if (!read.success) {
    const issue = read.error.issues[0]
    return { status: 400, body: { error: `${issue?.path.join('.')}: ${issue?.message}` } }
  }
  const { messages, callback_url, name } = read.data
  if (engine.poisoned(messages)) return { status: 400, body: { error: 'one of the messages is not valid' } }
  return { status: 200, body: { reference: `sandbox-${name}`, results: engine.accept(messages, callback_url) } }
}

function withoutLast({ status, body }: Reply): Reply {
  const results = z
    .object({ results: z.array(z.unknown()) })
    .loose()
    .safeParse(body)
  return results.success
    ? { status, body: { ...results.data, results: results.data.results.slice(0, -1) } }
    : { status, body }
}

/** What a person or a test serves itself of. */
function operatorRequest(engine: Engine, route: string, query: URLSearchParams, body: string): Reply {
  switch (route) {
    case 'GET /control':
      return { status: 200, body: engine.control }
    case 'PUT /control':
      return change(engine, body)
    case 'GET /stats':
      return { status: 200, body: engine.stats() }
    case 'DELETE /stats':
      engine.reset()
      return { status: 200, body: engine.stats() }
    case 'GET /stats/keys':
      return { status: 200, body: query.getAll('key').map(key => ({ key, accepted: engine.countOf(key) })) }
    case 'GET /stats/starts':
      return { status: 200, body: engine.starts }
    default:
      return { status: 404, body: { error: 'there is nothing here' } }
  }
}

function change(engine: Engine, body: string): Reply {
  try {
    return { status: 200, body: engine.change(jsonOf(body)) }
  } catch (error) {
    if (error instanceof CampError) return { status: 400, body: { error: error.message } }
    throw error
  }
}

/** @returns undefined where it is too large */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk as Buffer)
  }
  return bytes <= MAX_BODY_BYTES ? Buffer.concat(chunks).toString('utf8') : undefined
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
