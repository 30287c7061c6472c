import {
  acceptRestore,
  type OpenCampaign,
  type RestoreReport,
  restoreReport,
} from '../../../campaign/doubt/accept-restore.ts'
import { storedText } from '../../../language/stored/stored-text.ts'
import { t } from '../../../language/text.ts'
import { dateTimeText } from '../../../time/date-time-text.ts'
import { fields, type Human } from '../../blocks.ts'
import type { Context } from '../../context.ts'
import { confirm } from '../../prompt.ts'
import { table } from '../../table.ts'
import { number } from '../campaign/text.ts'

/** Shows what may have been sent since this data was current, asks, and lets workers continue. */
export async function accept(context: Context): Promise<void> {
  const actor = await context.admin()
  const pool = await context.pool()
  const report = await restoreReport(pool, context.clock.now())
  context.out.talk(reportText(report, context))
  await confirm(context, t`Accept this data, and stop its active campaigns?`)
  const accepted = await acceptRestore({ pool, clock: context.clock }, actor.id)
  context.out.result(
    { accepted: true, ...viewOf(accepted) },
    t`Accepted. Nothing is sent automatically; workers continue within one round.`,
  )
  for (const line of nextLines(accepted)) context.out.talk(line)
}

/** Prints the report and changes nothing. */
export async function show(context: Context): Promise<void> {
  await context.actor()
  const report = await restoreReport(await context.pool(), context.clock.now())
  context.out.result({ accepted: false, ...viewOf(report) }, () => reportText(report, context))
}

function viewOf({ hold, marked_at, campaigns, recurrences }: RestoreReport) {
  const { at, kind, reason, outside } = hold
  return { hold: { at, kind, reason, mark_outside_at: outside?.at ?? null }, marked_at, campaigns, recurrences }
}

function reportText({ hold, marked_at, campaigns, recurrences }: RestoreReport, context: Context): Human {
  const when = (at: Date | null) =>
    at === null ? t`never` : dateTimeText(at, { now: context.clock.now(), timezone: context.config.timezone })
  const head = fields([
    [t`why`, `${storedText(hold.reason)} (${hold.kind})`],
    [t`last activity of this database`, when(marked_at)],
    [t`it had been at work until`, hold.outside && when(hold.outside.at)],
  ])
  const rows = table<OpenCampaign>(campaigns, [
    { title: t`CAMPAIGN`, value: row => row.agendamento_id },
    { title: t`STATUS`, value: row => row.status },
    { title: t`LAST KNOWN`, value: row => when(row.last_event_at) },
    { title: t`PENDING`, value: row => number(row.pending), align: 'right' },
    { title: t`SENDING`, value: row => number(row.sending), align: 'right' },
    { title: t`IN DOUBT`, value: row => number(row.in_doubt), align: 'right' },
    {
      title: t`MAY HAVE BEEN SENT SINCE`,
      value: row => number(row.pending + row.sending + row.in_doubt),
      align: 'right',
    },
    { title: t`BECOMES`, value: row => row.becomes ?? t`as it is` },
  ])
  const paused = recurrences.length > 0 ? [t`Recurring campaigns that are paused: ${recurrences.join(', ')}`] : []
  return [head, '', campaigns.length > 0 ? rows : t`It has no open campaign.`, ...paused]
}

function nextLines({ campaigns, recurrences }: RestoreReport): string[] {
  const paused = campaigns.find(one => one.becomes === 'PAUSED')?.agendamento_id
  const unapproved = campaigns.find(one => one.becomes === 'PENDING_APPROVAL')?.agendamento_id
  return [
    ...(paused
      ? [
          t`Next, for each PAUSED campaign, compare its PENDING leads with the broker's own list:
            camp campaign leads ${paused} --status PENDING`,
          t`Leads that were being sent are in doubt after the end of their lease:
            camp campaign resolve ${paused} --ask, or --sent, --not-sent, --resend`,
          t`If none of the PENDING leads was sent: camp campaign resume ${paused}, which sends them all.
            Otherwise: camp campaign cancel ${paused}`,
        ]
      : []),
    ...(unapproved
      ? [t`Campaigns that were due to start need a new approval: camp campaign approve ${unapproved}`]
      : []),
    ...(recurrences.length > 0
      ? [t`Resume recurring campaigns by hand: camp campaign repeat resume ${recurrences[0]!}`]
      : []),
    t`Opt-outs and budgets from the time between are missing, too: camp blocklist sync, camp budget show.`,
  ]
}
