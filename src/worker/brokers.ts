import type pg from 'pg'
import { adapterOf } from '../broker/registry.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'

/** A broker as a worker needs it. */
export interface ServedBroker {
  id: string
  name: string
  adapter: string
  webhook_version: number
}

/**
 * @param names the brokers to serve; undefined: all
 * @throws CampError NOT_FOUND for an unknown name
 */
export async function brokersToServe(pool: pg.Pool, names: readonly string[] | undefined): Promise<ServedBroker[]> {
  const { rows } = await pool.query<ServedBroker>(
    `SELECT id, name, adapter, webhook_version FROM "Broker" ORDER BY name`,
  )
  const missing = names?.filter(name => rows.every(row => row.name !== name)) ?? []
  if (missing.length > 0) {
    throw new CampError('BROKER_NOT_FOUND', t`no broker "${missing.join('", "')}"`, {
      hint: t`camp broker list shows them.`,
    })
  }
  return names ? rows.filter(row => names.includes(row.name)) : rows
}

/** @returns the names of those that report by callbacks */
export async function callingBack(brokers: readonly ServedBroker[]): Promise<string[]> {
  const names: string[] = []
  for (const { name, adapter } of brokers) {
    // An unknown adapter belongs to a newer camp, which serves it.
    const known = await adapterOf(adapter).catch(() => undefined)
    if (known?.callback) names.push(name)
  }
  return names
}
