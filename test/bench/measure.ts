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

/** A rate that must be at least `least` times another's. */
export function compareRates(what: string, figure: Rate, against: Rate & { name: string }, least: number): Measurement {
  const ratio = figure.perSecond / against.perSecond
  return {
    what,
    figure: rateText(figure),
    against: `${against.name} ${rateText(against)}`,
    ratio,
    bar: { text: `>= ${least}`, holds: ratio >= least },
  }
}

export interface Rate {
  perSecond: number
  unit: string
}

function rateText({ perSecond, unit }: Rate): string {
  return `${Math.round(perSecond).toLocaleString('en-US')} ${unit}/s`
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
