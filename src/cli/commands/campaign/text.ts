import { amountText } from '../../../budget/money.ts'
import type { Forecast, Present } from '../../../campaign/read/forecast.ts'
import type { RefusalForecast } from '../../../campaign/read/refusal-forecast.ts'
import type { SettingsView } from '../../../campaign/read/settings-view.ts'
import type { StopView } from '../../../campaign/read/stop-view.ts'
import type { CampaignView, ClosingView } from '../../../campaign/read/view.ts'
import { numberText as number, timeText as time, weekdayText } from '../../../language/format.ts'
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
    ['campaign', `${view.agendamento_id}  ${view.name}`],
    // A dry run makes no campaign: it has no status, and no importer.
    ['status', view.id === null ? undefined : view.status],
    ['reason', view.stopped?.reason === view.failure_reason ? undefined : view.failure_reason],
    view.stopped ? [STOPPED[view.stopped.what], stoppedText(view.stopped, timezone)] : ['', undefined],
    [
      'waiting',
      view.status === 'PROCESSING' && view.waiting_until
        ? `until ${time(view.waiting_until, timezone)}${view.waiting_for_hours ? ', when the contact hours open' : ''}`
        : undefined,
    ],
    [
      'outage',
      view.waiting_for_broker &&
        `waiting for the broker since ${time(view.waiting_for_broker.since, timezone)}, until ` +
          `${time(view.waiting_for_broker.until, timezone)}: ${view.waiting_for_broker.reason}`,
    ],
    ['wallet', view.wallet],
    ['broker', view.broker],
    [
      'file',
      `${view.source_file} (${number(view.rows)} ${view.rows === 1 ? 'row' : 'rows'}${view.fish > 0 ? `, ${view.fish} fish added` : ''})`,
    ],
    ['message', view.template === null ? view.message : `template ${view.template}`],
    ['leads', `${number(counts.total)}: ${outcomes.join(', ') || 'none'}`],
    ['refused', errors.map(([code, n]) => `${code} ${number(n)}`).join(', ')],
    [
      'in doubt',
      counts.IN_DOUBT > 0
        ? `${number(counts.IN_DOUBT)}: it is unknown whether they were sent; they are not sent again unless a person decides so`
        : undefined,
    ],
    ['closing', view.closing && closingText(view.closing, view.status, timezone)],
    [
      'cost',
      `${amountText(cost.used)} used of at most ${amountText(cost.ceiling)} (${amountText(cost.unit)} each)${expectedText(cost, outlook)}`,
    ],
    ['not sent', outlook && refusalsText(view, { ...outlook, timezone }).join('; ')],
    ...settingRows(view, timezone),
    ['opened by', outlook?.recurrence && `the recurring campaign ${outlook.recurrence}`],
    ['missed', outlook?.start_missed ? missedText(view.agendamento_id) : undefined],
    ['stalled', outlook?.stalled_since && stalledText(outlook.stalled_since, timezone)],
    // Of a started campaign no end is promised that no process works for.
    [
      'ends',
      outlook?.expected_end && (outlook.worker_running || view.status !== 'PROCESSING')
        ? endText(view, timezone, outlook.expected_end, outlook.now)
        : undefined,
    ],
    ['imported', view.id === null ? undefined : `${time(view.created_at, timezone)} by ${view.created_by}`],
    // An earlier approval does not apply to a campaign that waits for approval again.
    [
      'approved',
      view.status !== 'PENDING_APPROVAL' && view.approved_at
        ? `${time(view.approved_at, timezone)} by ${view.approved_by}`
        : undefined,
    ],
    ['started', view.started_at && time(view.started_at, timezone)],
    ['finished', view.finished_at && time(view.finished_at, timezone)],
    ...nextRows(outlook),
  ])
}

type Row = [title: string, value: string | null | undefined]

/** The rows of a campaign's settings, in this order. `in`: the setting is shown in the row of another one. */
const SETTING_ROWS: Readonly<
  Record<keyof SettingsView, ((view: SettingsView, timezone: string) => Row) | { in: string }>
> = {
  message: { in: 'message' },
  template: { in: 'message' },
  hours: view => [
    'hours',
    `${view.hours} ${view.days}${view.allow_holidays ? ', holidays too' : ''}, the recipient's time`,
  ],
  days: { in: 'hours' },
  allow_holidays: { in: 'hours' },
  state_laws: view => ['laws', view.state_laws.map(({ state, hours }) => `${state} ${hours}`).join('; ')],
  purpose: view => ['purpose', view.purpose],
  no_cap: view => [
    'cap',
    view.no_cap ? 'none: recipients with a message in the last 24 hours are included' : undefined,
  ],
  throttle: view => ['throttle', view.throttle === 'none' ? undefined : view.throttle],
  scheduled_at: (view, timezone) => ['scheduled', view.scheduled_at && time(view.scheduled_at, timezone)],
}

