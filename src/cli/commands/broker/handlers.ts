import {
  type CodeChanges,
  classText,
  codeOverridesOf,
  overridesText,
  parseCodeChanges,
} from '../../../broker/code-overrides.ts'
import { amountText } from '../../../budget/money.ts'
import { callbackUrlInUse } from '../../../campaign/read/workers.ts'
import {
  addBroker,
  type Broker,
  type BrokerCode,
  type BrokerView,
  brokerCodes,
  brokerView,
  changeBroker,
  findUnusedBroker,
  listBrokers,
  removeBroker,
} from '../../../catalog/brokers.ts'
import { findBroker } from '../../../catalog/find.ts'
import { fromCatalogue, t } from '../../../language/text.ts'
import { isPlainHttp, plainPublicUrl } from '../../../security/plain-http.ts'
import { webhookUrl } from '../../../security/webhook-token.ts'
import { inboxFigures } from '../../../webhook/inbox.ts'
import { assertSomething } from '../../assert-something.ts'
import { fields } from '../../blocks.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { noneAsNull } from '../../options.ts'
import { orAdmin } from '../../permit.ts'
import { confirm } from '../../prompt.ts'
import type * as commands from './index.ts'

export async function add(context: Context, name: string, options: OptionsOf<typeof commands.add>): Promise<void> {
  const actor = await context.admin()
  const { adapter, cost, rate, concurrency, maxBatch = 'none', billing } = options
  const broker = await addBroker(await context.prisma(), actor, {
    name,
    adapter,
    cost,
    rateLimit: rate === undefined ? undefined : noneAsNull(rate),
    concurrency: concurrency === undefined ? undefined : noneAsNull(concurrency),
    maxBatch: noneAsNull(maxBatch),
    billing,
  })
  context.out.result(
    broker,
    t`Added broker "${broker.name}" (${broker.adapter}, ${amountText(broker.cost_per_message)} a message,
      ${rateText(broker.rate_limit) || t`no rate limit`}).`,
  )
}

export async function list(context: Context): Promise<void> {
  await context.actor()
  const first = await orAdmin(
    context,
    'broker add',
    t`Add one: camp broker add NAME --adapter SANDBOX --cost 0.0450`,
    t`adds one`,
  )
  context.out.list(
    await listBrokers(await context.prisma()),
    [
      { title: t`NAME`, value: broker => broker.name },
      { title: t`ADAPTER`, value: broker => broker.adapter },
      { title: t`COST`, value: broker => amountText(broker.cost_per_message), align: 'right' },
      { title: t`RATE`, value: broker => rateText(broker.rate_limit), align: 'right' },
      { title: t`MAX BATCH`, value: broker => String(broker.max_batch ?? ''), align: 'right' },
      { title: t`BILLING`, value: broker => broker.billing },
    ],
    t`No brokers yet. ${first}`,
  )
}

export async function show(context: Context, ref: string, options: OptionsOf<typeof commands.show>): Promise<void> {
  const actor = await context.actor()
  const broker = await findBroker(await context.prisma(), ref)
  if (options.codes) return showCodes(context, broker)
  const view = brokerView(broker)
  const pool = await context.pool()
  const base = context.config.publicUrl ?? (await callbackUrlInUse(pool))
  const url = webhookUrl(base, await context.keys(), broker) ?? null
  const callbacks = await inboxFigures(pool, broker.id)
  if (actor.role === 'ADMIN' && url !== null && isPlainHttp(url)) context.out.warn(plainPublicUrl())
  const shown = { ...view, callbacks, ...(actor.role === 'ADMIN' && { webhook_url: url }) }
  context.out.result(shown, () =>
    fields([
      [t`name`, view.name],
      [t`id`, view.id],
      [t`adapter`, view.adapter],
      [t`cost`, costText(view)],
      [t`rate`, rateText(view.rate_limit) || t`no limit`],
      [t`at once`, view.concurrency === null ? t`no limit` : t`${view.concurrency} requests`],
      [t`max batch`, String(view.max_batch ?? t`the adapter's`)],
      [t`codes`, overridesText(codeOverridesOf(broker.codes)) || t`the adapter's`],
      [t`callbacks`, callbacksText(callbacks)],
      [t`webhook`, actor.role === 'ADMIN' ? (url ?? noWebhook()) : undefined],
    ]),
  )
}

