import { amountText } from '../../../budget/money.ts'
import type { Forecast, Present } from '../../../campaign/read/forecast.ts'
import { missedStart } from '../../../campaign/read/next-step.ts'
import type { RefusalForecast } from '../../../campaign/read/refusal-forecast.ts'
import type { ReplyCounts } from '../../../campaign/read/replies.ts'
import type { SettingsView } from '../../../campaign/read/settings-view.ts'
import type { StopView } from '../../../campaign/read/stop-view.ts'
import type { CampaignView, ClosingView } from '../../../campaign/read/view.ts'
import { daysText, numberText as number, timeText as time, weekdayText } from '../../../language/format.ts'
import { storedOrNull, storedText } from '../../../language/stored/stored-text.ts'
import { t } from '../../../language/text.ts'
import { localTime } from '../../../time/local-time.ts'
import { type Block, fields } from '../../blocks.ts'

/** The outlook of a campaign; `next` has the lines of src/campaign/read/next-step.ts. */
type Shown = Forecast & { now: Date; next?: readonly string[] }

/** The text of a campaign and its outlook. Times are in the time zone of the installation. */
export function campaignText(view: CampaignView, timezone: string, outlook?: Shown): Block {
  const { counts, cost } = view
  const outcomes = (['PENDING', 'SENDING', 'SENT', 'DELIVERED', 'READ', 'ERROR', 'IN_DOUBT'] as const)
    .filter(status => counts[status] > 0)
    .map(status => `${status} ${number(counts[status])}`)
  const errors = Object.entries(view.errors).filter(([, n]) => n > 0)
  return fields([
    [t`campaign`, `${view.agendamento_id}  ${view.name}`],
    // A dry run makes no campaign: it has no status, and no importer.
    [t`status`, view.id === null ? undefined : view.status],
    [t`reason`, view.stopped?.reason === view.failure_reason ? undefined : storedOrNull(view.failure_reason)],
    view.stopped ? [STOPPED[view.stopped.what](), stoppedText(view.stopped, timezone)] : ['', undefined],
    [t`waiting`, waitingText(view, timezone)],
    [t`outage`, outageText(view, timezone)],
    [t`wallet`, view.wallet],
    [t`broker`, view.broker],
    [t`file`, `${view.source_file} (${rowsText(view)})`],
    [t`message`, view.template === null ? view.message : t`template ${view.template}`],
    [t`leads`, `${number(counts.total)}: ${outcomes.join(', ') || t`none`}`],
    [t`replies`, repliesText(view.replies)],
    [t`refused`, errors.map(([code, n]) => `${code} ${number(n)}`).join(', ')],
    [
      t`in doubt`,
      counts.IN_DOUBT > 0
        ? t`${number(counts.IN_DOUBT)}: it is unknown whether they were sent; they are not sent again unless a person
            decides so`
        : undefined,
    ],
    [t`closing`, view.closing && closingText(view.closing, view.status, timezone)],
    [t`cost`, costText(cost, outlook)],
    [t`not sent`, outlook && refusalsText(view, { ...outlook, timezone }).join('; ')],
    ...settingRows(view, timezone),
    [t`opened by`, outlook?.recurrence && t`the recurring campaign ${outlook.recurrence}`],
    [t`missed`, outlook?.start_missed ? missedText(view.agendamento_id ?? '') : undefined],
    [t`stalled`, outlook?.stalled_since && stalledText(outlook.stalled_since, timezone)],
    // Of a started campaign no end is promised that no process works for.
    [
      t`ends`,
      outlook?.expected_end && (outlook.worker_running || view.status !== 'PROCESSING')
        ? endText(view, timezone, outlook.expected_end, outlook.now)
        : undefined,
    ],
    [t`imported`, view.id === null ? undefined : byText(view.created_at, view.created_by, timezone)],
    // An earlier approval does not apply to a campaign that waits for approval again.
    [
      t`approved`,
      view.status !== 'PENDING_APPROVAL' && view.approved_at
        ? byText(view.approved_at, view.approved_by ?? '', timezone)
        : undefined,
    ],
    [t`started`, view.started_at && time(view.started_at, timezone)],
    [t`finished`, view.finished_at && time(view.finished_at, timezone)],
    ...nextRows(view, timezone, outlook),
  ])
}

