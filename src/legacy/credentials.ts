import { unserialize } from 'php-serialize'
import { z } from 'zod'
import { adapterOf } from '../broker/registry.ts'
import { wrongValue } from '../language/wrong-value.ts'
import { flawOf, hasCredential, setCredential } from '../security/credentials.ts'
import type { BrokerRef, Brokers } from './brokers.ts'
import type { Step } from './deps.ts'
import { mapCredential } from './providers.ts'
import type { Survey } from './survey.ts'
import { wholeNumber } from './survey.ts'
import { CREDENTIAL_OPTION, SHARED_OPTION } from './tables.ts'
import type { Wallets } from './wallets.ts'

const TABLE = CREDENTIAL_OPTION

const entries = z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown())))
const fields = z.record(z.string(), z.unknown())

/**
 * Takes the old credentials, sealed with the secret. A credential of camp stays as it is. What does not fit the adapter is refused by
 * the names of its keys; values are never shown.
 */
export async function takeCredentials(step: Step, survey: Survey, wallets: Wallets, brokers: Brokers): Promise<void> {
  const { tally } = step
  const own = optionOf(survey, CREDENTIAL_OPTION, entries)
  const shared = optionOf(survey, SHARED_OPTION, fields)
  for (const [name, read] of [[CREDENTIAL_OPTION, own] as const, [SHARED_OPTION, shared] as const]) {
    if (read === 'UNREADABLE')
      tally.refused({ table: 'options', id: name, code: 'OPTION_UNREADABLE', detail: 'it is not what PHP serializes' })
  }
  const seen = new Set<string>()
  for (const [provider, places] of Object.entries(typeof own === 'object' ? own : {})) {
    for (const [place, config] of Object.entries(places)) {
      const id = `${provider.slice(0, 40)}/${place.slice(0, 40)}`
      const broker = brokers.of(provider)
      const idgis = wholeNumber(place)
      const wallet = (idgis !== undefined && wallets.byIdgis.get(idgis)) || wallets.byCarteira.get(place)
      if (!('id' in broker)) tally.refused({ table: TABLE, id, ...broker })
      else if (!wallet)
        tally.refused({ table: TABLE, id, code: 'WALLET_UNKNOWN', detail: 'no wallet has this idgis number or id' })
      else {
        const key = `${wallet.id}/${broker.id}`
        if (seen.has(key)) {
          const detail = 'another entry is for the same wallet and broker'
          tally.refused({ table: TABLE, id, code: 'ALREADY_SET', detail })
          continue
        }
        seen.add(key)
        await take(step, id, { wallet, broker, config, shared: typeof shared === 'object' ? shared : {} })
      }
    }
  }
}

interface Given {
  wallet: { id: string; name: string }
  broker: BrokerRef
  config: Readonly<Record<string, unknown>>
  shared: Readonly<Record<string, unknown>>
}

async function take({ deps, request, tally }: Step, id: string, { wallet, broker, ...given }: Given): Promise<void> {
  const adapter = await adapterOf(broker.adapter)
  const { config, unknown } = mapCredential(adapter.name, given.config, given.shared)
  const read = adapter.credential.safeParse(config, { error: wrongValue })
  if (unknown.length > 0 || !read.success) {
    const names = unknown.map(name => `"${name.slice(0, 40)}"`).join(', ')
    const flaws = [
      names && `keys that ${adapter.name} does not have: ${names}`,
      read.error && flawOf(config, read.error),
    ]
    tally.refused({ table: TABLE, id, code: 'CREDENTIAL_UNFIT', detail: flaws.filter(Boolean).join('; ') })
    return
  }
  const isThere = await hasCredential(deps.pool, { wallet_id: wallet.id, broker_id: broker.id })
  if (isThere) tally.already(TABLE)
  else {
    if (!request.dryRun)
      await setCredential(deps.prisma, deps.keys, { id: request.userId }, { wallet, broker, adapter }, config)
    tally.taken(TABLE)
  }
}

/** @returns undefined if there is no such option, or it is empty */
function optionOf<Schema extends z.ZodType>(
  { rows }: Survey,
  name: string,
  schema: Schema,
): z.output<Schema> | 'UNREADABLE' | undefined {
  const value = rows.options.find(row => row.option_name === name)?.option_value
  if (!value) return undefined
  try {
    // WordPress serializes a value again that was given to it serialized.
    const once: unknown = unserialize(value)
    const read = schema.safeParse(asRecords(typeof once === 'string' && once !== '' ? unserialize(once) : once))
    return read.success ? read.data : 'UNREADABLE'
  } catch {
    return 'UNREADABLE'
  }
}

/** PHP's arrays with the keys 0, 1, … arrive as arrays. */
function asRecords(value: unknown): unknown {
  if (Array.isArray(value)) return Object.fromEntries(value.map((entry, i) => [String(i), asRecords(entry)]))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, asRecords(entry)]))
}
