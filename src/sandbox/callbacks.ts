import { setTimeout as sleep } from 'node:timers/promises'
import { createHttp, type Http } from '../broker/http.ts'
import type { Clock } from '../clock.ts'

export type CallbackStatus = 'delivered' | 'read' | 'failed' | 'opt_out'

/** Messages with the same future: their statuses, one after the other, each after a delay. */
export interface Story {
  url: string
  keys: readonly string[]
  statuses: readonly CallbackStatus[]
}

type WaitingStory = Story & { keys: string[] }

export interface CallbackCounts {
  /** Events that wait for their moment or their turn. */
  waiting: number
  /** Events that were answered with 2xx. */
  delivered: number
  /** Events given up after the last try. */
  failed: number
  /** Events never tried, because too many were waiting. */
  dropped: number
}

interface Options {
  clock: Clock
  delayMs: () => number
  /** Whether the next request is sent twice. */
  twice: () => boolean
}

const EVENTS_PER_REQUEST = 500
const REQUESTS_AT_ONCE = 4
const MOST_WAITING = 1_500_000
const SLOT_MS = 10
const TRIES = 7
const FIRST_PAUSE_MS = 250

/** Tells callers what became of their messages: in arrays of up to 500, after a delay, each tried a few times. */
export class Callbacks {
  readonly counts: CallbackCounts = { waiting: 0, delivered: 0, failed: 0, dropped: 0 }
  readonly #options: Options
  readonly #http: Http
  readonly #stopped = new AbortController()
  /** By the moment at which they are due. */
  readonly #slots = new Map<number, WaitingStory[]>()
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #due: Story[] = []
  #active = 0

  constructor(options: Options) {
    this.#options = options
    this.#http = createHttp({ timeoutMs: 10_000, clock: options.clock })
  }

  tell(story: Story): void {
    if (story.keys.length === 0 || story.statuses.length === 0) return
    const events = story.keys.length * story.statuses.length
    if (this.counts.waiting + events > MOST_WAITING) this.counts.dropped += events
    else {
      this.counts.waiting += events
      this.#schedule(story)
    }
  }

  /** Stops where it is: what still waits is never told. */
  async close(): Promise<void> {
    this.#stopped.abort()
    for (const timer of this.#timers) clearTimeout(timer)
    await this.#http.close()
  }

  #schedule(story: Story): void {
    const now = this.#options.clock.now().getTime()
    const slot = Math.ceil((now + this.#options.delayMs()) / SLOT_MS) * SLOT_MS
    const waiting = this.#slots.get(slot)
    if (waiting) {
      join(waiting, story)
      return
    }
    this.#slots.set(slot, [{ ...story, keys: [...story.keys] }])
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      this.#due.push(...(this.#slots.get(slot) ?? []))
      this.#slots.delete(slot)
      this.#pump()
    }, slot - now)
    this.#timers.add(timer)
  }

  #pump(): void {
    while (this.#active < REQUESTS_AT_ONCE && this.#due.length > 0 && !this.#stopped.signal.aborted) {
      this.#active++
      void this.#send(this.#nextRequest()).finally(() => {
        this.#active--
        this.#pump()
      })
    }
  }

  /** Stories of one caller, as many as fit in a request. */
  #nextRequest(): Story[] {
    const stories: Story[] = []
    let room = EVENTS_PER_REQUEST
    const url = this.#due[0]?.url
    while (room > 0 && this.#due[0]?.url === url && this.#due[0]) {
      const story = this.#due.shift() as Story
      stories.push({ ...story, keys: story.keys.slice(0, room) })
      if (story.keys.length > room) this.#due.unshift({ ...story, keys: story.keys.slice(room) })
      room -= story.keys.length
    }
    return stories
  }

  async #send(stories: readonly Story[]): Promise<void> {
    const at = this.#options.clock.now().toISOString()
    const events = stories.flatMap(({ keys, statuses }) =>
      keys.map(key => ({ key, id: messageId(key), status: statuses[0], at, ...REASONS[statuses[0] ?? 'delivered'] })),
    )
    const delivered = await this.#post(stories[0]?.url ?? '', JSON.stringify(events))
    this.counts.waiting -= events.length
    this.counts[delivered ? 'delivered' : 'failed'] += events.length
    if (this.#stopped.signal.aborted) return
    for (const story of stories) {
      if (story.statuses.length > 1) this.#schedule({ ...story, statuses: story.statuses.slice(1) })
    }
  }

  async #post(url: string, body: string): Promise<boolean> {
    const request = { method: 'POST', url, headers: { 'content-type': 'application/json' }, body } as const
    if (this.#options.twice()) await this.#http.request(request)
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const answer = await this.#http.request(request)
      if (answer.kind === 'RESPONSE' && answer.status < 300) return true
      const stopped = await sleep(FIRST_PAUSE_MS * 2 ** attempt, false, { signal: this.#stopped.signal }).catch(
        () => true,
      )
      if (stopped) return false
    }
    return false
  }
}

/** Messages with the same future that fall due together are told together. */
function join(waiting: WaitingStory[], story: Story): void {
  const same = waiting.find(({ url, statuses }) => url === story.url && `${statuses}` === `${story.statuses}`)
  if (same) for (const key of story.keys) same.keys.push(key)
  else waiting.push({ ...story, keys: [...story.keys] })
}

const REASONS: Readonly<Record<CallbackStatus, { code?: string; detail?: string }>> = {
  delivered: {},
  read: {},
  failed: { code: 'UNDELIVERABLE', detail: 'the sandbox was told not to deliver it' },
  opt_out: { code: 'STOP' },
}

/** The sandbox's own id of a message. */
export function messageId(key: string): string {
  return `sbx-${key}`
}