function settingRows(view: SettingsView, timezone: string): Row[] {
  return Object.values(SETTING_ROWS).flatMap(row => (typeof row === 'function' ? [row(view, timezone)] : []))
}

function stalledText(since: string, timezone: string): string {
  return `it is due, but none of its leads was claimed or settled since ${time(since, timezone)}: see /healthz and the workers' logs`
}

/** Empty unless some leads will be refused, which cost nothing. */
function expectedText({ ceiling }: CampaignView['cost'], outlook: Forecast | undefined): string {
  const expected = outlook?.expected_cost ?? ceiling
  return expected === ceiling ? '' : `, ${expected} expected`
}

/** Leads of a waiting campaign that would be refused at present: a sentence for each reason. */
export function refusalsText(
  { scheduled_at }: Pick<CampaignView, 'scheduled_at'>,
  { capped_now, blocked_now, now, timezone }: RefusalForecast & Present,
): string[] {
  const { written_to = 0, until = null, same_document = 0 } = capped_now ?? {}
  const isPlanned = scheduled_at !== null && new Date(scheduled_at) > now
  const free = until === null ? '' : ` (until ${clock(until, timezone, now)})`
  const refused = written_to === 1 ? 'it will be refused' : 'they will be refused'
  const lead = `${number(written_to)} ${written_to === 1 ? 'was' : 'were'} written to`
  const blocked = blocked_now?.leads ?? 0
  return [
    written_to > 0 &&
      (isPlanned
        ? `${lead} less than 24 h before it starts${free}: ${refused}`
        : `${lead} in the last 24 h${free}: ${refused} if it starts now`),
    same_document > 0 &&
      `${number(same_document)} leads are further phones of the same CPF or CNPJ: the frequency cap allows one message for each document ` +
        'in 24 hours, and refuses the others; --no-cap (ADMIN) lifts it',
    blocked > 0 && `${number(blocked)} ${blocked === 1 ? 'is' : 'are'} on the blocklist now, and will be refused`,
  ].filter(sentence => sentence !== false)
}

/** 16:05 if it is today; otherwise with its day. */
function clock(at: string, timezone: string, now: Date): string {
  const [day, today] = [at, now].map(each => time(each, timezone).slice(0, 10))
  return day === today ? time(at, timezone).slice(11, 16) : about(at, timezone, now)
}

const STOPPED = {
  pause: 'paused',
  fail: 'failed',
  cancel: 'cancelled',
  reject: 'rejected',
  retry: 'to retry',
  void: 'void',
} as const satisfies Record<StopView['what'], string>

/** Without a reason of its own, the reason of a cancelled or rejected campaign only repeats the title. */
function stoppedText({ what, at, by, reason }: StopView, timezone: string): string {
  return `${time(at, timezone)} by ${by ?? 'camp'}${reason === null || reason === STOPPED[what] ? '' : `: ${reason}`}`
}

function missedText(handle: string | null): string {
  return `its start was missed by too long: start it with camp campaign run ${handle}`
}

/** One row per line. A line that repeats the row `missed` is omitted. */
function nextRows(outlook: Shown | undefined): [string, string][] {
  const lines = outlook?.next?.filter(line => !outlook.start_missed || !line.startsWith('Its start')) ?? []
  return lines.map((line, i) => [i === 0 ? 'next' : '', line])
}

function endText(view: CampaignView, timezone: string, end: string, now: Date): string {
  const isStarted = view.status === 'PROCESSING' || (view.status === 'APPROVED' && view.scheduled_at !== null)
  return `about ${about(end, timezone, now)}${isStarted ? '' : `, if it starts ${view.scheduled_at ? 'then' : 'now'}`}`
}

/** The broker's last step, on one line. */
function closingText(closing: ClosingView, campaign: CampaignView['status'], timezone: string): string {
  const { status, not_before, settled_at, error } = closing
  const why = error === null ? '' : ` (${error})`
  switch (status) {
    case 'QUEUED':
      if (campaign !== 'PROCESSING') return `waiting: the campaign is ${campaign}${why}`
      return `the broker's last step runs ${not_before ? `at ${time(not_before, timezone)}` : 'next'}${why}`
    case 'SENDING':
      return "the broker's last step is running"
    case 'IN_DOUBT':
      return `in doubt since ${settled_at && time(settled_at, timezone)}${why}`
    case 'DONE':
      return `done at ${settled_at && time(settled_at, timezone)}`
    case 'NOT_RUN':
      return `not run${error === null ? '' : `: ${error}`}`
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
