import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../clock.ts'
import { createHttp, type HttpAnswer, type HttpClient } from '../http/client.ts'
import type { Control } from './control.ts'
import type {
  CallbackPost,
  CallbackStatus,
  CallbackStyle,
  TellContext,
  ToldEvent,
  ToldReply,
} from './simulated-broker.ts'

/** Messages with the same statuses, which are reported one after the other, each after a delay. */
export interface SimulatedMessage {
  url: string
  /** The broker's token of each message. */
  tokens: readonly string[]
  statuses: readonly CallbackStatus[]
}

type WaitingMessage = SimulatedMessage & { tokens: string[] }

export interface CallbackCounts {
  /** Events that are not due yet or wait for their turn. */
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
  style: CallbackStyle
  control: () => Control
  memory: TellContext['memory']
  delayMs: () => number
  happens: (share: number) => boolean
}

const REQUESTS_AT_ONCE = 8
const MAX_WAITING = 1_500_000
const SLOT_MS = 10
const TRIES = 7
const FIRST_PAUSE_MS = 250

/** Reports statuses to callers: in the broker's format, after a delay, each tried a few times. */
export class Callbacks {
  readonly counts: CallbackCounts = { waiting: 0, delivered: 0, failed: 0, dropped: 0 }
  readonly #options: Options
  readonly #http: HttpClient
  readonly #stopped = new AbortController()
  /** By due time. */
  readonly #slots = new Map<number, WaitingMessage[]>()
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #due: SimulatedMessage[] = []
  #active = 0

  constructor(options: Options) {
    this.#options = options
    this.#http = createHttp({ timeoutMs: 10_000, clock: options.clock })
  }

  tell(story: SimulatedMessage): void {
    if (story.tokens.length === 0 || story.statuses.length === 0) return
    const events = story.tokens.length * story.statuses.length
    if (this.counts.waiting + events > MAX_WAITING) this.counts.dropped += events
    else {
      this.counts.waiting += events
      this.#schedule(story)
    }
  }

  /** What a person answers, once the message had time to arrive. */
  tellReply(url: string, told: ToldReply): void {
    this.counts.waiting++
    const timer = setTimeout(async () => {
      this.#timers.delete(timer)
      const { control, style, memory, clock } = this.#options
      const post = style.reply!(told, { url, at: clock.now(), control: control(), forged: false, memory })
      const delivered = await this.#post(post.url, post)
      this.counts.waiting--
      this.counts[delivered ? 'delivered' : 'failed']++
    }, this.#options.delayMs())
    this.#timers.add(timer)
  }

  /** Sends the first status of each message at once, and resolves when it was sent; the rest follow as usual. */
  async tellAtOnce(stories: readonly SimulatedMessage[]): Promise<void> {
    for (const story of stories) {
      if (story.statuses.length === 0) continue
      this.counts.waiting += story.tokens.length * story.statuses.length
      const { perRequest } = this.#options.style
      for (let from = 0; from < story.tokens.length; from += perRequest) {
        await this.#send([{ ...story, tokens: story.tokens.slice(from, from + perRequest) }])
      }
    }
  }

  /** Stops immediately: pending callbacks are dropped. */
  async close(): Promise<void> {
    this.#stopped.abort()
    for (const timer of this.#timers) clearTimeout(timer)
    await this.#http.close()
  }

  #schedule(story: SimulatedMessage): void {
    const now = this.#options.clock.now().getTime()
    const slot = Math.ceil((now + this.#options.delayMs()) / SLOT_MS) * SLOT_MS
    const waiting = this.#slots.get(slot)
    if (waiting) {
      join(waiting, story)
      return
    }
    this.#slots.set(slot, [{ ...story, tokens: [...story.tokens] }])
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

  /** Messages of one caller, as many as fit into a request. */
  #nextRequest(): SimulatedMessage[] {
    const stories: SimulatedMessage[] = []
    let room = this.#options.style.perRequest
    const url = this.#due[0]?.url
    while (room > 0 && this.#due[0]?.url === url && this.#due[0]) {
      const story = this.#due.shift() as SimulatedMessage
      stories.push({ ...story, tokens: story.tokens.slice(0, room) })
      if (story.tokens.length > room) this.#due.unshift({ ...story, tokens: story.tokens.slice(room) })
      room -= story.tokens.length
    }
    return stories
  }

  async #send(stories: readonly SimulatedMessage[]): Promise<void> {
    const { style, control, happens, memory } = this.#options
    const url = stories[0]?.url ?? ''
    const events = stories.flatMap(({ tokens, statuses }) =>
      tokens.map(token => ({ token, status: statuses[0] ?? 'delivered' })),
    )
    const write = (told: readonly ToldEvent[], forged: boolean, to = url) =>
      style.write(told, { url: to, at: this.#options.clock.now(), control: control(), forged, memory })
    const { forged, duplicated, unknown } = control().callbacks
    if (happens(forged)) await this.#request(url, write(events, true))
    const post = write(events, false)
    if (happens(duplicated)) await this.#request(url, post)
    const delivered = await this.#post(url, post)
    if (happens(unknown)) {
      // The unknown message has no URL of its own either: a message's own key is in the query.
      const common = url.replace(/\?.*/s, '')
      await this.#request(common, write([{ token: style.unknownToken(), status: 'delivered' }], false, common))
    }
    this.counts.waiting -= events.length
    this.counts[delivered ? 'delivered' : 'failed'] += events.length
    if (this.#stopped.signal.aborted) return
    for (const story of stories) {
      if (story.statuses.length > 1) this.#schedule({ ...story, statuses: story.statuses.slice(1) })
    }
  }

  async #post(url: string, post: CallbackPost): Promise<boolean> {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const answer = await this.#request(url, post)
      if (answer.kind === 'RESPONSE' && answer.status < 300) return true
      const stopped = await sleep(FIRST_PAUSE_MS * 2 ** attempt, false, { signal: this.#stopped.signal }).catch(
        () => true,
      )
      if (stopped) return false
    }
    return false
  }

  #request(url: string, { headers, body }: CallbackPost): Promise<HttpAnswer> {
    return this.#http.request({ method: 'POST', url, headers, body })
  }
}

/** Messages with the same statuses that are due together are reported together. */
function join(waiting: WaitingMessage[], story: SimulatedMessage): void {
  const same = waiting.find(({ url, statuses }) => url === story.url && `${statuses}` === `${story.statuses}`)
  if (same) for (const token of story.tokens) same.tokens.push(token)
  else waiting.push({ ...story, tokens: [...story.tokens] })
}
