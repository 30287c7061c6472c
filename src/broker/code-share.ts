/** So many of the last messages, or more, with one code: then it concerns more than their recipients. */
export interface Share {
  most: number
  of: number
}

/**
 * Finds a code that many of the last messages have: at least `most` of some `of` messages in a row.
 * @param codes of each message, oldest first; '' for one without a failure
 * @param judged the codes that are judged so
 * @returns the code, and how many of those messages have it; undefined if there is none
 */
export function codeOfMany(
  codes: readonly string[],
  judged: { has(code: string): boolean },
  { most, of }: Share,
): { code: string; count: number } | undefined {
  const counts = new Map<string, number>()
  for (const [i, code] of codes.entries()) {
    const gone = codes[i - of]
    if (gone !== undefined) counts.set(gone, counts.get(gone)! - 1)
    const count = (counts.get(code) ?? 0) + 1
    counts.set(code, count)
    if (count >= most && judged.has(code)) return { code, count }
  }
  return undefined
}
