import { moneyOf, reaisText } from '../../../../budget/money.ts'
import type { Proposal } from '../../../../campaign/approval/proposal.ts'
import type { EarlierApproval } from '../../../../campaign/read/earlier-approval.ts'
import type { Forecast, Present } from '../../../../campaign/read/forecast.ts'
import type { RefusedRow, Sample } from '../../../../campaign/read/samples.ts'
import type { CampaignView } from '../../../../campaign/read/view.ts'
import { decimalText } from '../../../../language/format.ts'
import { storedOrNull, storedText } from '../../../../language/stored/stored-text.ts'
import { t } from '../../../../language/text.ts'
import { type Block, fields, type Human } from '../../../blocks.ts'
import { table } from '../../../table.ts'
import { about, hoursText, number, refusalsText, time } from '../text.ts'
import { costText, monthNameOf, peopleText, startText } from './text.ts'

/** All that an approver is shown about one campaign. */
export interface Closer {
  view: CampaignView
  outlook: Forecast
  proposal: Proposal
  earlier: EarlierApproval | null
  samples: readonly Sample[]
}

/** The campaign for its approver: people, money, time, the first messages as sent, and what is unusual. */
export function closerText({ view, outlook, proposal, earlier, samples }: Closer, present: Present): Block {
  const { counts, errors } = view
  const refusedNow = refusalsText(view, { ...outlook, ...present })
  return fields([
    [t`campaign`, `${proposal.handle}  ${view.name}`],
    [t`imported`, t`${minute(view.created_at, present)} by ${view.created_by}`],
    [
      t`wallet`,
      `${view.wallet} · ${view.broker} · ${view.purpose === null ? t`no purpose` : t`purpose ${view.purpose}`}`,
    ],
    [t`file`, t`${view.source_file}, ${number(view.rows)} rows`],
    [t`people`, t`${peopleText(proposal)} · ${number(counts.ERROR)} refused`],
    [t`refused`, refusedText(errors)],
    ...refusedNow.map((sentence): [string, string] => ['!', sentence]),
    [t`cap`, view.no_cap ? t`! none: recipients with a message in the last 24 hours are included` : undefined],
    [t`money`, `${costText(proposal.cost)} (${number(proposal.leads)} × ${unitText(proposal.unit)})`],
    [t`budget`, budgetText(proposal, present)],
    [t`time`, timeText(view, outlook, proposal, present)],
    [t`opens`, outlook.opens_at && `${minute(outlook.opens_at, present)} (${outlook.closed_because})`],
    [t`laws`, view.state_laws.map(({ state, hours }) => `${state} ${hours}`).join('; ')],
    [t`pace`, view.throttle === 'none' ? undefined : view.throttle],
    [t`since`, earlier && earlierText(earlier, present)],
    ...textRows(view, samples),
    [t`obstacle`, proposal.obstacle?.message],
    ['', proposal.obstacle?.hint],
  ])
}

function textRows(view: CampaignView, samples: readonly Sample[]): [string, string][] {
  if (samples.length === 0)
    return [[t`text`, view.message ?? (view.template === null ? '' : t`template ${view.template}`)]]
  return samples.map((sample, i) => [i === 0 ? t`text` : '', sampleText(sample)])
}

/** More messages, with the line of the file of each. */
export function samplesText(proposal: Proposal, samples: readonly Sample[]): Block {
  return fields([
    [t`campaign`, t`${proposal.handle}  ${proposal.name}: the first ${number(samples.length)} messages`],
    ...samples.map((sample): [string, string] => [
      sample.line === null ? '' : t`line ${sample.line}`,
      [sample.phone, sample.nome, sample.text ?? sampleText(sample)].filter(Boolean).join(' · '),
    ]),
  ])
}

function sampleText({ text, missing }: Sample): string {
  if (text !== null) return `${text}  (${t`${number([...text].length)} characters`})`
  return missing === null ? t`(the broker holds the text)` : t`not sent: its column ${missing} is empty`
}

export function refusedRowsText(rows: readonly RefusedRow[], total: number): Human {
  if (rows.length === 0) return fields([[t`refused`, t`no row`]])
  const shown = table(rows, [
    { title: t`REASON`, value: row => row.code },
    { title: t`LINE`, value: row => String(row.line ?? ''), align: 'right' },
    { title: t`PHONE`, value: row => row.phone },
    { title: t`DETAIL`, value: row => storedText(row.detail ?? '') },
  ])
  return rows.length < total ? [shown, t`… and ${number(total - rows.length)} more`] : shown
}

function refusedText(errors: CampaignView['errors']): string {
  return Object.entries(errors)
    .filter(([, n]) => n > 0)
    .map(([code, n]) => `${code} ${number(n)}`)
    .join(', ')
}

function unitText(unit: string): string {
  return `R$ ${decimalText(unit)}`
}

function budgetText({ budget: { month, position }, left }: Proposal, present: Present): string {
  const name = monthNameOf(month, present)
  if (position === null) return t`${name}: none`
  const [used, committed] = [position.used, position.committed].map(amount => reaisText(moneyOf(amount)))
  const rest =
    moneyOf(left!) < 0n
      ? t`over budget by ${reaisText(-moneyOf(left!), 'UP')}`
      : t`${reaisText(moneyOf(left!))} left after this one`
  return t`${name}: ${used!} used, ${committed!} committed, ${rest}`
}

function timeText(view: CampaignView, outlook: Forecast, proposal: Proposal, present: Present): string {
  const hours = hoursText(view)
  const end = outlook.expected_end && t`would end ${about(outlook.expected_end, present.timezone, present.now)}`
  return [`${startText(proposal, present)}, ${hours}`, end].filter(Boolean).join(' · ')
}

function earlierText({ at, by, reason, changes }: EarlierApproval, present: Present): string {
  const why = [storedOrNull(reason), ...changes].filter(Boolean).join('; ')
  const before = t`approved before (${by ?? t`a standing approval`}, ${minute(at, present)})`
  return why === '' ? before : t`${before}; since: ${why}`
}

function minute(at: string, { timezone }: Present): string {
  return time(at, timezone).slice(0, 16)
}
