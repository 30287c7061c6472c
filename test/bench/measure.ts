/** One line of the table. */
export interface Measurement {
  what: string
  figure: string
  /** What it was held against, and that one's figure. */
  against: string
  ratio?: number
  bar: { text: string; holds: boolean }
}

export function passes({ bar }: Measurement): boolean {
  return bar.holds
}

/**
 * A rate that must be at least `least` times another's. The rates shown are medians; the ratio is the median of the rounds' own
 * ratios, because what else the machine does is not the same from one minute to the next.
 */
export function compareRates(what: string, one: Rates, other: Rates & { name: string }, least: number): Measurement {
  const ratio = median(one.perSecond.map((rate, round) => rate / other.perSecond[round]!))
  return {
    what,
    figure: rateText(one),
    against: `${other.name} ${rateText(other)}`,
    ratio,
    bar: { text: `>= ${least}`, holds: ratio >= least },
  }
}

/** Of rounds, in which each took its turn. */
export interface Rates {
  perSecond: readonly number[]
  unit: string
}

function rateText({ perSecond, unit }: Rates): string {
  return `${Math.round(median(perSecond)).toLocaleString('en-US')} ${unit}/s`
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
