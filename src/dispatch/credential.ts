import type { Adapter } from '../broker/port.ts'
import type { Keys } from '../security/keys.ts'
import { openSealed } from '../security/seal.ts'

export const BAD_CREDENTIAL = 'the credential does not fit its adapter: give it anew with camp credential set'

/** @returns undefined where it was sealed with another secret, or is not what its adapter takes */
export function openCredential(
  keys: Keys,
  adapter: Adapter,
  { id, sealed }: { id: string; sealed: unknown },
): unknown | undefined {
  try {
    return adapter.credential.parse(openSealed(keys, sealed, id))
  } catch {
    return undefined
  }
}
