import { v7 as uuidv7 } from 'uuid'
import { moneyOf, parseAmount } from '../budget/money.ts'
import { addBroker, listBrokers } from '../catalog/brokers.ts'
import { findBroker } from '../catalog/find.ts'
import type { Step } from './deps.ts'
import { adapterNameOf, providerName } from './providers.ts'
import type { Survey } from './survey.ts'
import type { RejectCode } from './tally.ts'

export interface BrokerRef {
  id: string
  name: string
  adapter: string
}

/** Why a provider is no broker. */
interface NoBroker {
  code: Extract<RejectCode, 'PROVIDER_UNKNOWN' | 'BROKER_MISSING'>
  detail: string
}

export interface Brokers {
  /** @param provider as the old system writes it */
  of: (provider: string) => BrokerRef | NoBroker
  /** The old price of a message, a decimal string; null: it is not known. */
  priceOf: (provider: string) => string | null
}

const TABLE = 'pc_custos_providers'

/**
 * Takes the old prices: a broker that camp does not have is added with its price. A broker of camp keeps its own.
 * @throws CampError BROKER_NOT_FOUND for --broker
 */
export async function takeBrokers(step: Step, { rows }: Survey): Promise<Brokers> {
  const { deps, request, tally } = step
  const known: BrokerRef[] = await listBrokers(deps.prisma)
  const chosen = new Map<string, BrokerRef>()
  for (const [provider, ref] of Object.entries(request.brokers))
    chosen.set(providerName(provider), await findBroker(deps.prisma, ref))
  const prices = new Map<string, string>()
  const of = (text: string) => brokerOf(providerName(text), chosen, known)
  for (const row of rows[TABLE]) {
    const provider = row.provider ?? ''
    const id = row.id ?? ''
    const price = priceIn(row.custo_por_disparo)
    const found = of(provider)
    if (price === undefined) {
      const detail = `the price of ${shown(provider)} is not an amount above 0`
      tally.refused({ table: TABLE, id, code: 'INVALID_AMOUNT', detail })
      continue
    }
    prices.set(providerName(provider), price)
    if ('id' in found) tally.already(TABLE)
    else if (found.code === 'PROVIDER_UNKNOWN') tally.refused({ table: TABLE, id, ...found })
    else {
      known.push(await add(step, adapterNameOf(providerName(provider))!, price))
      tally.taken(TABLE)
    }
  }
  return { of, priceOf: provider => prices.get(providerName(provider)) ?? null }
}

function brokerOf(
  provider: string,
  chosen: ReadonlyMap<string, BrokerRef>,
  known: readonly BrokerRef[],
): BrokerRef | NoBroker {
  const given = chosen.get(provider)
  if (given) return given
  const adapter = adapterNameOf(provider)
  if (adapter === undefined) {
    const detail = `no adapter is known for the provider ${shown(provider)}: --broker ${shown(provider)}=BROKER`
    return { code: 'PROVIDER_UNKNOWN', detail }
  }
  const fitting = known.filter(broker => broker.adapter === adapter)
  const found = fitting.find(broker => broker.name.toUpperCase() === adapter) ?? fitting[0]
  if (found && (fitting.length === 1 || found.name.toUpperCase() === adapter)) return found
  const detail =
    fitting.length === 0
      ? `the old system has no price for it: camp broker add ${adapter} --adapter ${adapter} --cost PRICE`
      : `several brokers have the adapter ${adapter}: --broker ${shown(provider)}=BROKER`
  return { code: 'BROKER_MISSING', detail }
}

/** A name from the old system, short. */
function shown(provider: string): string {
  return provider === '' ? '(empty)' : provider.slice(0, 40)
}

function priceIn(text: string | null | undefined): string | undefined {
  try {
    const price = parseAmount(text ?? '', 4)
    return moneyOf(price) > 0n ? price : undefined
  } catch {
    return undefined
  }
}

async function add({ deps, request }: Step, adapter: string, cost: string): Promise<BrokerRef> {
  if (request.dryRun) return { id: uuidv7(), name: adapter, adapter }
  const broker = {
    name: adapter,
    adapter,
    cost,
    rateLimit: undefined,
    concurrency: undefined,
    maxBatch: null,
    billing: 'ACCEPTED' as const,
  }
  return addBroker(deps.prisma, { id: request.userId }, broker)
}
