import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { WriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { messageOf } from '../../src/errors.ts'
import { within } from './bound.ts'

/** A worker has half a minute after SIGTERM; the rest is the machine's. */
const END_MS = 60_000
/** A start that fails is tried again, and may wait for its database. */
const START_MS = 180_000

/** A `camp worker` process that is started again after every kill. */
export class Worker {
  port: number | undefined
  readonly #env: NodeJS.ProcessEnv
  readonly #log: WriteStream
  readonly #onDeath: (how: string) => void
  #child: ChildProcess | undefined
  #frozen = false

  /** @param onDeath told of an end that was not ordered (the worker is started again), and of a start that does not come about */
  constructor(env: NodeJS.ProcessEnv, log: WriteStream, onDeath: (how: string) => void) {
    this.#env = env
    this.#log = log
    this.#onDeath = onDeath
  }

  /** Until it says where it listens; a start that fails (its database is away) is tried again. @throws NotInTime */
  async start(): Promise<void> {
    let isLate = false
    await within(
      START_MS,
      'the start of a worker',
      this.#start(() => isLate),
    ).catch(error => {
      isLate = true
      throw error
    })
  }

  async #start(isLate: () => boolean): Promise<void> {
    while (!isLate()) {
      const argv = ['bin/camp.js', 'worker', '--listen', '127.0.0.1:0', '--concurrency', '3']
      const child = spawn(process.execPath, argv, { env: this.#env, stdio: ['ignore', 'pipe', 'pipe'] })
      endWithUs(child)
      child.stderr.pipe(this.#log, { end: false })
      this.#child = child
      const line = await Promise.race([
        once(createInterface({ input: child.stdout }), 'line').then(([text]) => String(text)),
        once(child, 'exit').then(() => undefined),
      ])
      if (line !== undefined) {
        this.port = Number(new URL(line.split(' ').at(-1)!).port)
        child.once('exit', (code, signal) => this.#died(child, code ?? signal))
        return
      }
      await delay(200)
    }
  }

  #died(child: ChildProcess, how: unknown): void {
    // An ordered end has taken its port away first.
    if (this.#child !== child || this.port === undefined) return
    this.port = undefined
    this.#onDeath(`ended by itself: ${how}`)
    this.start().catch(error => this.#onDeath(messageOf(error)))
  }

  get isUp(): boolean {
    return this.port !== undefined && !this.#frozen
  }

  /** @returns how it ended: its exit code, or null after a SIGKILL, and how long that took; undefined: it was down or frozen */
  async stop(
    signal: 'SIGKILL' | 'SIGTERM',
    downMs: number,
  ): Promise<{ code: number | null; tookMs: number } | undefined> {
    const child = this.#child
    if (!child || !this.isUp) return undefined
    this.port = undefined
    const ended = once(child, 'exit')
    const from = performance.now()
    child.kill(signal)
    const [code] = (await within(END_MS, `the end of a worker after ${signal}`, ended)) as [number | null]
    const tookMs = performance.now() - from
    await delay(downMs)
    await this.start()
    return { code, tookMs }
  }

  /** Longer than its lease, and its batches are decided about without it. */
  async freeze(ms: number): Promise<void> {
    await this.freezeWhile(() => delay(ms))
  }

  async freezeWhile(work: () => Promise<unknown>): Promise<void> {
    const child = this.#child
    if (!child || !this.isUp) return
    this.#frozen = true
    child.kill('SIGSTOP')
    try {
      await work()
    } finally {
      child.kill('SIGCONT')
      this.#frozen = false
    }
  }

  async end(): Promise<void> {
    const child = this.#child
    this.port = undefined
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await within(END_MS, 'the end of a worker after SIGKILL', ended)
  }
}

/** A run that fails leaves no process behind. */
export function endWithUs(child: ChildProcess): void {
  process.on('exit', () => child.kill('SIGKILL'))
}