/** undefined: there are none. */
export function repliesText({ total, waiting }: ReplyCounts): string | undefined {
  if (total === 0) return undefined
  return waiting === 0
    ? number(total)
    : t`${number(total)}, ${number(waiting)} of them wait for a user: camp inbox list`
}

function byText(at: string, by: string, timezone: string): string {
  return t`${time(at, timezone)} by ${by}`
}

function waitingText({ status, waiting_until, waiting_for_hours }: CampaignView, timezone: string): string | undefined {
  if (status !== 'PROCESSING' || !waiting_until) return undefined
  const until = time(waiting_until, timezone)
  return waiting_for_hours ? t`until ${until}, when the contact hours open` : t`until ${until}`
}

function outageText({ waiting_for_broker: wait }: CampaignView, timezone: string): string | undefined {
  if (!wait) return undefined
  const [since, until] = [time(wait.since, timezone), time(wait.until, timezone)]
  return t`waiting for the broker since ${since}, until ${until}: ${wait.reason}`
}

function rowsText({ rows, fish }: CampaignView): string {
  const counted = rows === 1 ? t`1 row` : t`${number(rows)} rows`
  return fish > 0 ? t`${counted}, ${fish} fish added` : counted
}

/** What it is expected to cost is named only if some leads will be refused, which cost nothing. */
function costText(cost: CampaignView['cost'], outlook: Forecast | undefined): string {
  const [used, ceiling, unit] = [cost.used, cost.ceiling, cost.unit].map(amountText) as [string, string, string]
  const expected = amountText(outlook?.expected_cost ?? cost.ceiling)
  return expected === ceiling
    ? t`${used} used of at most ${ceiling} (${unit} each)`
    : t`${used} used of at most ${ceiling} (${unit} each), ${expected} expected`
}

type Row = [title: string, value: string | null | undefined]

/** The rows of a campaign's settings, in this order. `in`: the setting is shown in the row of another one. */
const SETTING_ROWS: Readonly<
  Record<keyof SettingsView, ((view: SettingsView, timezone: string) => Row) | { in: string }>
> = {
  message: { in: 'message' },
  template: { in: 'message' },
  hours: view => [t`hours`, t`${hoursText(view)}, the recipient's time`],
  days: { in: 'hours' },
  allow_holidays: { in: 'hours' },
  state_laws: view => [t`laws`, view.state_laws.map(({ state, hours }) => `${state} ${hours}`).join('; ')],
  purpose: view => [t`purpose`, view.purpose],
  no_cap: view => [
    t`cap`,
    view.no_cap ? t`none: recipients with a message in the last 24 hours are included` : undefined,
  ],
  throttle: view => [t`throttle`, view.throttle === 'none' ? undefined : view.throttle],
  scheduled_at: (view, timezone) => [t`scheduled`, view.scheduled_at && time(view.scheduled_at, timezone)],
}

function settingRows(view: SettingsView, timezone: string): Row[] {
  return Object.values(SETTING_ROWS).flatMap(row => (typeof row === 'function' ? [row(view, timezone)] : []))
}

/** "08:00-20:00 mon-sat, holidays too" */
export function hoursText(view: Pick<SettingsView, 'hours' | 'days' | 'allow_holidays'>): string {
  const hours = `${view.hours} ${daysText(view.days)}`
  return view.allow_holidays ? t`${hours}, holidays too` : hours
}

function stalledText(since: string, timezone: string): string {
  return t`it is due, but none of its leads was claimed or settled since ${time(since, timezone)}: see /healthz and the
    workers' logs`
}

/** Leads of a waiting campaign that would be refused at present: a sentence for each reason. */
export function refusalsText(
  { scheduled_at }: Pick<CampaignView, 'scheduled_at'>,
  { capped_now, blocked_now, now, timezone }: RefusalForecast & Present,
): string[] {
  const { written_to = 0, until = null, same_document = 0 } = capped_now ?? {}
  const isPlanned = scheduled_at !== null && new Date(scheduled_at) > now
  const free = until === null ? '' : t` (until ${clock(until, timezone, now)})`
  const blocked = blocked_now?.leads ?? 0
  return [
    written_to > 0 && (isPlanned ? writtenToBefore(written_to, free) : writtenToNow(written_to, free)),
    same_document > 0 &&
      t`${number(same_document)} leads are further phones of the same CPF or CNPJ: the frequency cap allows one message
        for each document in 24 hours, and refuses the others; --no-cap (ADMIN) lifts it`,
    blocked > 0 &&
      (blocked === 1
        ? t`1 is on the blocklist now, and will be refused`
        : t`${number(blocked)} are on the blocklist now, and will be refused`),
  ].filter(sentence => sentence !== false)
}

