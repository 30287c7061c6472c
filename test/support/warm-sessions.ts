import type { Socket } from 'node:net'
import pg from 'pg'
import { inject } from 'vitest'

/**
 * For every test file (vitest.lanes.ts): a session of the run's PostgreSQL that a client ends is reset (`DISCARD ALL`) and kept for
 * a moment, and the next client with the same settings takes it over. A new backend costs tens of milliseconds of CPU, and the
 * suite runs thousands of commands. Other servers, TLS, and sessions that end inside a transaction or a query are left as they are.
 */
const KEPT_MS = 2_000

/** What pg's types leave out. */
interface Internals {
  _connecting: boolean
  stream: Socket
  startup(settings: Settings): void
  attachListeners(stream: Socket): void
  connect(port: number, host: string): void
}

interface Settings {
  database?: string
}

interface Kept {
  socket: Socket
  backend: unknown
  timer: NodeJS.Timeout
}

const Connection = pg.Connection as unknown as new (config: object) => pg.Connection & Internals

/** Of the process, which several files share: each loads this module again. */
const { Client, Pool, kept } = ofProcess()

class WarmConnection extends Connection {
  readonly #password: unknown
  #at: [port: number, host: string] = [0, '']
  #settings: Settings = {}
  #isCold = false
  #unanswered = 0
  #status: string | undefined
  #backend: unknown

  constructor(config: pg.ClientConfig, password: unknown) {
    super(config)
    this.#password = password
    this.on('backendKeyData', (backend: unknown) => {
      this.#backend = backend
    })
    this.on('readyForQuery', ({ status }: { status: string }) => {
      this.#status = status
      this.#unanswered = Math.max(0, this.#unanswered - 1)
    })
  }

  override connect(port: number, host: string): void {
    this.#at = [port, host]
    this.#isCold = !isOfRun(port, host)
    if (this.#isCold) super.connect(port, host)
    else {
      this._connecting = true
      process.nextTick(() => this.emit('connect'))
    }
  }

  override startup(settings: Settings): void {
    this.#settings = settings
    const session = this.#isCold ? undefined : kept.get(this.#key())?.pop()
    if (session) this.#take(session)
    else if (this.#isCold) super.startup(settings)
    else {
      // Its client calls `startup` again once this is connected.
      this.#isCold = true
      super.connect(...this.#at)
    }
  }

  override query(text: string): void {
    this.#unanswered++
    super.query(text)
  }

  override sync(): void {
    this.#unanswered++
    super.sync()
  }

  override end(): void {
    const isIdle = this.#status === 'I' && this.#unanswered === 0 && this.stream.writable
    if (isIdle && isOfRun(...this.#at)) {
      release(this.stream)
      keep(this.#key(), { socket: this.stream, backend: this.#backend })
      process.nextTick(() => this.emit('end'))
    } else super.end()
  }

  #key(): string {
    return JSON.stringify([this.#at, this.#settings, this.#password])
  }

  #take({ socket, backend, timer }: Kept): void {
    clearTimeout(timer)
    release(socket)
    this.stream.destroy()
    this.stream = socket.ref()
    socket.on('error', error => this.emit('error', error))
    socket.on('close', () => this.emit('end'))
    this.attachListeners(socket)
    process.nextTick(() => {
      this.emit('backendKeyData', backend)
      this.emit('readyForQuery', { status: 'I' })
    })
  }
}

class WarmClient extends Client {
  constructor(given?: string | pg.ClientConfig) {
    // A pool hides its password from a copy.
    const config = typeof given === 'string' ? { connectionString: given } : { ...given, password: given?.password }
    const { ssl, password } = new Client(config) as unknown as { ssl: unknown; password: unknown }
    super(
      ssl ? config : ({ ...config, connection: new WarmConnection(config, password) } as unknown as pg.ClientConfig),
    )
  }
}

/** Resets a session, and keeps it once it has answered. */
function keep(key: string, session: Omit<Kept, 'timer'>): void {
  const { socket } = session
  const connection = new Connection({ stream: socket })
  connection.attachListeners(socket)
  connection.once('readyForQuery', () => {
    release(socket)
    const sessions = kept.get(key) ?? []
    kept.set(key, sessions)
    const forget = () => {
      clearTimeout(one.timer)
      if (sessions.includes(one)) sessions.splice(sessions.indexOf(one), 1)
    }
    const end = () => {
      // No client may take it from here on.
      forget()
      socket.end(TERMINATE)
    }
    const one: Kept = { ...session, timer: setTimeout(end, KEPT_MS).unref() }
    sessions.push(one)
    socket.on('error', forget)
    socket.on('close', forget)
    socket.on('end', forget)
    socket.unref()
  })
  socket.on('error', () => undefined)
  connection.query('DISCARD ALL')
}

/** Removes the listeners of the connection that had it. The socket's own are its first for `end`. */
function release(socket: Socket): void {
  for (const event of ['data', 'error', 'close', 'connect']) socket.removeAllListeners(event)
  for (const listener of socket.listeners('end').slice(1)) socket.off('end', listener as () => void)
}

const TERMINATE = Buffer.from([0x58, 0, 0, 0, 4])

function isOfRun(port: number, host: string): boolean {
  const run = new URL(inject('postgresUrl'))
  return Number(run.port) === Number(port) && run.hostname === host
}

function ofProcess(): { Client: typeof pg.Client; Pool: typeof pg.Pool; kept: Map<string, Kept[]> } {
  const process = globalThis as { campSessions?: ReturnType<typeof ofProcess> }
  process.campSessions ??= { Client: pg.Client, Pool: pg.Pool, kept: new Map() }
  return process.campSessions
}

Object.assign(pg, {
  Client: WarmClient,
  Pool: class extends Pool {
    constructor(config?: pg.PoolConfig) {
      super({ Client: WarmClient, ...config } as pg.PoolConfig)
    }
  },
})
