import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '../clock.ts'
import { CampError, codeOf, type ErrorDocument, errorDocument } from '../errors.ts'
import { type Address, listen, readBody } from '../http/server.ts'
import { t } from '../language/text.ts'
import type { Log } from '../log.ts'
import type { Actor } from '../security/actor.ts'
import { assertServed, commandOf } from './commands.ts'
import { type Frame, type RunRequest, runRequest } from './frames.ts'
import { type Run, type RunCommand, startRun } from './run.ts'

export interface ServeOptions {
  version: string
  /** Settings that every command gets: database, secret, queue, time zone. */
  env: NodeJS.ProcessEnv
  /** The server's CAMP_HOME, where the newest checkpoint that it has seen is kept. */
  home: string
  runCommand: RunCommand
  /** The user of a token. @throws CampError AUTH */
  authenticate: (token: string) => Promise<Actor>
  clock: Clock
  log: Log
  /** Bytes of files that may be sent for one command. */
  mostBytes: number
  /** Maximum of concurrent commands. */
  mostRuns: number
  /** There is a reverse proxy: the client's address is the last one in X-Forwarded-For. */
  behindProxy: boolean
}

export interface CommandServer {
  readonly url: string
  /** Ends running commands as SIGINT would, and resolves when all have ended. */
  close(): Promise<void>
}

interface Running {
  run: Run
  isLogin: boolean
  abort: AbortController
}

const MAX_REQUEST_BYTES = 1024 * 1024
const MAX_KEYS_BYTES = 64 * 1024
const ALIVE_EVERY_MS = 15_000
/** Time within which a request without its files must arrive. */
const REQUEST_MS = 20_000
/** Time for a login to send its password: the user is not known yet. */
const LOGIN_MS = 60_000
/** How long a command that was ended may still run before another takes its slot. */
const ENDING_MS = 10_000

/** @throws CampError UNREACHABLE if it cannot listen there */
export async function openServer(address: Address, options: ServeOptions): Promise<CommandServer> {
  const running = new Map<string, Running>()
  const server = createServer(
    { headersTimeout: 10_000, requestTimeout: 0, keepAliveTimeout: 65_000 },
    (request, response) => {
      answer(options, running, request, response).catch(error => refuse(response, error, options.log))
    },
  )
  const refused = (message: string, cause: unknown) => new CampError('ADDRESS_UNAVAILABLE', message, { cause })
  const url = await listen(server, address, refused)
  return {
    url,
    async close() {
      server.close()
      for (const { abort } of running.values()) abort.abort(new CampError('INTERRUPTED', t`the server stops`))
      await Promise.allSettled([...running.values()].map(({ run }) => run.done))
      server.closeAllConnections()
    },
  }
}

async function answer(
  options: ServeOptions,
  running: Map<string, Running>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [, version, runs, id, what, number] = new URL(request.url ?? '/', 'http://camp').pathname.split('/')
  if (request.method !== 'POST' || version !== 'v1' || runs !== 'runs') return end(response, 404)
  if (id === undefined) return begin(options, running, request, response)
  const found = running.get(id)
  if (!found) return end(response, 404)
  if (what === 'inputs' && /^\d{1,4}$/.test(number ?? '')) {
    const unreadable = request.headers['camp-unreadable']
    const content =
      unreadable === undefined ? request : { unreadable: String(unreadable).replace(/\W/g, '').slice(0, 20) }
    return end(response, (await found.run.give(Number(number), content)) ? 204 : 404)
  }
  if (what === 'keys') {
    found.run.type(await bodyOf(request, MAX_KEYS_BYTES))
    return end(response, 204)
  }
  if (what !== 'cancel') return end(response, 404)
  found.abort.abort(new CampError('INTERRUPTED', t`stopped by SIGINT`))
  return end(response, 204)
}

