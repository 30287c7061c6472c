import { z } from 'zod'
import { type Control, changeControl, impossible } from './control.ts'
import type { Engine, Received, Stats } from './engine.ts'
import type { Route } from './simulated-broker.ts'

/** All brokers of a sandbox. */
export class SimulatedBrokers {
  readonly #engines: readonly Engine[]

  constructor(engines: readonly Engine[]) {
    this.#engines = engines
  }

  has(name: string): boolean {
    return this.#engines.some(engine => engine.broker.name === name)
  }

  /** The broker and route of a path. */
  find(method: string, path: string): { engine: Engine; route: Route; parts: readonly string[] } | undefined {
    for (const engine of this.#engines) {
      for (const route of engine.broker.routes) {
        const parts = route.method === method ? route.path.exec(path) : null
        if (parts) return { engine, route, parts: parts.slice(1) }
      }
    }
    return undefined
  }

  /** Without a name, the sandbox's own: the settings for all brokers. */
  control(name = 'SANDBOX'): Control {
    return this.#of(name).control
  }

  /** All changes or none are applied. @throws CampError DATA */
  change(change: unknown): Control {
    const read = z.looseObject({ brokers: z.record(z.enum(this.#names()), z.unknown()).optional() }).safeParse(change)
    if (!read.success) throw impossible(read.error)
    const { brokers = {}, ...forAll } = read.data
    const changes = this.#engines.flatMap(engine => {
      const own = brokers[engine.broker.name]
      return [forAll, ...(own === undefined ? [] : [own])].map(one => ({ engine, one }))
    })
    for (const { engine, one } of changes) changeControl(engine.control, one, engine.broker.quirks)
    for (const { engine, one } of changes) engine.change(one)
    return this.control()
  }

  stats(name?: string): Stats {
    return name === undefined ? this.#engines.map(engine => engine.stats()).reduce(sum) : this.#of(name).stats()
  }

  /** The sum, and each broker that received a request. */
  allStats(): Stats & { brokers: Record<string, Stats> } {
    const busy = this.#engines.map(engine => [engine.broker.name, engine.stats()] as const)
    return { ...this.stats(), brokers: Object.fromEntries(busy.filter(([, stats]) => stats.requests > 0)) }
  }

  countOf(key: string): number {
    return this.#engines.reduce((count, engine) => count + engine.countOf(key), 0)
  }

  starts(): number[] {
    return this.#engines.flatMap(engine => engine.starts).sort((a, b) => a - b)
  }

  messages(phone: string | null): Received[] {
    return this.#engines.flatMap(engine => engine.receivedBy(phone))
  }

  reset(): void {
    for (const engine of this.#engines) engine.reset()
  }

  #names(): string[] {
    return this.#engines.map(engine => engine.broker.name)
  }

  #of(name: string): Engine {
    const engine = this.#engines.find(one => one.broker.name === name)
    if (!engine) throw new Error(`there is no broker ${name}`)
    return engine
  }
}

function sum(a: Stats, b: Stats): Stats {
  const faults = { ...a.faults }
  for (const [fault, n] of Object.entries(b.faults) as [keyof typeof faults, number][]) {
    faults[fault] = (faults[fault] ?? 0) + n
  }
  return {
    requests: a.requests + b.requests,
    accepted: a.accepted + b.accepted,
    unique: a.unique + b.unique,
    duplicates: a.duplicates + b.duplicates,
    duplicate_keys: [...a.duplicate_keys, ...b.duplicate_keys],
    refused: a.refused + b.refused,
    poisoned: a.poisoned + b.poisoned,
    invalid: a.invalid + b.invalid,
    violations: [...a.violations, ...b.violations],
    faults,
    callbacks: {
      waiting: a.callbacks.waiting + b.callbacks.waiting,
      delivered: a.callbacks.delivered + b.callbacks.delivered,
      failed: a.callbacks.failed + b.callbacks.failed,
      dropped: a.callbacks.dropped + b.callbacks.dropped,
    },
  }
}