function writtenToBefore(n: number, free: string): string {
  return n === 1
    ? t`1 was written to less than 24 h before it starts${free}: it will be refused`
    : t`${number(n)} were written to less than 24 h before it starts${free}: they will be refused`
}

function writtenToNow(n: number, free: string): string {
  return n === 1
    ? t`1 was written to in the last 24 h${free}: it will be refused if it starts now`
    : t`${number(n)} were written to in the last 24 h${free}: they will be refused if it starts now`
}

/** 16:05 if it is today; otherwise with its day. */
function clock(at: string, timezone: string, now: Date): string {
  const [day, today] = [at, now].map(each => time(each, timezone).slice(0, 10))
  return day === today ? time(at, timezone).slice(11, 16) : about(at, timezone, now)
}

const STOPPED = {
  pause: () => t`paused`,
  fail: () => t`failed`,
  cancel: () => t`cancelled`,
  reject: () => t`rejected`,
  retry: () => t`to retry`,
  void: () => t`void`,
} as const satisfies Record<StopView['what'], () => string>

/** What src/campaign/actions/stop.ts records where no reason is given: it only repeats the title. */
const NO_REASONS: readonly (string | null)[] = [null, 'cancelled', 'rejected']

function stoppedText({ at, by, reason }: StopView, timezone: string): string {
  const done = byText(at, by ?? 'camp', timezone)
  return NO_REASONS.includes(reason) ? done : `${done}: ${storedOrNull(reason)}`
}

function missedText(handle: string): string {
  return t`its start was missed by too long: start it with camp campaign run ${handle}`
}

/** One row per line. A line that repeats the row `missed` is omitted. */
function nextRows(view: CampaignView, timezone: string, outlook: Shown | undefined): [string, string][] {
  const repeated = outlook?.start_missed && startMissedText(view, { now: outlook.now, timezone })
  const lines = outlook?.next?.filter(line => line !== repeated) ?? []
  return lines.map((line, i) => [i === 0 ? t`next` : '', line])
}

function startMissedText({ agendamento_id, scheduled_at }: CampaignView, present: Present): string | undefined {
  if (agendamento_id === null || scheduled_at === null) return undefined
  return missedStart({ handle: agendamento_id, scheduledAt: new Date(scheduled_at), ...present })
}

function endText(view: CampaignView, timezone: string, end: string, now: Date): string {
  const isStarted = view.status === 'PROCESSING' || (view.status === 'APPROVED' && view.scheduled_at !== null)
  const at = about(end, timezone, now)
  if (isStarted) return t`about ${at}`
  return view.scheduled_at ? t`about ${at}, if it starts then` : t`about ${at}, if it starts now`
}

/** The broker's last step, on one line. */
function closingText(closing: ClosingView, campaign: CampaignView['status'], timezone: string): string {
  const { status, not_before, settled_at, error } = closing
  const why = error === null ? '' : ` (${storedText(error)})`
  switch (status) {
    case 'QUEUED':
      if (campaign !== 'PROCESSING') return t`waiting: the campaign is ${campaign}${why}`
      return not_before
        ? t`the broker's last step runs at ${time(not_before, timezone)}${why}`
        : t`the broker's last step runs next${why}`
    case 'SENDING':
      return t`the broker's last step is running${why}`
    case 'IN_DOUBT':
      return t`in doubt since ${time(settled_at ?? '', timezone)}${why}`
    case 'DONE':
      return t`done at ${time(settled_at ?? '', timezone)}`
    case 'NOT_RUN':
      return error === null ? t`not run` : t`not run: ${storedText(error)}`
  }
}

export { number, time }

/** Tue 14:20, in `timezone`; with its date if it is six days away or more. */
export function about(at: string | Date, timezone: string, now: Date): string {
  const date = new Date(at)
  const isNear = date.getTime() - now.getTime() < 6 * 24 * 3_600_000
  const weekday = weekdayText(localTime(timezone, date.getTime()).day)
  const minute = time(date, timezone).slice(0, 16)
  return `${weekday} ${isNear ? minute.slice(11) : minute}`
}
