import type pg from 'pg'
import type { Adapter } from '../broker/port.ts'
import { adapterOf } from '../broker/registry.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { assertSecretStands } from '../security/fingerprint.ts'
import type { Keys } from '../security/keys.ts'
import { unsealCredential } from '../security/open-credential.ts'
import { webhookToken } from '../security/webhook-token.ts'

/** What is needed of a broker to handle its callbacks. */
export interface CallbackBroker {
  id: string
  name: string
  webhook_version: number
  token: string
  adapter: Adapter
  /** Those of all wallets: a signature is checked with each. */
  credentials: unknown[]
}

/** Finds brokers by id or name, without a query for each callback. */
export interface Directory {
  /** @throws SecretMismatch: with another secret every token would be wrong, and no credential could be opened */
  find(reference: string): Promise<CallbackBroker | undefined>
}

/** A new secret or credential takes effect after this time at the latest. */
const FRESH_MS = 5_000
/** Limits the queries that requests with guessed names can cause. */
const MISS_MS = 1_000

export interface DirectoryDeps {
  pool: Pick<pg.Pool, 'query'>
  keys: Keys
  clock: Clock
  log: Log
}

export function openDirectory({ pool, keys, clock, log }: DirectoryDeps): Directory {
  let brokers = new Map<string, CallbackBroker>()
  let readAt = Number.NEGATIVE_INFINITY
  let reading: Promise<void> | undefined
  const reported = new Set<string>()
  const onClosed: OnClosed = (broker, credential, reason) => {
    if (reported.has(credential)) return
    reported.add(credential)
    log.warn(
      { event: 'callback.credential_unusable', broker, credential, reason },
      'a credential is unusable: no signature is checked with it',
    )
  }

  const read = async () => {
    const at = clock.now().getTime()
    await assertSecretStands(pool, keys)
    brokers = await readBrokers(pool, keys, onClosed)
    readAt = at
  }
  const readOnce = () => {
    reading ??= read().finally(() => {
      reading = undefined
    })
    return reading
  }
  return {
    async find(reference) {
      const age = clock.now().getTime() - readAt
      if (age > FRESH_MS || (age > MISS_MS && !brokers.has(reference))) await readOnce()
      return brokers.get(reference)
    },
  }
}

interface Row {
  id: string
  name: string
  adapter: string
  webhook_version: number
  credentials: { id: string; sealed: unknown }[] | null
}

type OnClosed = (broker: string, credential: string, reason: string) => void

async function readBrokers(
  pool: Pick<pg.Pool, 'query'>,
  keys: Keys,
  onClosed: OnClosed,
): Promise<Map<string, CallbackBroker>> {
  const { rows } = await pool.query<Row>(
    `SELECT b.id, b.name, b.adapter, b.webhook_version,
            (SELECT json_agg(json_build_object('id', c.id, 'sealed', c.config)) FROM "Credential" c WHERE c.broker_id = b.id) AS credentials
     FROM "Broker" b`,
  )
  const brokers = new Map<string, CallbackBroker>()
  for (const row of rows) {
    const adapter = await adapterOf(row.adapter).catch(() => undefined)
    if (!adapter) continue // it belongs to a newer camp, which handles its callbacks
    const opened = (row.credentials ?? []).map(sealed => ({
      id: sealed.id,
      ...unsealCredential(keys, adapter, sealed),
    }))
    // An unusable credential must not disable the others.
    const credentials = opened.flatMap(({ id, config, closed, unfit }) => {
      const flaw = closed ?? unfit
      if (flaw === undefined) return [config]
      onClosed(row.name, id, flaw)
      return []
    })
    const { id, name, webhook_version } = row
    const broker = { id, name, webhook_version, token: webhookToken(keys, row), adapter, credentials }
    brokers.set(row.name, broker)
    brokers.set(row.id, broker)
  }
  return brokers
}
