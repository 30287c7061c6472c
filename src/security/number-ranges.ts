/** Sets of row numbers, as PostgreSQL writes an int8multirange: {[1,501),[502,503)}. */

/** @param numbers ascending, each once */
export function rangesOf(numbers: readonly number[]): string {
  const ranges: [number, number][] = []
  for (const n of numbers) {
    const last = ranges.at(-1)
    if (last && n === last[1]) last[1] = n + 1
    else ranges.push([n, n + 1])
  }
  return `{${ranges.map(([from, to]) => `[${from},${to})`).join(',')}}`
}

/** @returns the numbers, ascending; empty if it is not a set of ranges, or one of more than `most` */
export function numbersOf(ranges: string, most: number): number[] {
  const numbers: number[] = []
  for (const [, from, to] of ranges.matchAll(/\[(-?\d+),(-?\d+)\)/g)) {
    if (Number(to) - Number(from) > most - numbers.length) return []
    for (let n = Number(from); n < Number(to); n++) numbers.push(n)
  }
  return numbers
}
