/** Exponential backoff with full jitter: between 0 and `FIRST_MS` doubled with each failure, at most five minutes. */
export function backoffMs(failures: number, random: () => number): number {
  const FIRST_MS = 1_000
  const ceiling = Math.min(300_000, FIRST_MS * 2 ** Math.min(failures, 20))
  return Math.round(random() * ceiling)
}
