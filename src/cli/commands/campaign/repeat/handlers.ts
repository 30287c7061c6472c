import { storedOrNull, storedText } from '../../../../language/stored/stored-text.ts'
import { t } from '../../../../language/text.ts'
import { findRecurrence, listRecurrences, moveRecurrence, type Recurrence } from '../../../../recurrence/recurrence.ts'
import { giveStandingApproval, revokeStandingApproval } from '../../../../recurrence/standing-approval.ts'
import { type OccurrenceView, occurrencesOf, type RecurrenceView, recurrenceView } from '../../../../recurrence/view.ts'
import { assertMay } from '../../../../security/permissions.ts'
import { type Block, fields } from '../../../blocks.ts'
import type { OptionsOf } from '../../../command.ts'
import type { Context } from '../../../context.ts'
import { confirm } from '../../../prompt.ts'
import { table } from '../../../table.ts'
import { time } from '../text.ts'
import type * as commands from './index.ts'

export async function list(context: Context, options: OptionsOf<typeof commands.list>): Promise<void> {
  await context.actor()
  const pool = await context.pool()
  const now = context.clock.now()
  const rows = await Promise.all(
    (await listRecurrences(pool, options.all ?? false)).map(one => recurrenceView(pool, one, now)),
  )
  context.out.list(
    rows,
    [
      { title: t`RECURRING`, value: row => row.handle },
      { title: t`STATUS`, value: row => row.status },
      { title: t`CRON`, value: row => row.cron },
      { title: t`FILES`, value: row => `${row.folder}/${row.pattern}` },
      { title: t`NEXT`, value: row => (row.next_at ? time(row.next_at, row.timezone) : '') },
      { title: t`APPROVAL`, value: standingText },
      { title: t`LAST`, value: row => (row.last ? lastText(row.last, row.timezone) : '') },
    ],
    t`No recurring campaigns. Create one: camp campaign import 'inbox/*.csv' --repeat "0 9 * * 1-5" --wallet W
      --broker B`,
  )
}

export async function show(context: Context, ref: string, options: OptionsOf<typeof commands.show>): Promise<void> {
  await context.actor()
  const pool = await context.pool()
  const recurrence = await findRecurrence(pool, ref)
  const view = await recurrenceView(pool, recurrence, context.clock.now())
  const occurrences = await occurrencesOf(pool, view.id, options.limit)
  context.out.result({ ...view, occurrences }, () => {
    if (occurrences.length === 0) return recurrenceText(view)
    const columns = [
      { title: t`AT`, value: (row: OccurrenceView) => time(row.at, view.timezone) },
      { title: t`WHAT`, value: (row: OccurrenceView) => row.status },
      { title: t`FILE`, value: (row: OccurrenceView) => row.file ?? '' },
      {
        title: t`CAMPAIGN`,
        value: (row: OccurrenceView) => (row.campaign ? `${row.campaign} (${row.campaign_status})` : ''),
      },
      { title: t`WHY`, value: (row: OccurrenceView) => storedOrNull(row.reason) ?? '' },
    ]
    return [recurrenceText(view), '', table(occurrences, columns)]
  })
}

export async function approve(
  context: Context,
  ref: string,
  { ceiling, until }: OptionsOf<typeof commands.approve>,
): Promise<void> {
  const pool = await context.pool()
  const actor = await context.admin()
  const order = {
    approverId: actor.id,
    via: actor.via,
    ceiling,
    until: until ?? null,
    now: context.clock.now(),
  }
  const recurrence = await findRecurrence(pool, ref)
  await giveStandingApproval(pool, recurrence, order)
  await printAfter(context, recurrence.id, handle => t`Approved, up to ${ceiling} for each campaign: ${handle}`)
}

export async function revoke(context: Context, ref: string): Promise<void> {
  const pool = await context.pool()
  const actor = await context.admin()
  const recurrence = await findRecurrence(pool, ref)
  await revokeStandingApproval(pool, recurrence, actor.id, context.clock.now())
  await printAfter(context, recurrence.id, handle => t`Each campaign requires its own approval again: ${handle}`)
}

export function pause(context: Context, ref: string): Promise<void> {
  return move(context, ref, 'pause', handle => t`Paused: ${handle}`)
}

export function resume(context: Context, ref: string): Promise<void> {
  return move(context, ref, 'resume', handle => t`Continued: ${handle}`)
}

export function remove(context: Context, ref: string): Promise<void> {
  return move(context, ref, 'remove', handle => t`Removed: ${handle}`)
}

/** What was done, with the handle of the recurring campaign. */
type Done = (handle: string) => string

async function move(context: Context, ref: string, how: 'pause' | 'resume' | 'remove', done: Done): Promise<void> {
  const actor = await context.actor()
  const pool = await context.pool()
  const recurrence: Recurrence = await findRecurrence(pool, ref)
  const { handle, user_id: ownerId } = recurrence
  await assertMay(pool, `campaign repeat ${how}`, actor, { handle, ownerId })
  if (how === 'remove') await confirm(context, t`Remove ${handle} permanently? The campaigns that it opened remain.`)
  const who = { userId: actor.id, now: context.clock.now() }
  await moveRecurrence(pool, recurrence, how, who)
  await printAfter(context, recurrence.id, done)
}

async function printAfter(context: Context, id: string, done: Done): Promise<void> {
  const pool = await context.pool()
  const view = await recurrenceView(pool, await findRecurrence(pool, id), context.clock.now())
  context.out.result(view, () => done(view.handle))
}

/** The text of a recurring campaign. */
export function recurrenceText(view: RecurrenceView): Block {
  return fields([
    [t`recurring`, view.handle],
    [t`status`, view.status],
    [t`files`, `${view.folder}/${view.pattern}`],
    [t`at`, `${view.cron} (${view.timezone})`],
    [t`next`, view.next_at && time(view.next_at, view.timezone)],
    [t`wallet`, view.wallet],
    [t`broker`, view.broker],
    [t`template`, view.template],
    [t`approval`, standingText(view)],
    [t`owner`, view.owner],
    [t`last`, view.last && lastText(view.last, view.timezone)],
  ])
}

function standingText({ standing_approval: standing }: RecurrenceView): string {
  if (!standing) return t`each campaign requires its own`
  const { ceiling, until, by } = standing
  if (standing.void !== null) return t`void: ${storedText(standing.void)}`
  return until
    ? t`standing, up to ${ceiling} each until ${until}, by ${by ?? ''}`
    : t`standing, up to ${ceiling} each, by ${by ?? ''}`
}

function lastText(last: OccurrenceView, timezone: string): string {
  const what = last.campaign ?? last.status
  return `${time(last.at, timezone)} ${what}${last.reason ? `: ${storedText(last.reason)}` : ''}`
}
