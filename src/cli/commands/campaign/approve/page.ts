import { moneyOf, reaisText } from '../../../../budget/money.ts'
import type { Proposal } from '../../../../campaign/approval/proposal.ts'
import type { EarlierApproval } from '../../../../campaign/read/earlier-approval.ts'
import type { Forecast, Present } from '../../../../campaign/read/forecast.ts'
import type { RefusedRow, Sample } from '../../../../campaign/read/samples.ts'
import type { CampaignView } from '../../../../campaign/read/view.ts'
import { type Block, fields, type Human } from '../../../blocks.ts'
import { table } from '../../../table.ts'
import { about, number, refusalsText, time } from '../text.ts'
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
    ['campaign', `${proposal.handle}  ${view.name}`],
    ['imported', `${minute(view.created_at, present)} by ${view.created_by}`],
    ['wallet', `${view.wallet} · ${view.broker} · ${view.purpose === null ? 'no purpose' : `purpose ${view.purpose}`}`],
    ['file', `${view.source_file}, ${number(view.rows)} rows`],
    ['people', `${peopleText(proposal)} · ${number(counts.ERROR)} refused`],
    ['refused', refusedText(errors)],
    ...refusedNow.map((sentence): [string, string] => ['!', sentence]),
    ['cap', view.no_cap ? '! none: recipients with a message in the last 24 hours are included' : undefined],
    ['money', `${costText(proposal.cost)} (${number(proposal.leads)} × ${unitText(proposal.unit)})`],
    ['budget', budgetText(proposal, present)],
    ['time', timeText(view, outlook, proposal, present)],
    ['opens', outlook.opens_at && `${minute(outlook.opens_at, present)} (${outlook.closed_because})`],
    ['laws', view.state_laws.map(({ state, hours }) => `${state} ${hours}`).join('; ')],
    ['pace', view.throttle === 'none' ? undefined : view.throttle],
    ['since', earlier && earlierText(earlier, present)],
    ...textRows(view, samples),
    ['obstacle', proposal.obstacle?.message],
    ['', proposal.obstacle?.hint],
  ])
}

function textRows(view: CampaignView, samples: readonly Sample[]): [string, string][] {
  if (samples.length === 0)
    return [['text', view.message ?? (view.template === null ? '' : `template ${view.template}`)]]
  return samples.map((sample, i) => [i === 0 ? 'text' : '', sampleText(sample)])
}

/** More messages, with the line of the file of each. */
export function samplesText(proposal: Proposal, samples: readonly Sample[]): Block {
  return fields([
    ['campaign', `${proposal.handle}  ${proposal.name}: the first ${number(samples.length)} messages`],
    ...samples.map((sample): [string, string] => [
      sample.line === null ? '' : `line ${sample.line}`,
      [sample.phone, sample.nome, sample.text ?? sampleText(sample)].filter(Boolean).join(' · '),
    ]),
  ])
}

function sampleText({ text, missing }: Sample): string {
  if (text !== null) return `${text}  (${number([...text].length)} characters)`
  return missing === null ? '(the broker holds the text)' : `not sent: its column ${missing} is empty`
}

export function refusedRowsText(rows: readonly RefusedRow[], total: number): Human {
  if (rows.length === 0) return fields([['refused', 'no row']])
  const shown = table(rows, [
    { title: 'REASON', value: row => row.code },
    { title: 'LINE', value: row => String(row.line ?? ''), align: 'right' },
    { title: 'PHONE', value: row => row.phone },
    { title: 'DETAIL', value: row => row.detail ?? '' },
  ])
  return rows.length < total ? [shown, `… and ${number(total - rows.length)} more`] : shown
}

function refusedText(errors: CampaignView['errors']): string {
  return Object.entries(errors)
    .filter(([, n]) => n > 0)
    .map(([code, n]) => `${code} ${number(n)}`)
    .join(', ')
}

function unitText(unit: string): string {
  return `R$ ${unit.replace('.', ',')}`
}

function budgetText({ budget: { month, position }, left }: Proposal, present: Present): string {
  const name = monthNameOf(month, present)
  if (position === null) return `${name}: none`
  const [used, committed] = [position.used, position.committed].map(amount => reaisText(moneyOf(amount)))
  const rest =
    moneyOf(left!) < 0n
      ? `over budget by ${reaisText(-moneyOf(left!), 'UP')}`
      : `${reaisText(moneyOf(left!))} left after this one`
  return `${name}: ${used} used, ${committed} committed, ${rest}`
}

function timeText(view: CampaignView, outlook: Forecast, proposal: Proposal, present: Present): string {
  const hours = `${view.hours} ${view.days}${view.allow_holidays ? ', holidays too' : ''}`
  const end = outlook.expected_end && `would end ${about(outlook.expected_end, present.timezone, present.now)}`
  return [`${startText(proposal, present)}, ${hours}`, end].filter(Boolean).join(' · ')
}

function earlierText({ at, by, reason, changes }: EarlierApproval, present: Present): string {
  const why = [reason, ...changes].filter(Boolean).join('; ')
  return `approved before (${by ?? 'a standing approval'}, ${minute(at, present)})${why === '' ? '' : `; since: ${why}`}`
}

function minute(at: string, { timezone }: Present): string {
  return time(at, timezone).slice(0, 16)
}
