import { listedRule } from '../broker/classify-code.ts'
import { type CodeChanges, changedOverrides, codeOverridesOf, overridesText } from '../broker/code-overrides.ts'
import type { CodeClass } from '../broker/codes.ts'
import type { Adapter } from '../broker/port.ts'
import { adapterOf } from '../broker/registry.ts'
import { moneyOf, parseAmount } from '../budget/money.ts'
import type { Prisma, PrismaClient } from '../database/prisma.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import { findBroker } from './find.ts'
import { assertNameFree, assertNoDefault, assertUnused, auditRecord, type By, differences, orTaken } from './guards.ts'

export type Broker = Prisma.BrokerModel

export interface NewBroker {
  name: string
  /** Upper or lower case. */
  adapter: string
  /** Price of one message, as typed: "0,0450". */
  cost: string
  /** Requests per second, a decimal string; null: no limit; undefined: the default of the adapter. */
  rateLimit: string | null | undefined
  /** Requests in flight per credential; null: no limit; undefined: the default of the adapter. */
  concurrency: number | null | undefined
  /** Messages in a batch; null: the adapter's own number. */
  maxBatch: number | null
  /** undefined: the default of the adapter. */
  billing: Broker['billing'] | undefined
}

/**
 * @throws CampError for an unknown adapter, or an invalid cost or batch size; NAME_TAKEN: another broker has the name, ignoring
 * case
 */
export async function addBroker(prisma: PrismaClient, by: By, given: NewBroker): Promise<BrokerView> {
  const adapter = await adapterOf(given.adapter.toUpperCase())
  const { name, rateLimit, concurrency = adapter.usualConcurrency ?? null, maxBatch } = given
  const { billing = adapter.usualBilling ?? 'ACCEPTED' } = given
  const data = {
    name,
    adapter: adapter.name,
    cost_per_message: unitCost(given.cost),
    rate_limit: rateLimit === undefined ? (adapter.usualRate?.toFixed(3) ?? null) : rateLimit,
    concurrency,
    max_batch: maxBatch,
    billing,
  }
  assertBatchFits(maxBatch, adapter)
  return orTaken(
    prisma.$transaction(async tx => {
      assertNameFree(name, await tx.broker.findMany({ select: { name: true } }), nameTaken)
      const made = await tx.broker.create({ data })
      await auditRecord(tx, by, 'Broker', 'add', { id: made.id, detail: data })
      return brokerView(made)
    }),
    nameTaken(name),
  )
}

/** All brokers, sorted by name. */
export async function listBrokers(prisma: PrismaClient): Promise<BrokerView[]> {
  return (await prisma.broker.findMany({ orderBy: { name: 'asc' } })).map(brokerView)
}

/** The brokers whose adapters take callbacks, sorted by name. */
export async function listCalledBack(prisma: PrismaClient): Promise<Broker[]> {
  const brokers = await prisma.broker.findMany({ orderBy: { name: 'asc' } })
  const adapters = await Promise.all(brokers.map(({ adapter }) => adapterOf(adapter)))
  return brokers.filter((_, i) => adapters[i]!.callback !== undefined)
}

export interface BrokerChange {
  name?: string
  /** As typed. */
  cost?: string
  rateLimit?: string | null
  concurrency?: number | null
  maxBatch?: number | null
  billing?: Broker['billing']
  /** Classes of its codes (src/broker/code-overrides.ts). */
  codes?: CodeChanges
  /** Voids its webhook URL, and so the callbacks about messages sent before. */
  renewWebhook?: boolean
}

/** An absent field stays unchanged. @throws CampError BROKER_NOT_FOUND; as `addBroker` */
export async function changeBroker(
  prisma: PrismaClient,
  by: By,
  ref: string,
  given: BrokerChange,
): Promise<BrokerView> {
  const { name, cost, rateLimit, concurrency, maxBatch, billing, codes, renewWebhook = false } = given
  const change = {
    ...(name !== undefined && { name }),
    ...(cost !== undefined && { cost_per_message: unitCost(cost) }),
    ...(rateLimit !== undefined && { rate_limit: rateLimit }),
    ...(concurrency !== undefined && { concurrency }),
    ...(maxBatch !== undefined && { max_batch: maxBatch }),
    ...(billing !== undefined && { billing }),
  }
  return orTaken(
    prisma.$transaction(async tx => {
      const broker = await findBroker(tx, ref)
      const { id } = broker
      const others = { where: { NOT: { id } }, select: { name: true } }
      if (name) assertNameFree(name, await tx.broker.findMany(others), nameTaken)
      if (maxBatch) assertBatchFits(maxBatch, await adapterOf(broker.adapter))
      const before = codeOverridesOf(broker.codes)
      const after = changedOverrides(before, codes ?? {})
      const detail = {
        ...differences(broker, change),
        ...(codes && { codes: { from: overridesText(before), to: overridesText(after) } }),
        ...(renewWebhook && { webhook: 'renewed' }),
      }
      await auditRecord(tx, by, 'Broker', 'set', { id, detail })
      const renewed = renewWebhook ? { webhook_version: { increment: 1 } } : {}
      const data = { ...change, ...(codes && { codes: after as unknown as Prisma.InputJsonObject }), ...renewed }
      return brokerView(await tx.broker.update({ where: { id }, data }))
    }),
    t`another broker has this name`,
  )
}

