import { InvalidArgumentError } from 'commander'
import { ADAPTER_NAMES } from '../../broker/registry.ts'
import type { Prisma } from '../../database/prisma.ts'
import { CampError } from '../../errors.ts'
import { fields } from '../blocks.ts'
import { asks, leaf, type Register } from '../command.ts'
import type { Context } from '../context.ts'
import { nameArgument, noneAsNull, oneOf, wholeNumberOrNone } from '../options.ts'

const BILLING = ['ACCEPTED', 'DELIVERED'] as const
const MOST_A_REQUEST = 100_000

export const register: Register = (program, action) => {
  const broker = program
    .command('broker')
    .description('who sends, at what price and pace: add, list, show, set, remove')
  leaf(broker, 'add', 'add a broker')
    .argument('<name>', 'its name, unique', nameArgument)
    .requiredOption('--adapter <adapter>', `which code serves it: ${ADAPTER_NAMES.join(', ')}`)
    .requiredOption('--cost <amount>', 'what a message costs: 0.0450')
    .option(
      '--rate <rate>',
      "requests per second, minute or hour, per credential: 20/s, 100/m, none (the adapter's own)",
      parseRate,
    )
    .option('--max-batch <number>', 'messages per request', wholeNumberOrNone(1, MOST_A_REQUEST))
    .option('--billing <billing>', 'it bills what it accepted, or what it delivered', oneOf(BILLING), 'ACCEPTED')
    .action(action(add, { mayCreateDatabase: true }))
  leaf(broker, 'list', 'all brokers').action(action(list))
  leaf(broker, 'show <broker>', 'a broker; for an ADMIN with its webhook URL').action(action(show))
  leaf(broker, 'set <broker>', 'change a broker')
    .option('--name <name>', 'its new name', nameArgument)
    .option('--cost <amount>', 'what a message costs; campaigns approved before keep their price')
    .option('--rate <rate>', 'requests per second, minute or hour; "none" for no limit', parseRate)
    .option(
      '--max-batch <number>',
      'messages per request; "none" for the adapter\'s own',
      wholeNumberOrNone(1, MOST_A_REQUEST),
    )
    .option('--billing <billing>', 'accepted or delivered', oneOf(BILLING))
    .option('--renew-webhook', 'give it a new webhook URL; the old one ends')
    .action(action(set))
  asks(leaf(broker, 'remove <broker>', 'remove a broker that no campaign uses, with its credentials')).action(
    action(remove),
  )
}

interface AddOptions {
  adapter: string
  cost: string
  /** Requests per second, or "none". */
  rate?: string
  maxBatch?: number | 'none'
  billing: (typeof BILLING)[number]
}

async function add(context: Context, name: string, options: AddOptions): Promise<void> {
  const actor = await context.admin()
  const prisma = await context.prisma()
  const { adapterOf } = await import('../../broker/registry.ts')
  const { auditRow } = await import('../../security/audit.ts')
  const { assertNameFree, orTaken } = await import('../records.ts')
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

async function list(context: Context): Promise<void> {
  await context.actor()
  const { orAdmin } = await import('../permit.ts')
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

async function show(context: Context, ref: string): Promise<void> {
  const actor = await context.actor()
  const prisma = await context.prisma()
  const { findBroker } = await import('../../database/lookup.ts')
  const { webhookUrl } = await import('../../security/webhook-token.ts')
  const { inboxFigures } = await import('../../webhook/inbox.ts')
  const broker = await findBroker(prisma, ref)
  const url = webhookUrl(context.config.publicUrl, await context.keys(), broker) ?? null
  const callbacks = await inboxFigures(await context.pool(), broker.id)
  const { isPlainHttp, PLAIN_PUBLIC_URL } = await import('../../security/plain-http.ts')
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

type SetOptions = Partial<Omit<AddOptions, 'adapter'>> & { name?: string; renewWebhook?: boolean }

async function set(context: Context, ref: string, options: SetOptions): Promise<void> {
  const actor = await context.admin()
  const prisma = await context.prisma()
  const { adapterOf } = await import('../../broker/registry.ts')
  const { findBroker } = await import('../../database/lookup.ts')
  const { auditRow } = await import('../../security/audit.ts')
  const { assertNameFree, assertSomething, differences, orTaken } = await import('../records.ts')
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

async function remove(context: Context, ref: string): Promise<void> {
  const actor = await context.admin()
  const prisma = await context.prisma()
  const { findBroker } = await import('../../database/lookup.ts')
  const { auditRow } = await import('../../security/audit.ts')
  const { assertUnused } = await import('../records.ts')
  const { confirm } = await import('../prompt.ts')
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

/** Requests per second with three decimals, never more than was asked for; or "none". */
function parseRate(text: string): string {
  if (text === 'none') return text
  const match = /^(\d{1,6})(?:\/(s|m|h))?$/.exec(text)
  const seconds = { s: 1, m: 60, h: 3600 }[match?.[2] ?? 's'] ?? 1
  const thousandths = match ? Math.floor((Number(match[1]) * 1000) / seconds) : 0
  if (thousandths === 0) throw new InvalidArgumentError('Write it as 20/s, 100/m or 5000/h; at least 4/h.')
  return (thousandths / 1000).toFixed(3)
}

function rateText(perSecond: string | null): string {
  return perSecond === null ? '' : `${Number(perSecond)}/s`
}

async function unitCost(text: string): Promise<string> {
  const { moneyOf, parseAmount } = await import('../../budget/money.ts')
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
