import { adapterOf } from '../../../broker/registry.ts'
import { moneyOf, parseAmount } from '../../../budget/money.ts'
import { findBroker } from '../../../catalog/find.ts'
import type { Prisma } from '../../../database/prisma.ts'
import { CampError } from '../../../errors.ts'
import { auditRow } from '../../../security/audit-log.ts'
import { isPlainHttp, PLAIN_PUBLIC_URL } from '../../../security/plain-http.ts'
import { webhookUrl } from '../../../security/webhook-token.ts'
import { inboxFigures } from '../../../webhook/inbox.ts'
import { fields } from '../../blocks.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { noneAsNull } from '../../options.ts'
import { orAdmin } from '../../permit.ts'
import { confirm } from '../../prompt.ts'
import { assertNameFree, assertSomething, assertUnused, differences, orTaken } from '../../records.ts'
import type * as commands from './index.ts'

export async function add(context: Context, name: string, options: OptionsOf<typeof commands.add>): Promise<void> {
  const actor = await context.admin()
  const prisma = await context.prisma()
  const adapter = await adapterOf(options.adapter.toUpperCase())
  const data = {
    name,
    adapter: adapter.name,
    cost_per_message: await unitCost(options.cost),
    rate_limit: noneAsNull(options.rate ?? adapter.usualRate?.toFixed(3) ?? 'none'),
    max_batch: noneAsNull(options.maxBatch ?? 'none'),
    billing: options.billing,
  }
  assertBatchFits(data.max_batch, adapter)
  const broker = await orTaken(
    prisma.$transaction(async tx => {
      assertNameFree('broker', name, await tx.broker.findMany({ select: { name: true } }))
      const made = await tx.broker.create({ data })
      const event = { userId: actor.id, action: 'broker.add', subject: 'Broker', subjectId: made.id, detail: data }
      await tx.auditEvent.create({ data: auditRow(event) })
      return made
    }),
    `there is a broker "${name}" already`,
  )
  context.out.result(
    view(broker),
    `Added broker "${broker.name}" (${broker.adapter}, ${view(broker).cost_per_message} a message, ` +
      `${rateText(view(broker).rate_limit) || 'no rate limit'}).`,
  )
}

export async function list(context: Context): Promise<void> {
  await context.actor()
  const prisma = await context.prisma()
  const brokers = (await prisma.broker.findMany({ orderBy: { name: 'asc' } })).map(view)
  context.out.list(
    brokers,
    [
      { title: 'NAME', value: broker => broker.name },
      { title: 'ADAPTER', value: broker => broker.adapter },
      { title: 'COST', value: broker => broker.cost_per_message, align: 'right' },
      { title: 'RATE', value: broker => rateText(broker.rate_limit), align: 'right' },
      { title: 'MAX BATCH', value: broker => String(broker.max_batch ?? ''), align: 'right' },
      { title: 'BILLING', value: broker => broker.billing },
    ],
    `No brokers yet. ${await orAdmin(context, 'broker add', 'Add one: camp broker add NAME --adapter SANDBOX --cost 0.0450', 'adds one')}`,
  )
}

export async function show(context: Context, ref: string): Promise<void> {
  const actor = await context.actor()
  const prisma = await context.prisma()
  const broker = await findBroker(prisma, ref)
  const url = webhookUrl(context.config.publicUrl, await context.keys(), broker) ?? null
  const callbacks = await inboxFigures(await context.pool(), broker.id)
  if (actor.role === 'ADMIN' && url !== null && isPlainHttp(url)) context.out.warn(PLAIN_PUBLIC_URL)
  const shown = { ...view(broker), callbacks, ...(actor.role === 'ADMIN' && { webhook_url: url }) }
  context.out.result(shown, () =>
    fields([
      ['name', broker.name],
      ['id', broker.id],
      ['adapter', broker.adapter],
      ['cost', `${view(broker).cost_per_message} a message, for what it ${broker.billing.toLowerCase()}`],
      ['rate', rateText(view(broker).rate_limit) || 'no limit'],
      ['max batch', String(broker.max_batch ?? "the adapter's")],
      [
        'callbacks',
        `${callbacks.applied} applied, ${callbacks.waiting} waiting, ${callbacks.unknown} of unknown messages` +
          (callbacks.dropped > 0 ? `, ${callbacks.dropped} of such dropped because too many waited` : ''),
      ],
      ['webhook', actor.role === 'ADMIN' ? (url ?? 'none: CAMP_PUBLIC_URL is not set') : undefined],
    ]),
  )
}

