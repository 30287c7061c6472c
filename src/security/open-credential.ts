import type { Adapter } from '../broker/port.ts'
import type { Sql } from '../database/pool.ts'
import { wrongValue } from '../language/wrong-value.ts'
import { describeKeys, flawOf } from './credentials.ts'
import { SecretMismatch, secretState } from './fingerprint.ts'
import type { Keys } from './keys.ts'
import { openSealed, opens } from './seal.ts'

export const NO_CREDENTIAL = 'the wallet has no credential at its broker: camp credential set'

/** config: validated for the adapter. flaw: why it cannot be used, and what to do, as a campaign's failure reason. */
export type OpenedCredential = { config: unknown; flaw?: undefined } | { config?: undefined; flaw: string }

/**
 * Unseals a credential. If that fails because this process has another secret than the database, the fault is this process's:
 * it throws, and its caller must not have claimed anything yet.
 * @throws SecretMismatch
 */
export async function openCredential(
  sql: Sql,
  keys: Keys,
  adapter: Adapter,
  { id, sealed }: { id: string; sealed: unknown },
): Promise<OpenedCredential> {
  const { config, closed, unfit } = unsealCredential(keys, adapter, { id, sealed })
  if (closed !== undefined) {
    if ((await secretState(sql, keys)) !== 'OURS') throw new SecretMismatch(keys.origin)
    return {
      flaw: await told(sql, id, adapter, (which, command) => `${which} cannot be opened: ${closed}. Run: ${command}`),
    }
  }
  if (unfit === undefined) return { config }
  return {
    flaw: await told(
      sql,
      id,
      adapter,
      (which, command) => `${which} is invalid for ${adapter.name}: ${unfit}. Run: ${command}`,
    ),
  }
}

type Unsealed =
  | { config: unknown; closed?: undefined; unfit?: undefined }
  | { config?: undefined; closed: string; unfit?: undefined }
  | { config?: undefined; closed?: undefined; unfit: string }

/** Opens it with these keys alone. closed: why they do not. unfit: what the adapter's schema says against it. */
export function unsealCredential(
  keys: Keys,
  adapter: Adapter,
  { id, sealed }: { id: string; sealed: unknown },
): Unsealed {
  if (!opens(keys, sealed, id)) return { closed: 'it was sealed with another CAMP_SECRET' }
  const opened = openSealed(keys, sealed, id)
  const read = adapter.credential.safeParse(opened, { error: wrongValue })
  return read.success ? { config: read.data } : { unfit: flawOf(opened, read.error) }
}

/** The same of a wallet's credential at a broker. @returns undefined where it has none @throws SecretMismatch */
export async function openCredentialOf(
  sql: Sql,
  keys: Keys,
  adapter: Adapter,
  { wallet_id, broker_id }: { wallet_id: string; broker_id: string },
): Promise<OpenedCredential | undefined> {
  const { rows } = await sql.query<{ id: string; sealed: unknown }>(
    `SELECT id, config AS sealed FROM "Credential" WHERE wallet_id = $1 AND broker_id = $2`,
    [wallet_id, broker_id],
  )
  return rows[0] && openCredential(sql, keys, adapter, rows[0])
}

/** @param what the sentence, of the credential's name and the command that sets it */
async function told(
  sql: Sql,
  id: string,
  adapter: Adapter,
  what: (which: string, command: string) => string,
): Promise<string> {
  const { rows } = await sql.query<{ wallet: string; broker: string }>(
    `SELECT w.name AS wallet, b.name AS broker FROM "Credential" k
     JOIN "Wallet" w ON w.id = k.wallet_id JOIN "Broker" b ON b.id = k.broker_id WHERE k.id = $1`,
    [id],
  )
  const { wallet = '?', broker = '?' } = rows[0] ?? {}
  return what(
    `the credential of "${wallet}" at "${broker}"`,
    `camp credential set "${wallet}" "${broker}" key=value (${adapter.name} takes: ${describeKeys(adapter)})`,
  )
}
