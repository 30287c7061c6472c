import { findBroker, findWallet } from '../../../catalog/find.ts'
import { untilInForce } from '../../../dispatch/finish/stop-in-force.ts'
import { type Handled, handleReplies } from '../../../inbound/handle.ts'
import type { Verdict } from '../../../inbound/judge.ts'
import { findReply, listReplies, type ReplyView } from '../../../inbound/read.ts'
import { t } from '../../../language/text.ts'
import { parseDateTime } from '../../../time/parse-date-time.ts'
import { fields } from '../../blocks.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { time } from '../campaign/text.ts'
import type * as commands from './index.ts'

const VERDICTS: Readonly<Record<commands.VerdictWord, Verdict>> = {
  'opt-out': 'OPT_OUT',
  'wrong-person': 'WRONG_PERSON',
  paid: 'PAID',
  other: 'OTHER',
}

export async function list(context: Context, options: OptionsOf<typeof commands.list>): Promise<void> {
  const { timezone } = context.config
  const since = options.since === undefined ? undefined : parseSince(options.since, timezone)
  await context.actor()
  const prisma = await context.prisma()
  const wallet = options.wallet === undefined ? undefined : await findWallet(prisma, options.wallet)
  const broker = options.broker === undefined ? undefined : await findBroker(prisma, options.broker)
  const filter = {
    walletId: wallet?.id,
    brokerId: broker?.id,
    verdict: options.verdict && VERDICTS[options.verdict],
    since,
    all: options.all === true,
  }
  const page = await listReplies(await context.pool(), filter, { limit: options.limit, after: options.after })
  context.out.list(
    page.replies,
    [
      { title: t`ID`, value: (reply: ReplyView) => reply.id, align: 'right' as const },
      { title: t`RECEIVED`, value: (reply: ReplyView) => time(reply.received_at, timezone) },
      { title: t`PHONE`, value: phoneText },
      { title: t`MEANING`, value: (reply: ReplyView) => reply.verdict },
      { title: t`TEXT`, value: textOf, shrinks: true as const },
      { title: t`CAMPAIGN`, value: (reply: ReplyView) => reply.campaign ?? '', spare: true as const },
      { title: t`HANDLED`, value: (reply: ReplyView) => handledText(reply, timezone) ?? '', spare: true as const },
    ],
    options.all ? t`No matching replies.` : t`No reply waits for a user. All of them: camp inbox list --all`,
    page,
  )
  if (page.next !== null) context.out.talk(t`More, with the same options: --after ${page.next}`)
}

function parseSince(text: string, timezone: string): Date {
  const isDay = /^(?:\d{4}-\d\d-\d\d|\d\d\/\d\d\/\d{4})$/.test(text)
  return parseDateTime(isDay ? `${text} 00:00` : text, timezone)
}

function phoneText({ phone, sender }: Pick<ReplyView, 'phone' | 'sender'>): string {
  if (phone !== null) return phone
  return sender === null ? t`phone unknown` : t`phone unknown (${sender})`
}

function textOf({ kind, text, payload }: ReplyView): string {
  return (text ?? payload ?? `(${kind})`).replaceAll('\n', ' ')
}

function handledText({ handled_at, handled_by }: ReplyView, timezone: string): string | undefined {
  if (handled_at === null) return undefined
  return handled_by === null ? time(handled_at, timezone) : t`${time(handled_at, timezone)} by ${handled_by}`
}

export async function show(context: Context, id: string): Promise<void> {
  await context.actor()
  const reply = await findReply(await context.pool(), id)
  const { timezone } = context.config
  context.out.result(reply, () =>
    fields([
      [t`reply`, reply.id],
      [t`phone`, phoneText(reply)],
      [
        t`meaning`,
        reply.verdict === reply.judged ? reply.verdict : t`${reply.verdict}, corrected from ${reply.judged}`,
      ],
      [t`because of`, reply.words],
      [t`kind`, reply.kind],
      [t`text`, reply.text],
      [t`button`, reply.payload],
      [t`broker's word`, reply.request],
      [t`broker`, reply.broker],
      [t`wallet`, reply.wallet],
      [t`campaign`, reply.campaign],
      [t`written`, time(reply.occurred_at, timezone)],
      [t`received`, time(reply.received_at, timezone)],
      [t`handled`, handledText(reply, timezone)],
      [t`reason`, reply.reason],
    ]),
  )
}

export async function handle(
  context: Context,
  ids: readonly string[],
  options: OptionsOf<typeof commands.handle>,
): Promise<void> {
  const actor = await context.actor()
  const pool = await context.pool()
  const decision = {
    as: options.as && VERDICTS[options.as],
    reason: options.reason?.trim() || null,
    now: context.clock.now(),
  }
  const handled = await handleReplies(pool, actor, ids, decision)
  if (handled.some(({ blocked }) => blocked > 0)) await untilInForce(pool)
  context.out.result({ handled }, () => handledLines(handled))
  for (const { id } of handled.filter(one => one.no_phone))
    context.out.warn(t`reply ${id} has no phone: nothing is blocked. Block it by hand: camp blocklist add --phone`)
  if (handled.some(one => one.stays_blocked))
    context.out.warn(t`a phone that is blocked stays blocked: to allow it again, camp blocklist remove --phone (ADMIN)`)
}

function handledLines(handled: readonly Handled[]): string[] {
  return handled.map(({ id, verdict, blocked }) =>
    blocked > 0
      ? t`Reply ${id} is handled as ${verdict}, and its phone is blocked.`
      : t`Reply ${id} is handled as ${verdict}.`,
  )
}
