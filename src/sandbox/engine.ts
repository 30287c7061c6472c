import { randomUUID } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { unreachable } from '../errors.ts'
import { type CallbackCounts, Callbacks, type SimulatedMessage } from './callbacks.ts'
import { type Control, changeControl, FAULTS, type SimulatedFault, type SimulatedOutcome } from './control.ts'
import type { Journal } from './journal.ts'
import type { KeyCounter } from './key-counter.ts'
import { chanceOf, diceOf } from './random.ts'
import type {
  CallbackStatus,
  InboundMessage,
  RequestContext,
  SimulatedBroker,
  TakenMessage,
} from './simulated-broker.ts'

export interface Stats {
  requests: number
  /** Accepted messages, and the number of their distinct keys. */
  accepted: number
  unique: number
  /** accepted − unique: above 0, a recipient received a message twice. */
  duplicates: number
  /** Some of the keys that were accepted twice, for troubleshooting. */
  duplicate_keys: string[]
  /** Messages refused individually. */
  refused: number
  /** Requests refused as a whole because of a poisoned key or phone. */
  poisoned: number
  /** Requests that violated the broker's rules, and the errors of some of them. */
  invalid: number
  violations: string[]
  faults: Partial<Record<SimulatedFault, number>>
  callbacks: { waiting: number; delivered: number; failed: number; dropped: number }
}

const MAX_STARTS = 200_000
const MAX_DUPLICATE_KEYS = 20
const MAX_VIOLATIONS = 20
const MAX_MESSAGES = 20_000

/** A message that a phone received. */
export interface Received {
  at: string
  key: string
  phone: string
  id: string
  content: unknown
}

interface EngineOptions {
  broker: SimulatedBroker
  control: Control
  seed: number
  clock: Clock
  /** Counts from before (a journal's). */
  tally: KeyCounter
  journal: Journal | undefined
}

/** One simulated broker without its HTTP: what it accepts, refuses, counts and reports. */
export class Engine implements RequestContext {
  readonly broker: SimulatedBroker
  #control: Control
  readonly #seed: number
  readonly #dice: () => number
  readonly #clock: Clock
  readonly #journal: Journal | undefined
  readonly #tally: KeyCounter
  readonly #callbacks: Callbacks | undefined
  #memory: unknown
  #starts: number[] = []
  #duplicateKeys: string[] = []
  #violations = new Set<string>()
  #received: Received[] = []
  #early: SimulatedMessage[] = []
  #counts = zero()

  constructor({ broker, control, seed, clock, tally, journal }: EngineOptions) {
    this.broker = broker
    this.#control = changeControl(control, {}, broker.quirks)
    this.#seed = seed
    this.#dice = diceOf(seed)
    this.#clock = clock
    this.#tally = tally
    this.#journal = journal
    this.#callbacks =
      broker.callbacks &&
      new Callbacks({
        clock,
        style: broker.callbacks,
        control: () => this.#control,
        memory: make => this.memory(make),
        delayMs: () => this.#between(this.#control.callbacks.delay_ms),
        happens: share => this.#happens(share),
      })
  }

  get control(): Control {
    return this.#control
  }

  /** @throws CampError DATA if it is invalid */
  change(change: unknown): Control {
    this.#control = changeControl(this.#control, change, this.broker.quirks)
    return this.#control
  }

  latencyMs(): number {
    return this.#between(this.#control.latency_ms)
  }

  /** The fault of the request that just arrived at `path`, if any. */
  nextFault(path: string): SimulatedFault | undefined {
    const fault = this.#ordered(path) ?? this.#drawn()
    if (fault) this.#counts.faults[fault] = (this.#counts.faults[fault] ?? 0) + 1
    return fault
  }

