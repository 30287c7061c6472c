import pg from 'pg'
import { type Footprint, footprintOf, Held, isEnd, type Relatives } from './footprint.ts'

/** A statement that waits for its turn. */
export interface Step {
  /** The place of its actor in the schedule. */
  actor: number
  text: string
  footprint: Footprint
}

type State = 'IDLE' | 'RUNNING' | 'READY' | 'IN_DATABASE' | 'BLOCKED' | 'ENDED'

/** Changes a statement before it runs: a rule that is taken out of the code. */
export type Rewrite = (text: string) => string

/**
 * One actor's connection. While a schedule runs, each of its statements waits until `release`; BEGIN and SET do not wait, since
 * they take neither locks nor a snapshot.
 */
export class Lane {
  readonly pool: pg.Pool
  state: State = 'IDLE'
  /** The backend's process. */
  pid = 0
  deadlocks = 0
  rewrite: Rewrite = text => text
  next: Step | undefined
  result: { value: string } | { error: unknown } | undefined
  readonly #actor: number
  readonly #relatives: Relatives
  #held: Held | undefined
  #go: () => void = () => undefined
  #moved = promiseOf()

  constructor(url: string, actor: number, relatives: Relatives) {
    this.#actor = actor
    this.#relatives = relatives
    this.pool = new pg.Pool({
      connectionString: url,
      max: 1,
      idleTimeoutMillis: 0,
      // A deadlock is a finding: it is not to take a second.
      options: '-c deadlock_timeout=20ms',
      Client: gatedClient((pid, text, run) => this.#pass(pid, text, run)),
    })
  }

  /** Resolves when the actor waits for a turn, or has ended. */
  get still(): Promise<void> {
    return this.#moved.promise
  }

  start(work: () => Promise<string>): void {
    this.state = 'RUNNING'
    this.result = undefined
    this.#held = undefined
    this.#moved = promiseOf()
    work().then(
      value => this.#end({ value }),
      (error: unknown) => this.#end({ error }),
    )
  }

  /** Lets the waiting statement run. */
  release(): void {
    this.state = 'IN_DATABASE'
    this.next = undefined
    this.#moved = promiseOf()
    this.#go()
  }

  #end(result: { value: string } | { error: unknown }): void {
    this.result = result
    this.state = 'ENDED'
    this.#moved.resolve()
  }

  async #pass<T>(pid: number, given: string, run: (text: string) => Promise<T>): Promise<T> {
    if (this.state === 'IDLE') return run(given)
    const text = this.rewrite(given)
    this.pid = pid
    if (/^\s*(BEGIN|START|SET)\b/i.test(text)) {
      if (!/^\s*SET\b/i.test(text)) this.#held = new Held()
      return run(text)
    }
    const footprint = footprintOf(text, this.#relatives, this.#held)
    this.next = { actor: this.#actor, text, footprint }
    this.state = 'READY'
    const turn = new Promise<void>(resolve => {
      this.#go = resolve
    })
    this.#moved.resolve()
    await turn
    try {
      return await run(text)
    } catch (error) {
      if ((error as { code?: unknown }).code === '40P01') this.deadlocks++
      throw error
    } finally {
      this.#note(text)
      this.state = 'RUNNING'
    }
  }

  #note(text: string): void {
    if (isEnd(text)) this.#held = undefined
    else this.#held?.add(footprintOfWrites(text, this.#relatives))
  }
}

function footprintOfWrites(text: string, relatives: Relatives) {
  return footprintOf(text, relatives, undefined)
}

type Gate = <T>(pid: number, text: string, run: (text: string) => Promise<T>) => Promise<T>
type Callback = (error: unknown, result?: unknown) => void

/** pg's own pool opens it, so that transactions, single statements and Prisma's all pass the gate. */
function gatedClient(gate: Gate): new () => pg.Client {
  return class extends pg.Client {
    constructor(options?: pg.ClientConfig) {
      super(options)
      const direct = this.query.bind(this) as (...args: unknown[]) => Promise<unknown>
      const gated = (first: string | pg.QueryConfig, ...rest: unknown[]) => {
        const callback = typeof rest.at(-1) === 'function' ? (rest.pop() as Callback) : undefined
        const run = (text: string) => direct(typeof first === 'string' ? text : { ...first, text }, ...rest)
        const pid = (this as unknown as { processID: number }).processID
        const result = gate(pid, typeof first === 'string' ? first : first.text, run)
        if (!callback) return result
        result.then(
          value => callback(undefined, value),
          (error: unknown) => callback(error),
        )
        return undefined
      }
      this.query = gated as unknown as typeof this.query
    }
  }
}

function promiseOf(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void
  const promise = new Promise<void>(done => {
    resolve = done
  })
  return { promise, resolve }
}
