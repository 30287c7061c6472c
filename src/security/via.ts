import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * The person behind a user's token: who created the token for them, or set the password that they logged in with. They could
 * have acted in the user's place.
 */
export interface Via {
  id: string
  email: string
}

/**
 * The person behind the user of a run, kept for the run, so that the audit's one helper marks every row without it being passed
 * along. A worker has no user, and no run: there it would cost something for each message.
 */
const runs = new AsyncLocalStorage<{ via: Via | null }>()

/** Runs a command whose user may act by another's token. */
export function inRun<T>(work: () => Promise<T>): Promise<T> {
  return runs.run({ via: null }, work)
}

/** Sets the person behind the user of this run, as soon as that is known. */
export function actVia(via: Via | null): void {
  const run = runs.getStore()
  if (run) run.via = via
  else if (via) throw new Error('a token created by another user was used outside of a run')
}

export function currentVia(): Via | null {
  return runs.getStore()?.via ?? null
}
