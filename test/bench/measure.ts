/** One line of the table: what camp did, and what it is held against. */
export interface Measurement {
  what: string
  unit: Unit
  /** camp first; one side is a measurement without a comparison. */
  sides: readonly [Side, ...Side[]]
  /** Of the first side over the second one, round by round. */
  ratio?: Spread | undefined
  goal?: Goal | undefined
}

export type Unit = 'leads/s' | 'rows/s' | 'entries/s' | 'callbacks/s' | 'ms' | 's' | 'MB' | '×' | 'CPU s'

export interface Side {
  name: string
  /** One value a round, in the measurement's unit. */
  values: readonly number[]
  costs?: Costs | undefined
}

/** What stands beside a rate and does not depend on what else the machine does: medians of the rounds. */
export interface Costs {
  /** CPU seconds per 1,000 leads, of the sender: camp's workers, or the loop. */
  worker: number
  postgres: number
  /** null: it keeps its jobs in PostgreSQL, or has none. */
  queue: number | null
  sandbox: number
  /** Bytes of WAL per lead, the full pages after a checkpoint included. */
  wal: number
}

interface Goal {
  text: string
  met: boolean
}

export interface Spread {
  median: number
  min: number
  max: number
}

/** Whether it meets its goal, or has none. */
export function passes({ goal }: Measurement): boolean {
  return goal === undefined || goal.met
}

/**
 * Rates of which camp's must be at least `least` times the other's. The rates shown are medians; the ratio is the median of the rounds'
 * own ratios, because what else the machine does is not the same from one minute to the next.
 */
export function compareRates(what: string, unit: Unit, camp: Side, other: Side, least?: number): Measurement {
  const ratio = ratioOf(camp, other)
  const goal = least === undefined ? undefined : { text: `≥ ${least} ×`, met: ratio.median >= least }
  return { what, unit, sides: [camp, other], ratio, goal }
}

/** Times, or amounts, of which camp's must be at most `most` times the other's. */
export function compareCosts(what: string, unit: Unit, camp: Side, other: Side, most?: number): Measurement {
  const ratio = ratioOf(camp, other)
  const goal = most === undefined ? undefined : { text: `≤ ${most} ×`, met: ratio.median <= most }
  return { what, unit, sides: [camp, other], ratio, goal }
}

/** Values that must be at most `most`, compared with nothing. */
export function single(what: string, unit: Unit, values: readonly number[], most?: number): Measurement {
  const goal = most === undefined ? undefined : { text: `≤ ${most} ${unit}`, met: spreadOf(values).median <= most }
  return { what, unit, sides: [{ name: 'camp', values }], goal }
}

function ratioOf(one: Side, other: Side): Spread {
  return spreadOf(one.values.map((value, round) => value / other.values[round]!))
}

export function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]!
}

/** @returns how long it took, in seconds */
export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now()
  await work()
  return (performance.now() - from) / 1000
}

/** What is going on: a run takes minutes. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

/** How much of a part is measured: `--size` and `--rounds`. */
export interface Size {
  /** @param full at size 1 */
  count(full: number): number
  /** @param full without `--rounds` */
  rounds(full: number): number
  /** Where camp and the textbook keep their jobs. */
  queue: 'redis' | 'postgres'
}
