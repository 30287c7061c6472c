const FIRST_IN_MILLISECONDS = 100_000_000_000

/** Seconds or milliseconds, distinguished by size: as seconds, the boundary is the year 5138; as milliseconds, 1973. */
export function instantOf(written: string | undefined): Date | undefined {
  const number = Number(written)
  const instant = new Date(number < FIRST_IN_MILLISECONDS ? number * 1000 : number)
  return number > 0 && !Number.isNaN(instant.getTime()) ? instant : undefined
}
