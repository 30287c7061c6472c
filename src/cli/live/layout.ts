import { shortMoney } from '../../budget/money.ts'
import type { Present } from '../../campaign/read/forecast.ts'
import type { Backlog, LiveCampaign } from '../../campaign/read/live.ts'
import type { WorkerView } from '../../campaign/read/workers.ts'
import { t } from '../../language/text.ts'
import { Block, type Part } from '../blocks.ts'
import { number } from '../commands/campaign/text.ts'
import { clip, widthOf } from '../fold.ts'
import { moment, waitText } from './wait-text.ts'

export interface Frame extends Present {
  /** Of the terminal. */
  columns: number
}

/** What the lines below the campaigns tell. */
export interface Surroundings extends Backlog {
  workers: readonly WorkerView[]
}

/** Below this width the right half of a campaign's first line is left out. */
const FULL = 80
const [MOST_BAR, LEAST_BAR] = [40, 8]

/**
 * A campaign in at most five lines, each within the columns. Narrower than 80 columns, the right half of the first line is left
 * out, then what was delivered and read, then the cost.
 */
export function blockOf(campaign: LiveCampaign, frame: Frame): Block {
  const { columns } = frame
  const lines = [titleLine(campaign, columns), barLine(campaign, frame), countsLine(campaign, columns)]
  if (campaign.refused > 0) lines.push(reasonsLine(campaign))
  if (campaign.wait) lines.push([{ text: ` ${waitText(campaign.wait, campaign, frame)}`, style: 'yellow' }])
  else if (campaign.status === 'PROCESSING') lines.push([{ text: ` ${t`pace ${campaign.throttle}`}`, style: 'dim' }])
  return Block.of(lines.map(parts => clip(parts, columns)))
}

/** A campaign in one line, if there are too many for a block each. */
export function lineOf(campaign: LiveCampaign, frame: Frame): Block {
  const { handle, name, wait, perMinute, ends } = campaign
  const [done, total] = [sentOf(campaign), campaign.total]
  const figures = [
    `${percentOf(campaign)} %`.padStart(5),
    `${number(done)}/${number(total)}`.padStart(15),
    perMinute === null ? '' : `${number(perMinute)}/min`,
    wait ? waitText(wait, campaign, frame) : ends ? t`ends ${moment(ends, frame)}` : '',
  ]
  const title = `${handle}  ${name}`
  const width = Math.max(14, Math.floor(frame.columns / 3))
  const shown = clip([{ text: title }], width)
    .map(part => part.text)
    .join('')
  const parts: Part[] = [
    { text: shown + ' '.repeat(Math.max(0, width - widthOf(shown))) },
    { text: figures.filter(Boolean).join('  '), ...(wait && { style: 'yellow' as const }) },
  ]
  return Block.of([clip(parts, frame.columns)])
}

/** Workers, the queue and the inbox of callbacks. @param hint how to leave; at the right */
export function footOf(
  { workers, batches, callbacks, callbacks_since }: Surroundings,
  hint: string,
  frame: Frame,
): Block {
  const ending = workers.filter(worker => worker.draining).length
  const parts = [
    workersText(workers.length),
    ending > 0 && t`${number(ending)} of them ending`,
    batches > 0 && (batches === 1 ? t`1 batch queued` : t`${number(batches)} batches queued`),
    callbacks === 0
      ? t`callbacks up to date`
      : t`${number(callbacks)} callbacks behind, since ${moment(callbacks_since ?? frame.now, frame)}`,
  ]
  return Block.of([
    sides([{ text: ` ${parts.filter(Boolean).join(' · ')}` }], [{ text: hint, style: 'dim' }], frame.columns),
  ])
}

function workersText(n: number): string {
  if (n === 0) return t`no worker`
  return n === 1 ? t`1 worker` : t`${number(n)} workers`
}

function titleLine({ handle, name, status, wallet, broker, importer }: LiveCampaign, columns: number): Part[] {
  const title = [handle, name, status === 'PROCESSING' ? '' : ` ${status}`].filter(Boolean).join(' ')
  if (columns < FULL) return [{ text: title }]
  const right = `${wallet} · ${broker} · ${t`by ${importer.split('@')[0]!}`}`
  return sides([{ text: title }], [{ text: right, style: 'dim' }], columns)
}

/** Without room for a bar the rate is left out, then the end. */
function barLine(campaign: LiveCampaign, { columns, ...present }: Frame): Part[] {
  const { total, perMinute, ends } = campaign
  const least = [`${percentOf(campaign)} %`, `${number(sentOf(campaign))}/${number(total)}`]
  const rate = perMinute !== null && campaign.status === 'PROCESSING' ? [`${number(perMinute)}/min`] : []
  const end = ends ? [t`ends ${moment(ends, present)}`] : []
  const text = [[...least, ...rate, ...end], [...least, ...end], least]
    .map(figures => figures.join('   '))
    .find((figures, i) => i === 2 || columns - figures.length - 2 >= LEAST_BAR)!
  const width = Math.max(LEAST_BAR, Math.min(MOST_BAR, columns - text.length - 2))
  const full = total === 0 ? 0 : Math.floor((width * sentOf(campaign)) / total)
  return [{ text: '█'.repeat(full), style: 'green' }, { text: `${'░'.repeat(width - full)}  ${text}` }]
}

function countsLine(campaign: LiveCampaign, columns: number): Part[] {
  const { accepted, delivered, read, refused, inDoubt, isFollowed, cost } = campaign
  const known = (n: number) => (isFollowed ? number(n) : '–')
  const follow: Part[] = [{ text: `   ${t`${known(delivered)} delivered`}   ${t`${known(read)} read`}` }]
  const left = (more: Part[]): Part[] => [
    { text: ` ${t`${number(accepted)} accepted`}` },
    ...more,
    { text: refused > 0 ? `   ${t`${number(refused)} refused`}` : '' },
    { text: inDoubt > 0 ? `   ${t`${number(inDoubt)} IN DOUBT`}` : '', style: 'red' },
  ]
  const right = [{ text: `R$ ${shortMoney(cost.used)}/${shortMoney(cost.ceiling)}` }]
  const fitting = [[left(follow), right] as const, [left([]), right] as const].find(
    ([a, b]) => lengthOf(a) + 2 + lengthOf(b) <= columns,
  )
  return fitting ? sides(...fitting, columns) : left([])
}

function reasonsLine({ refused, reasons }: LiveCampaign): Part[] {
  const named = reasons.map(({ code, leads }) => `${code} ${number(leads)}`).join(', ')
  return [{ text: ` ${t`refused: ${named || number(refused)}`}`, style: 'dim' }]
}

/** The right part is left out if both do not fit. */
function sides(left: readonly Part[], right: readonly Part[], columns: number): Part[] {
  const gap = columns - lengthOf(left) - lengthOf(right)
  return gap < 2 ? [...left] : [...left, { text: ' '.repeat(gap) }, ...right]
}

function lengthOf(parts: readonly Part[]): number {
  return parts.reduce((sum, { text }) => sum + widthOf(text), 0)
}

/** Leads with a known or doubtful outcome. */
function sentOf({ accepted, refused, inDoubt, total }: LiveCampaign): number {
  return Math.min(total, accepted + refused + inDoubt)
}

/** 100 only at the end. */
function percentOf(campaign: LiveCampaign): number {
  return campaign.total === 0 ? 100 : Math.floor((100 * sentOf(campaign)) / campaign.total)
}