/**
 * A broker that no campaign uses, recurring ones included, and no wallet as its default.
 * @throws CampError BROKER_NOT_FOUND; RECORD_IN_USE
 */
export async function findUnusedBroker(prisma: PrismaClient, ref: string): Promise<Broker> {
  const broker = await findBroker(prisma, ref)
  await assertBrokerUnused(prisma, broker)
  return broker
}

/** Removes the broker and its credentials. @throws CampError RECORD_IN_USE; BROKER_NOT_FOUND: it was removed meanwhile */
export async function removeBroker(prisma: PrismaClient, by: By, broker: Broker): Promise<void> {
  const { id, name, adapter } = broker
  await prisma.$transaction(async tx => {
    // The lock is held until the commit: a concurrent import for this broker waits, and then does not find it.
    await tx.$queryRaw`SELECT id FROM "Broker" WHERE id = ${id}::uuid FOR UPDATE`
    await findBroker(tx, id)
    await assertBrokerUnused(tx, broker)
    await tx.broker.delete({ where: { id } })
    await auditRecord(tx, by, 'Broker', 'remove', { id, detail: { name, adapter } })
  })
}

async function assertBrokerUnused(
  prisma: Pick<Prisma.TransactionClient, 'campaign' | 'recurrence' | 'wallet'>,
  { id, name }: Broker,
): Promise<void> {
  await assertUnused(prisma, t`broker "${name}"`, { broker_id: id })
  await assertNoDefault(prisma, t`broker "${name}"`, '--broker', { default_broker_id: id })
}

const nameTaken = (name: string) => t`the broker "${name}" already exists`

function unitCost(text: string): string {
  const cost = parseAmount(text, 4)
  if (moneyOf(cost) < moneyOf('1000000')) return cost
  throw new CampError('INVALID_AMOUNT', t`"${text}" is not a price of one message`)
}

/**
 * A request cannot carry more messages than the adapter can write. With one message per request, the batch size is how many
 * requests run concurrently.
 */
function assertBatchFits(maxBatch: number | null, adapter: Pick<Adapter, 'name' | 'messagesPerRequest'>): void {
  const most = adapter.messagesPerRequest
  if (maxBatch === null || most === 1 || maxBatch <= most) return
  throw new CampError(
    'BATCH_SIZE_TOO_LARGE',
    t`${adapter.name} accepts at most ${most} messages per request, not ${maxBatch}`,
  )
}

/** A broker for display; amounts are decimal strings. */
export type BrokerView = ReturnType<typeof brokerView>

export function brokerView(broker: Broker) {
  const { id, name, adapter, cost_per_message, rate_limit, concurrency, max_batch, billing, created_at, updated_at } =
    broker
  const [cost, rate] = [cost_per_message.toFixed(4), rate_limit?.toFixed(3) ?? null]
  const codes = Object.fromEntries(
    Object.entries(codeOverridesOf(broker.codes)).map(([code, { class: codeClass, afterMs }]) => [
      code,
      { class: codeClass, after_ms: afterMs ?? null },
    ]),
  )
  const columns = { id, name, adapter, cost_per_message: cost, rate_limit: rate, concurrency, max_batch, billing }
  return { ...columns, codes, created_at, updated_at }
}

/** A code of a broker, and what follows from it. */
export interface BrokerCode {
  code: string
  class: CodeClass
  after_ms: number | null
  /** Many of a campaign's last messages with it stop the campaign. */
  by_share: boolean
  meaning: string
  cure: string | null
  /** An ADMIN changed its class. */
  overridden: boolean
  /** The adapter's table contains it. */
  is_listed: boolean
}

/** All codes that its adapter's table or its overrides contain, sorted. */
export async function brokerCodes(broker: Broker): Promise<BrokerCode[]> {
  const { codes: table } = await adapterOf(broker.adapter)
  const overrides = codeOverridesOf(broker.codes)
  const codes = [...new Set([...Object.keys(table), ...Object.keys(overrides)])].sort()
  return codes.map(code => {
    const { class: codeClass, afterMs, byShare = false, meaning, cure } = listedRule({ table, overrides }, code)!
    const rest = { by_share: byShare, meaning, cure: cure ?? null, overridden: Object.hasOwn(overrides, code) }
    return { code, class: codeClass, after_ms: afterMs ?? null, ...rest, is_listed: Object.hasOwn(table, code) }
  })
}
