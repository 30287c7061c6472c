import type { CampError } from '../errors.ts'
import type { Log } from '../log.ts'
import { SecretMismatch } from '../security/fingerprint.ts'

/**
 * Runs work, and reports once if it failed because of a fault of this process: every further claim would meet it again. The
 * error is still thrown.
 */
export function faults(log: Log) {
  let tell: (error: CampError) => void
  const fault = new Promise<CampError>(resolve => {
    tell = resolve
  })
  let told = false
  const heeding =
    <Args extends unknown[]>(work: (...args: Args) => Promise<void>) =>
    async (...args: Args): Promise<void> => {
      try {
        await work(...args)
      } catch (error) {
        if (error instanceof SecretMismatch && !told) {
          told = true
          log.error({ event: 'worker.secret_mismatch', err: error }, error.message)
          tell(error)
        }
        throw error
      }
    }
  return { fault, heeding }
}
