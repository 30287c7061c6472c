import type { Clock } from '../clock.ts'
import { unreachable } from '../errors.ts'
import { type CallbackStatus, Callbacks, messageId } from './callbacks.ts'
import { chanceOf, diceOf } from './chance.ts'
import { type Control, changeControl, FAULTS, type Fate, type Fault } from './control.ts'
import type { Journal } from './journal.ts'
import type { Tally } from './tally.ts'

export interface InboundMessage {
  key: string
  phone: string
}

export type MessageResult =
  | { key: string; status: 'accepted'; id: string }
  | { key: string; status: 'rejected'; code: string; detail: string }

export interface Stats {
  requests: number
  /** Messages that were accepted, and of how many different keys. */
  accepted: number
  unique: number
  /** accepted − unique: above 0, somebody received a message twice. */
  duplicates: number
  /** Some of the keys that came twice, for whoever must find out why. */
  duplicate_keys: string[]
  /** Messages refused one by one. */
  refused: number
  /** Requests refused whole because of a poisoned key or phone. */
  poisoned: number
  faults: Partial<Record<Fault, number>>
  callbacks: { waiting: number; delivered: number; failed: number; dropped: number }
}

const MOST_STARTS = 200_000
const MOST_DUPLICATE_KEYS = 20

/** The stand-in broker without its HTTP: what it takes, what it refuses, what it counts, what it tells afterwards. */
export class Engine {
  #control: Control
  readonly #seed: number
  readonly #dice: () => number
  readonly #clock: Clock
  readonly #journal: Journal | undefined
  readonly #tally: Tally
  readonly #callbacks: Callbacks
  #starts: number[] = []
  #duplicateKeys: string[] = []
  #counts = zero()

  /** @param options.tally what was counted before (a journal's) */
  constructor(options: { control: Control; seed: number; clock: Clock; tally: Tally; journal: Journal | undefined }) {
    this.#control = options.control
    this.#seed = options.seed
    this.#dice = diceOf(options.seed)
    this.#clock = options.clock
    this.#tally = options.tally
    this.#journal = options.journal
    this.#callbacks = new Callbacks({
      clock: options.clock,
      delayMs: () => this.#between(this.#control.callbacks.delay_ms),
      twice: () => this.#happens(this.#control.callbacks.duplicated),
    })
  }

  get control(): Control {
    return this.#control
  }

  /** @throws CampError DATA when it cannot be */
  change(change: unknown): Control {
    this.#control = changeControl(this.#control, change)
    return this.#control
  }

  latencyMs(): number {
    return this.#between(this.#control.latency_ms)
  }

  /** What goes wrong with the request that has just come, if anything. */
  nextFault(): Fault | undefined {
    const fault = this.#ordered() ?? this.#drawn()
    if (fault) this.#counts.faults[fault] = (this.#counts.faults[fault] ?? 0) + 1
    return fault
  }

  /** A request begins. */
  started(): void {
    this.#counts.requests++
    if (this.#starts.length < MOST_STARTS) this.#starts.push(this.#clock.now().getTime())
  }

  poisoned(messages: readonly InboundMessage[]): boolean {
    if (this.#control.poison.length === 0) return false
    const poison = new Set(this.#control.poison)
    const found = messages.some(({ key, phone }) => poison.has(key) || poison.has(phone))
    if (found) this.#counts.poisoned++
    return found
  }

  /** Takes the messages, counts them (in the journal first) and plans their callbacks. */
  accept(messages: readonly InboundMessage[], callbackUrl: string | undefined): MessageResult[] {
    const accepted = messages.filter(message => !this.#refuses(message))
    this.#journal?.append(accepted.map(({ key }) => key))
    for (const { key } of accepted) this.#count(key)
    this.#counts.refused += messages.length - accepted.length
    if (callbackUrl) this.#tell(accepted, callbackUrl)
    const taken = new Set(accepted)
    return messages.map(message =>
      taken.has(message)
        ? { key: message.key, status: 'accepted', id: messageId(message.key) }
        : { key: message.key, status: 'rejected', code: 'REFUSED', detail: 'the sandbox was told to refuse it' },
    )
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
      callbacks: { ...this.#callbacks.counts },
    }
  }

  /** Forgets what it counted; what it has to tell goes on, and a journal stays as it is. */
  reset(): void {
    this.#tally.clear()
    this.#starts = []
    this.#duplicateKeys = []
    this.#counts = zero()
  }

  async close(): Promise<void> {
    await this.#callbacks.close()
    this.#journal?.close()
  }

  #count(key: string): void {
    if (this.#tally.add(key) === 2 && this.#duplicateKeys.length < MOST_DUPLICATE_KEYS) this.#duplicateKeys.push(key)
  }

  #refuses({ key, phone }: InboundMessage): boolean {
    const fate = this.#control.phones[phone]
    return fate ? fate === 'refuse' : this.#chance(key, 'refused') < this.#control.refused
  }

  #tell(accepted: readonly InboundMessage[], url: string): void {
    const byFate = new Map<Fate, string[]>()
    for (const { key, phone } of accepted) {
      const fate = this.#control.phones[phone] ?? this.#fateOf(key)
      const keys = byFate.get(fate)
      if (keys) keys.push(key)
      else byFate.set(fate, [key])
    }
    for (const [fate, keys] of byFate) this.#callbacks.tell({ url, keys, statuses: statusesOf(fate) })
  }

  #fateOf(key: string): Fate {
    const { delivered, failed, read, opt_out } = this.#control.callbacks
    const chance = this.#chance(key, 'delivery')
    if (chance < failed) return 'fail'
    if (chance >= failed + delivered) return 'silent'
    if (this.#chance(key, 'opt_out') < opt_out) return 'opt_out'
    return this.#chance(key, 'read') < read ? 'read' : 'deliver'
  }

  #ordered(): Fault | undefined {
    const [first, ...rest] = this.#control.next
    if (!first) return undefined
    const next = first.times > 1 ? [{ ...first, times: first.times - 1 }, ...rest] : rest
    this.#control = { ...this.#control, next }
    return first.fault
  }

  #drawn(): Fault | undefined {
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

function statusesOf(fate: Fate): CallbackStatus[] {
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

function zero(): Pick<Stats, 'requests' | 'refused' | 'poisoned' | 'faults'> {
  return { requests: 0, refused: 0, poisoned: 0, faults: {} }
}
