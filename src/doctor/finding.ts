/** The result of a check. fail: camp does not work, or not completely. warn: it works, and something should be changed. */
export interface Finding {
  state: 'ok' | 'warn' | 'fail'
  /** What was checked, in a word or two. */
  check: string
  /** What was found, without a full stop. */
  found: string
  /** What to do, as a sentence or a command; null for ok. */
  remedy: string | null
}

export function ok(check: string, found: string): Finding {
  return { state: 'ok', check, found, remedy: null }
}

export function warn(check: string, found: string, remedy: string): Finding {
  return { state: 'warn', check, found, remedy }
}

export function fail(check: string, found: string, remedy: string): Finding {
  return { state: 'fail', check, found, remedy }
}