  /** Counts a request that begins. */
  started(): void {
    this.#counts.requests++
    if (this.#starts.length < MAX_STARTS) this.#starts.push(this.#clock.now().getTime())
  }

  poisoned(messages: readonly InboundMessage[]): boolean {
    if (this.#control.poison.length === 0) return false
    const poison = new Set(this.#control.poison)
    const found = messages.some(({ key, phone }) => poison.has(key) || poison.has(phone))
    if (found) this.#counts.poisoned++
    return found
  }

  /** Written to the journal first. */
  accept(messages: readonly InboundMessage[]): TakenMessage[] {
    const idOf = (message: InboundMessage) => this.broker.idOf?.(message) ?? randomUUID()
    const taken = messages.map(message => ({ message, accepted: !this.#refuses(message), id: idOf(message) }))
    const accepted = taken.filter(one => one.accepted)
    this.#journal?.append(
      this.broker.name,
      accepted.map(({ message }) => message.key),
    )
    for (const one of accepted) this.#keep(one)
    this.#counts.refused += messages.length - accepted.length
    this.#tell(accepted)
    return taken
  }

  refuses(message: InboundMessage): boolean {
    const refused = this.#refuses(message)
    if (refused) this.#counts.refused++
    return refused
  }

  violation(what: string): string {
    this.#counts.invalid++
    if (this.#violations.size < MAX_VIOLATIONS) this.#violations.add(what)
    return what
  }

  memory<Memory>(make: () => Memory): Memory {
    this.#memory ??= make()
    return this.#memory as Memory
  }

  now(): Date {
    return this.#clock.now()
  }

  /** Sends the callbacks that must precede the answer; resolves when they were sent. */
  async tellEarly(): Promise<void> {
    const early = this.#early.splice(0)
    if (early.length > 0) await this.#callbacks?.tellAtOnce(early)
  }

  /** Messages that a phone received, of the first 20,000 in total. */
  receivedBy(phone: string | null): Received[] {
    return phone === null ? this.#received : this.#received.filter(message => message.phone === phone)
  }

  countOf(key: string): number {
    return this.#tally.count(key)
  }

  /** When the first 200,000 requests began, in milliseconds. */
  get starts(): readonly number[] {
    return this.#starts
  }

  stats(): Stats {
    const { total: accepted, size: unique } = this.#tally
    return {
      ...this.#counts,
      faults: { ...this.#counts.faults },
      accepted,
      unique,
      duplicates: accepted - unique,
      duplicate_keys: [...this.#duplicateKeys],
      violations: [...this.#violations],
      callbacks: { ...(this.#callbacks?.counts ?? NO_CALLBACKS) },
    }
  }

  /** Resets the counts; pending callbacks continue, and a journal is kept. */
  reset(): void {
    this.#tally.clear()
    this.#starts = []
    this.#duplicateKeys = []
    this.#violations.clear()
    this.#received = []
    this.#counts = zero()
  }

  async close(): Promise<void> {
    await this.#callbacks?.close()
  }

  #keep({ message: { key, phone, content }, id }: TakenMessage): void {
    if (this.#tally.add(key) === 2 && this.#duplicateKeys.length < MAX_DUPLICATE_KEYS) this.#duplicateKeys.push(key)
    if (this.#received.length >= MAX_MESSAGES) return
    this.#received.push({ at: this.now().toISOString(), key, phone, id, content })
  }

  #refuses({ key, phone }: InboundMessage): boolean {
    const fate = this.#control.phones[phone]
    return fate ? fate === 'refuse' : this.#chance(key, 'refused') < this.#control.refused
  }

  #tell(accepted: readonly TakenMessage[]): void {
    const style = this.broker.callbacks
    if (!style || !this.#callbacks) return
    const stories = new Map<string, SimulatedMessage & { tokens: string[] }>()
    for (const taken of accepted) {
      const { key, phone, callbackUrl } = taken.message
      const url = callbackUrl ?? this.#control.callback_url
      if (url === null) continue
      this.#tellReply(taken, url)
      const fate = this.#control.phones[phone] ?? this.#fateOf(key)
      const backwards = this.#happens(this.#control.callbacks.reordered)
      const place = `${fate} ${backwards} ${url}`
      const known = stories.get(place)
      if (known) {
        known.tokens.push(style.tokenOf(taken))
        continue
      }
      const statuses = (style.statuses ?? statusesOf)(fate)
      stories.set(place, {
        url,
        tokens: [style.tokenOf(taken)],
        statuses: backwards ? statuses.toReversed() : statuses,
      })
    }
    if (this.#happens(this.#control.callbacks.early)) this.#early.push(...stories.values())
    else for (const story of stories.values()) this.#callbacks.tell(story)
  }

  #tellReply(taken: TakenMessage, url: string): void {
    const style = this.broker.callbacks
    const reply = this.#control.replies[taken.message.phone]
    if (!style?.reply || !reply) return
    this.#callbacks!.tellReply(url, {
      token: style.tokenOf(taken),
      id: randomUUID(),
      text: reply.text,
      payload: reply.payload,
    })
  }

  #fateOf(key: string): SimulatedOutcome {
    const { delivered, failed, read, opt_out } = this.#control.callbacks
    const chance = this.#chance(key, 'delivery')
    if (chance < failed) return 'fail'
    if (chance >= failed + delivered) return 'silent'
    if (this.#chance(key, 'opt_out') < opt_out) return 'opt_out'
    return this.#chance(key, 'read') < read ? 'read' : 'deliver'
  }

  #ordered(path: string): SimulatedFault | undefined {
    const place = this.#control.next.findIndex(({ on }) => on === undefined || path.includes(on))
    const order = this.#control.next[place]
    if (!order) return undefined
    const left = order.times > 1 ? [{ ...order, times: order.times - 1 }] : []
    this.#control = { ...this.#control, next: this.#control.next.toSpliced(place, 1, ...left) }
    return order.fault
  }

  #drawn(): SimulatedFault | undefined {
    let drawn = this.#dice()
    return FAULTS.find(fault => {
      drawn -= this.#control.faults[fault] ?? 0
      return drawn < 0
    })
  }

  #between(range: number | [number, number]): number {
    return typeof range === 'number' ? range : Math.round(range[0] + this.#dice() * (range[1] - range[0]))
  }

  #happens(share: number): boolean {
    return share > 0 && this.#dice() < share
  }

  #chance(key: string, what: string): number {
    return chanceOf(key, `${this.#seed} ${what}`)
  }
}

export function statusesOf(fate: SimulatedOutcome): CallbackStatus[] {
  switch (fate) {
    case 'refuse':
    case 'silent':
      return []
    case 'deliver':
      return ['delivered']
    case 'read':
      return ['delivered', 'read']
    case 'fail':
      return ['failed']
    case 'opt_out':
      return ['delivered', 'opt_out']
    default:
      return unreachable(fate)
  }
}

const NO_CALLBACKS: CallbackCounts = { waiting: 0, delivered: 0, failed: 0, dropped: 0 }

function zero(): Pick<Stats, 'requests' | 'refused' | 'poisoned' | 'invalid' | 'faults'> {
  return { requests: 0, refused: 0, poisoned: 0, invalid: 0, faults: {} }
}
