import type pg from 'pg'
import type { Lane, Rewrite, Step } from './lane.ts'

/** What actors do at once; each gets the lane that it runs on. */
export interface Part {
  name: string
  work: (lane: Lane) => Promise<string>
}

/** Picks one of the steps that may run. */
export type Choose = (ready: readonly Step[]) => Step

export interface Schedule {
  /** The actors in the order in which their statements ran: it replays the schedule. */
  order: number[]
  steps: { actor: number; text: string }[]
  /** What each actor returned or threw. */
  results: ({ value: string } | { error: unknown })[]
  deadlocks: number
}

/**
 * Runs parts on their lanes, one statement at a time. A statement that has not returned after some milliseconds is asked about:
 * if it waits for the lock of another lane, it is set aside until that one moves on.
 * @param watch a connection of its own
 * @throws Error with the steps if the parts do not go on
 */
export async function runSchedule(
  watch: pg.ClientBase,
  lanes: readonly Lane[],
  parts: readonly Part[],
  choose: Choose,
  rewrite: Rewrite = text => text,
): Promise<Schedule> {
  const used = lanes.slice(0, parts.length)
  const [order, steps]: [number[], Schedule['steps']] = [[], []]
  const before = used.reduce((sum, lane) => sum + lane.deadlocks, 0)
  for (const [i, lane] of used.entries()) {
    lane.rewrite = rewrite
    lane.start(() => parts[i]!.work(lane))
  }
  try {
    await Promise.all(used.map(lane => within(lane.still, steps)))
    for (;;) {
      const ready = used.flatMap(lane => (lane.state === 'READY' ? [lane.next!] : []))
      if (ready.length > 0) {
        const step = choose(ready)
        order.push(step.actor)
        steps.push({ actor: step.actor, text: step.text })
        const lane = used[step.actor]!
        lane.release()
        await untilStill(watch, used, lane, steps)
      } else if (used.every(lane => lane.state === 'ENDED')) break
      else await within(Promise.race(used.filter(isOpen).map(lane => lane.still)), steps)
      for (const lane of used.filter(({ state }) => state === 'BLOCKED')) await untilStill(watch, used, lane, steps)
    }
  } finally {
    for (const lane of used) lane.state = 'IDLE'
  }
  const deadlocks = used.reduce((sum, lane) => sum + lane.deadlocks, 0) - before
  return { order, steps, results: used.map(lane => lane.result!), deadlocks }
}

const isOpen = ({ state }: Lane) => state !== 'ENDED' && state !== 'READY'

const QUICK_MS = 3

/** Waits until the lane waits for its turn, has ended, or is blocked by another one. */
async function untilStill(
  watch: pg.ClientBase,
  lanes: readonly Lane[],
  lane: Lane,
  steps: Schedule['steps'],
): Promise<void> {
  const giveUpAt = Date.now() + GIVE_UP_MS
  let isNew = lane.state !== 'BLOCKED'
  for (;;) {
    if (isNew && (await isWithin(lane.still, QUICK_MS))) return
    isNew = true
    if (hasMoved(lane)) return
    if (await isBlocked(watch, lanes, lane)) {
      if (hasMoved(lane)) return
      lane.state = 'BLOCKED'
      return
    }
    if (Date.now() > giveUpAt) throw stuck(steps)
  }
}

function hasMoved({ state }: Lane): boolean {
  return state === 'READY' || state === 'ENDED'
}

async function isBlocked(watch: pg.ClientBase, lanes: readonly Lane[], lane: Lane): Promise<boolean> {
  const { rows } = await watch.query<{ blocked: boolean }>(`SELECT pg_blocking_pids($1) && $2::int[] AS blocked`, [
    lane.pid,
    lanes.map(({ pid }) => pid),
  ])
  return rows[0]!.blocked
}

const GIVE_UP_MS = 30_000

async function within(promise: Promise<void>, steps: Schedule['steps']): Promise<void> {
  if (!(await isWithin(promise, GIVE_UP_MS))) throw stuck(steps)
}

async function isWithin(promise: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>(resolve => {
    timer = setTimeout(() => resolve(false), ms)
  })
  try {
    return await Promise.race([promise.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}

function stuck(steps: Schedule['steps']): Error {
  return new Error(`the schedule stands still after:\n${stepsText(steps)}`)
}

/** A line for each statement. */
export function stepsText(steps: Schedule['steps'], names: readonly string[] = []): string {
  return steps
    .map(({ actor, text }) => `  ${names[actor] ?? actor}: ${text.replace(/\s+/g, ' ').trim().slice(0, 110)}`)
    .join('\n')
}
