import type pg from 'pg'
import type { Adapter } from '../broker/port.ts'
import { adapterOf } from '../broker/registry.ts'
import type { Clock } from '../clock.ts'
import type { Keys } from '../security/keys.ts'
import { openSealed } from '../security/seal.ts'
import { webhookToken } from '../security/webhook-token.ts'

/** A broker as its callbacks need it. */
export interface CallbackBroker {
  id: string
  name: string
  webhook_version: number
  token: string
  adapter: Adapter
  /** Of every wallet: a signature is checked with each. */
  credentials: unknown[]
}

/** Finds brokers by id or name, without asking the database for each callback. */
export interface Directory {
  find(reference: string): Promise<CallbackBroker | undefined>
}

/** A new secret or credential counts after this long at the latest. */
const FRESH_MS = 5_000
/** Whoever tries names must not make us ask the database for each. */
const MISS_MS = 1_000

export function openDirectory(pool: Pick<pg.Pool, 'query'>, keys: Keys, clock: Clock): Directory {
  let brokers = new Map<string, CallbackBroker>()
  let readAt = Number.NEGATIVE_INFINITY
  let reading: Promise<void> | undefined

  const read = async () => {
    const at = clock.now().getTime()
    brokers = await readBrokers(pool, keys)
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
  credentials: { id: string; config: unknown }[] | null
}

async function readBrokers(pool: Pick<pg.Pool, 'query'>, keys: Keys): Promise<Map<string, CallbackBroker>> {
  const { rows } = await pool.query<Row>(
    `SELECT b.id, b.name, b.adapter, b.webhook_version,
            (SELECT json_agg(json_build_object('id', c.id, 'config', c.config)) FROM "Credential" c WHERE c.broker_id = b.id) AS credentials
     FROM "Broker" b`,
  )
  const brokers = new Map<string, CallbackBroker>()
  for (const row of rows) {
    const adapter = await adapterOf(row.adapter).catch(() => undefined)
    if (!adapter) continue // of a newer camp: its callbacks are that one's to take
    const credentials = (row.credentials ?? []).flatMap(({ id, config }) => credentialOf(adapter, keys, id, config))
    const { id, name, webhook_version } = row
    const broker = { id, name, webhook_version, token: webhookToken(keys, row), adapter, credentials }
    brokers.set(row.name, broker)
    brokers.set(row.id, broker)
  }
  return brokers
}

/** None where it cannot be opened or is not this adapter's: a broken credential must not silence the others. */
function credentialOf(adapter: Adapter, keys: Keys, id: string, config: unknown): unknown[] {
  try {
    return [adapter.credential.parse(openSealed(keys, config, id))]
  } catch {
    return []
  }
}