/** POST /v1/runs: one command, whose answer is the stream of its frames. */
async function begin(
  options: ServeOptions,
  running: Map<string, Running>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { log, clock } = options
  const body = (await bodyOf(request, MAX_REQUEST_BYTES)).toString('utf8')
  const asked = runRequest.safeParse(jsonOf(body))
  const theirs = versionIn(body)
  if (theirs !== options.version) return end(response, 409, { version: options.version })
  if (!asked.success) return end(response, 400)
  if (running.size >= options.mostRuns) return end(response, 503)
  const { argv } = asked.data
  const isLogin = commandOf(argv) === 'login'
  // Their users are not known yet: they leave slots for users who are.
  const logins = [...running.values()].filter(one => one.isLogin).length
  if (isLogin && logins >= Math.ceil(options.mostRuns / 2)) return end(response, 503)
  const origin = originOf(request, options.behindProxy)
  const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1]
  const startedAt = clock.now().getTime()
  const abort = new AbortController()
  const id = randomBytes(24).toString('base64url')
  response.on('close', () => abort.abort(new CampError('INTERRUPTED', t`the client has disconnected`)))

  let actor: Actor | undefined
  let code: number
  const send = sender(response)
  let [alive, late]: (NodeJS.Timeout | undefined)[] = []
  try {
    assertServed(argv)
    if (!isLogin) actor = await known(options, token)
    response.writeHead(200, {
      'content-type': 'application/x-ndjson',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    if (isLogin)
      late = setTimeout(() => abort.abort(new CampError('INTERRUPTED', t`the login took too long`)), LOGIN_MS)
    alive = setInterval(() => void send({ alive: true }).catch(() => undefined), ALIVE_EVERY_MS)
    code = await inFolder(async folder => {
      const run = startRun({
        ...options,
        request: asked.data,
        folder,
        origin,
        signal: abort.signal,
        send,
        env: envOf(options, asked.data, folder, token),
      })
      const done = Promise.race([run.done, leftBehind(abort.signal)])
      running.set(id, { run: { ...run, done }, isLogin, abort })
      await send({ run: id })
      return done
    })
    await send({ exit: code })
  } catch (error) {
    code = error instanceof CampError ? error.exitCode : 1
    if (!(error instanceof CampError))
      log.error({ event: 'server.command_broken', err: error, origin }, 'a command failed')
    if (response.headersSent) await send({ exit: code }).catch(() => undefined)
    else end(response, 422, told(error))
  } finally {
    clearInterval(alive)
    clearTimeout(late)
    running.delete(id)
  }
  response.end()
  const command = wordsOf(argv)
  const who = { user: actor?.email ?? null, via: actor?.via?.email ?? null }
  log.info({ event: 'server.command', ...who, origin, command, code, ms: clock.now().getTime() - startedAt }, 'command')
}

/** @throws its reason, some time after `signal` */
async function leftBehind(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort')
  await delay(ENDING_MS, undefined, { ref: false })
  throw signal.reason
}

async function known({ authenticate }: ServeOptions, token: string | undefined): Promise<Actor> {
  if (token === undefined) throw new CampError('NOT_LOGGED_IN', t`not logged in`, { hint: t`Run: camp login` })
  return authenticate(token)
}

function envOf(
  { env }: ServeOptions,
  { terminal: { color }, language }: RunRequest,
  folder: string,
  token: string | undefined,
): NodeJS.ProcessEnv {
  return {
    ...env,
    CAMP_LANG: language,
    CAMP_HOME: folder,
    ...(token !== undefined && { CAMP_TOKEN: token }),
    ...(color === true && { FORCE_COLOR: '1' }),
    ...(color === false && { NO_COLOR: '1' }),
  }
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'camp-serve-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A client that reads slowly slows its command. */
function sender(response: ServerResponse): (frame: Frame) => Promise<void> {
  return async frame => {
    if (response.destroyed || response.writableEnded) throw new CampError('INTERRUPTED', t`the client has disconnected`)
    if (!response.write(`${JSON.stringify(frame)}\n`))
      await Promise.race([once(response, 'drain'), once(response, 'close')])
  }
}

/** The command without its values: those may be keys and phones. */
function wordsOf(argv: readonly string[]): string {
  const words = argv.filter(word => /^[a-z]{1,12}$/.test(word)).slice(0, 2)
  return words.join(' ')
}

function originOf(request: IncomingMessage, behindProxy: boolean): string {
  const forwarded = String(request.headers['x-forwarded-for'] ?? '')
    .split(',')
    .at(-1)!
    .trim()
  return behindProxy && forwarded !== '' ? forwarded.slice(0, 100) : (request.socket.remoteAddress ?? 'unknown')
}

/** @throws CampError DATA if it is longer */
async function bodyOf(request: IncomingMessage, most: number): Promise<Buffer> {
  const late = setTimeout(() => request.destroy(), REQUEST_MS)
  const body = await readBody(request, most, 'BREAK').finally(() => clearTimeout(late))
  if (body) return body
  throw new CampError('UPLOAD_TOO_LARGE', t`a request of more than ${most} bytes`)
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

function versionIn(body: string): unknown {
  const json = jsonOf(body)
  return typeof json === 'object' && json !== null && 'version' in json ? json.version : undefined
}

function told(error: unknown): ErrorDocument {
  return errorDocument(
    error instanceof CampError ? error : new CampError('UNEXPECTED', t`the server failed: its log says why`),
  )
}

function refuse(response: ServerResponse, error: unknown, log: Log): void {
  if (!(error instanceof CampError) && codeOf(error) !== 'ECONNRESET')
    log.error({ event: 'server.request_failed', err: error }, 'request failed')
  end(response, error instanceof CampError ? 413 : 500)
}

function end(response: ServerResponse, status: number, body?: object): void {
  if (response.headersSent) return void response.end()
  // The rest of the request is not read.
  response.writeHead(status, { 'content-type': 'application/json', ...(status >= 400 && { connection: 'close' }) })
  response.end(status === 204 ? undefined : JSON.stringify(body ?? {}))
}