export async function set(context: Context, ref: string, options: OptionsOf<typeof commands.set>): Promise<void> {
  const actor = await context.admin()
  const prisma = await context.prisma()
  const change = {
    ...(options.name !== undefined && { name: options.name }),
    ...(options.cost !== undefined && { cost_per_message: await unitCost(options.cost) }),
    ...(options.rate !== undefined && { rate_limit: noneAsNull(options.rate) }),
    ...(options.maxBatch !== undefined && { max_batch: noneAsNull(options.maxBatch) }),
    ...(options.billing !== undefined && { billing: options.billing }),
  }
  assertSomething({ ...change, renewed: options.renewWebhook })
  const changed = await orTaken(
    prisma.$transaction(async tx => {
      const broker = await findBroker(tx, ref)
      if (change.name)
        assertNameFree('broker', change.name, await tx.broker.findMany({ where: { NOT: { id: broker.id } } }))
      if (change.max_batch) assertBatchFits(change.max_batch, await adapterOf(broker.adapter))
      const detail = { ...differences(broker, change), ...(options.renewWebhook && { webhook: 'renewed' }) }
      const event = { userId: actor.id, action: 'broker.set', subject: 'Broker', subjectId: broker.id, detail }
      await tx.auditEvent.create({ data: auditRow(event) })
      const renewed = options.renewWebhook ? { webhook_version: { increment: 1 } } : {}
      return tx.broker.update({ where: { id: broker.id }, data: { ...change, ...renewed } })
    }),
    'another broker has this name',
  )
  context.out.result(
    view(changed),
    `Broker "${changed.name}" (${changed.adapter}, ${view(changed).cost_per_message} a message).`,
  )
}

export async function remove(context: Context, ref: string): Promise<void> {
  const actor = await context.admin()
  const prisma = await context.prisma()
  const broker = await findBroker(prisma, ref)
  await assertUnused(prisma, `broker "${broker.name}"`, { broker_id: broker.id })
  await confirm(context, `Remove broker "${broker.name}" with its credentials?`)
  await prisma.$transaction(async tx => {
    // Held until the end: a campaign that is being imported for it waits, and then finds no broker.
    await tx.$queryRaw`SELECT id FROM "Broker" WHERE id = ${broker.id}::uuid FOR UPDATE`
    await assertUnused(tx, `broker "${broker.name}"`, { broker_id: broker.id })
    await tx.broker.delete({ where: { id: broker.id } })
    const detail = { name: broker.name, adapter: broker.adapter }
    const event = { userId: actor.id, action: 'broker.remove', subject: 'Broker', subjectId: broker.id, detail }
    await tx.auditEvent.create({ data: auditRow(event) })
  })
  context.out.result({ removed: true, id: broker.id, name: broker.name }, `Removed broker "${broker.name}".`)
}

function rateText(perSecond: string | null): string {
  return perSecond === null ? '' : `${Number(perSecond)}/s`
}

async function unitCost(text: string): Promise<string> {
  const cost = parseAmount(text, 4)
  if (moneyOf(cost) < moneyOf('1000000')) return cost
  throw new CampError('INVALID_AMOUNT', `"${text}" is no price of one message`)
}

/** A request cannot carry more than the adapter can write; a one-message broker's batch is how many go out together. */
function assertBatchFits(maxBatch: number | null, adapter: { name: string; messagesPerRequest: number }): void {
  const most = adapter.messagesPerRequest
  if (maxBatch === null || most === 1 || maxBatch <= most) return
  throw new CampError(
    'BATCH_SIZE_TOO_LARGE',
    `${adapter.name} takes at most ${most} messages per request, not ${maxBatch}`,
  )
}

function view(broker: Prisma.BrokerModel) {
  const { id, name, adapter, cost_per_message, rate_limit, max_batch, billing, created_at, updated_at } = broker
  const [cost, rate] = [cost_per_message.toFixed(4), rate_limit?.toFixed(3) ?? null]
  return { id, name, adapter, cost_per_message: cost, rate_limit: rate, max_batch, billing, created_at, updated_at }
}
