import { type Footprint, isDependent } from './footprint.ts'
import type { Step } from './lane.ts'
import type { Choose } from './schedule.ts'

interface Choice {
  ready: readonly Step[]
  /** Steps that need not be tried here: what they lead to was seen in another order. */
  asleep: Map<number, Footprint>
  chosen: Step
}

/**
 * All orders of two actors' statements, depth first, without those that differ from another only in the order of independent
 * steps (sleep sets). For more actors than two a step that ends the wait of a third would have that one's footprint, too.
 */
export class AllOrders {
  #choices: Choice[] = []
  #depth = 0
  #isRedundant = false
  #last = 0
  isDone = false

  /** Of the next schedule. */
  choose: Choose = ready => {
    const depth = this.#depth++
    const known = this.#choices[depth]
    const chosen = known ? this.#replay(known, ready) : this.#extend(ready)
    this.#last = chosen.actor
    return chosen
  }

  /** To be called after each schedule. @returns false if it only repeated another one in another order */
  next(): boolean {
    const isNew = !this.#isRedundant
    for (;;) {
      const choice = this.#choices.at(-1)
      if (!choice) {
        this.isDone = true
        break
      }
      choice.asleep.set(choice.chosen.actor, choice.chosen.footprint)
      const other = choice.ready.find(step => !choice.asleep.has(step.actor))
      if (other) {
        choice.chosen = other
        break
      }
      this.#choices.pop()
    }
    this.#depth = 0
    this.#isRedundant = false
    this.#last = 0
    return isNew
  }

  #replay(choice: Choice, ready: readonly Step[]): Step {
    const chosen = ready.find(step => step.actor === choice.chosen.actor)
    if (chosen?.text !== choice.chosen.text || ready.length !== choice.ready.length) {
      const [before, now] = [choice.ready, ready].map(steps =>
        steps.map(({ actor, text }) => `${actor}: ${text}`).join('\n'),
      )
      throw new Error(`the same choices led to other statements:\n${before}\nand now:\n${now}`)
    }
    // Their footprints are those of this run.
    choice.chosen = chosen
    return chosen
  }

  #extend(ready: readonly Step[]): Step {
    const asleep = this.#inherited()
    // Without a switch of actors, where that is possible: the first schedule is the serial one.
    const usual = [...ready].sort((a, b) => Number(b.actor === this.#last) - Number(a.actor === this.#last))
    const chosen = this.#isRedundant ? undefined : usual.find(step => !asleep.has(step.actor))
    if (!chosen) {
      this.#isRedundant = true
      return usual[0]!
    }
    this.#choices.push({ ready, asleep, chosen })
    return chosen
  }

  #inherited(): Map<number, Footprint> {
    const before = this.#choices.at(-1)
    if (!before) return new Map()
    return new Map([...before.asleep].filter(([, footprint]) => !isDependent(footprint, before.chosen.footprint)))
  }
}

/** The last actor first, then the one before. */
export const lastFirst: Choose = ready => ready.at(-1)!

/** Orders by a seed: half of the time the same actor goes on. */
export function randomOrder(random: () => number): Choose {
  let last = -1
  return ready => {
    const same = ready.find(step => step.actor === last)
    const chosen = same && random() < 0.5 ? same : ready[Math.floor(random() * ready.length)]!
    last = chosen.actor
    return chosen
  }
}

/** The order of an earlier schedule. @throws Error if the actor is not ready */
export function replayOf(order: readonly number[]): Choose {
  let at = 0
  return ready => {
    const actor = order[at++]
    const step = ready.find(one => one.actor === actor)
    if (!step) throw new Error(`step ${at}: actor ${actor} is not ready`)
    return step
  }
}

/** Mulberry32. @returns numbers from 0 to below 1, the same for the same seed */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