async function showCodes(context: Context, broker: Broker): Promise<void> {
  context.out.list(
    await brokerCodes(broker),
    [
      { title: t`CODE`, value: ({ code }) => code },
      { title: t`CLASS`, value: codeClassText },
      { title: t`MEANING`, value: ({ meaning }) => fromCatalogue(meaning) ?? meaning },
      { title: t`CURE`, value: ({ cure }) => (cure === null ? '' : (fromCatalogue(cure) ?? cure)) },
    ],
    t`The adapter ${broker.adapter} has no table of codes.`,
  )
}

function codeClassText({ class: codeClass, after_ms, by_share, overridden }: BrokerCode): string {
  const text = classText({ class: codeClass, afterMs: after_ms ?? undefined })
  if (overridden) return t`${text} (set)`
  return by_share ? t`${text} (by share)` : text
}

function costText({ cost_per_message, billing }: BrokerView): string {
  const cost = amountText(cost_per_message)
  return billing === 'ACCEPTED'
    ? t`${cost} a message, for what it accepted`
    : t`${cost} a message, for what it delivered`
}

function callbacksText({ applied, waiting, unknown, dropped }: Awaited<ReturnType<typeof inboxFigures>>): string {
  return dropped > 0
    ? t`${applied} applied, ${waiting} waiting, ${unknown} of unknown messages,
      ${dropped} of these dropped because too many were waiting`
    : t`${applied} applied, ${waiting} waiting, ${unknown} of unknown messages`
}

const noWebhook = () => t`none: CAMP_PUBLIC_URL is not set, and no worker that is running has a URL for callbacks`

export async function set(context: Context, ref: string, options: OptionsOf<typeof commands.set>): Promise<void> {
  const actor = await context.admin()
  const { name, cost, rate, concurrency, maxBatch, billing, code, renewWebhook } = options
  const change = {
    ...(name !== undefined && { name }),
    ...(cost !== undefined && { cost }),
    ...(rate !== undefined && { rateLimit: noneAsNull(rate) }),
    ...(concurrency !== undefined && { concurrency: noneAsNull(concurrency) }),
    ...(maxBatch !== undefined && { maxBatch: noneAsNull(maxBatch) }),
    ...(billing !== undefined && { billing }),
    ...(code !== undefined && { codes: parseCodeChanges(code) }),
    ...(renewWebhook !== undefined && { renewWebhook }),
  }
  assertSomething(change)
  const prisma = await context.prisma()
  const broker = await changeBroker(prisma, actor, ref, change)
  const changed =
    code === undefined ? [] : await changedCodes(context, await findBroker(prisma, broker.id), change.codes ?? {})
  context.out.result(broker, [
    t`Broker "${broker.name}" (${broker.adapter}, ${amountText(broker.cost_per_message)} a message).`,
    ...changed,
  ])
}

/** The codes that were given, each with its class from now on; warns of those that the adapter does not list. */
async function changedCodes(context: Context, broker: Broker, given: CodeChanges): Promise<string[]> {
  const known = new Map((await brokerCodes(broker)).map(one => [one.code, one]))
  for (const code of Object.keys(given)) {
    if (!known.get(code)?.is_listed)
      context.out.warn(t`the adapter ${broker.adapter} does not list the code ${code}: camp broker show --codes`)
  }
  const blocking = Object.keys(given).filter(code => given[code]?.class === 'opt-out')
  if (blocking.length > 0)
    context.out.warn(
      t`${blocking.join(', ')}: from now on each message with it blocks its recipient at once, for every campaign`,
    )
  return Object.keys(given).map(code => `${code}: ${known.has(code) ? codeClassText(known.get(code)!) : t`by share`}`)
}

export async function remove(context: Context, ref: string): Promise<void> {
  const actor = await context.admin()
  const broker = await findUnusedBroker(await context.prisma(), ref)
  await confirm(context, t`Remove broker "${broker.name}" with its credentials?`)
  await removeBroker(await context.prisma(), actor, broker)
  context.out.result({ removed: true, id: broker.id, name: broker.name }, t`Removed broker "${broker.name}".`)
}

function rateText(perSecond: string | null): string {
  return perSecond === null ? '' : `${Number(perSecond)}/s`
}
