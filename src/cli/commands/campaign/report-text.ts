import { shortMoney } from '../../../budget/money.ts'
import type { CampaignReport, Reason } from '../../../campaign/read/report.ts'
import type { CampaignView } from '../../../campaign/read/view.ts'
import { decimalText } from '../../../language/format.ts'
import { Block, type Branch, linesOf, styled, tree } from '../../blocks.ts'
import { clip } from '../../fold.ts'
import { moment } from '../../live/wait-text.ts'
import { table } from '../../table.ts'
import { number, time } from './text.ts'

interface Around {
  now: Date
  timezone: string
  columns: number
  /** Lines of src/campaign/read/next-step.ts. */
  next: readonly string[]
}

/** A campaign's report for a person. Money has two decimals where that is exact. */
export function reportText(view: CampaignView, figures: CampaignReport, around: Around): Block {
  const parts = [
    head(view, figures, around),
    tree(branchesOf(view, figures)),
    Block.of([...notes(view, figures), ...nextLines(view, figures, around)].map(text => [{ text }])),
    ...attempts(figures),
  ]
  return joined(parts)
}

/** The blocks with an empty line between them, as one. */
function joined(blocks: readonly Block[]): Block {
  const shown = blocks.filter(block => linesOf(block).length > 0)
  return Block.of(
    shown.flatMap((block, i) => [...(i === 0 ? [] : [[{ text: '' }]]), ...linesOf(block).map(line => [...line.parts])]),
  )
}

function head(view: CampaignView, { started_by }: CampaignReport, { now, timezone, columns }: Around): Block {
  const at = (text: string | null) => (text === null ? '' : moment(new Date(text), { now, timezone }))
  const title = clip([{ text: `${view.agendamento_id}  ${view.name}` }], columns - view.status.length - 2)
  const width = title.reduce((sum, { text }) => sum + text.length, 0)
  const span = [view.started_at, view.finished_at].map(text => text && time(text, timezone)).filter(Boolean)
  const from = [view.wallet, view.broker, `${view.source_file} (${number(view.rows)} rows)`, span.join(' – ')]
  const hands = [
    `imported ${at(view.created_at)} by ${view.created_by}`,
    view.approved_at && view.status !== 'PENDING_APPROVAL' && `approved ${at(view.approved_at)} by ${view.approved_by}`,
    view.started_at && `started ${at(view.started_at)} by ${started_by ?? 'camp'}`,
    view.stopped && `${view.stopped.what} ${at(view.stopped.at)} by ${view.stopped.by ?? 'camp'}`,
  ]
  const why = view.failure_reason ?? view.stopped?.reason
  return Block.of([
    [...title, { text: ' '.repeat(Math.max(2, columns - width - view.status.length)) }, { text: view.status }],
    [{ text: from.filter(Boolean).join(' · ') }],
    [{ text: hands.filter(Boolean).join(' · ') }],
    ...(why ? [[{ text: `reason: ${why}`, style: 'yellow' as const }]] : []),
  ])
}

function branchesOf({ cost }: CampaignView, { funnel, callbacks }: CampaignReport): Branch {
  const { accepted, delivered, read, no_word } = funnel
  const known = callbacks.known
  const followed: Branch[] = known
    ? [
        {
          text: `${number(delivered)} delivered  ${percent(delivered, accepted)} of accepted`,
          of: [{ text: `${number(read)} read  ${percent(read, delivered)} of delivered` }],
        },
        ...reasonBranch(funnel.undeliverable, 'undeliverable'),
        ...someBranch(no_word, 'no word yet'),
      ]
    : []
  return {
    text: `${number(funnel.rows)} rows`,
    of: [
      // The import's message is about one row: it names its value.
      ...reasonBranch(
        funnel.not_taken_over.map(reason => ({ ...reason, message: null })),
        'not taken over',
        { always: true },
      ),
      {
        text: `${number(funnel.to_send)} to send  cost R$ ${shortMoney(cost.used)} of at most R$ ${shortMoney(cost.ceiling)}`,
        of: [
          {
            text: `${number(accepted)} accepted by the broker  ${percent(accepted, funnel.to_send)}`,
            of: accepted > 0 ? followed : [],
          },
          ...reasonBranch(funnel.refused_by_broker, 'refused by the broker', { always: true }),
          ...reasonBranch(funnel.held_back, 'held back by camp'),
          ...someBranch(funnel.found_not_sent, 'were in doubt, found not sent'),
          ...someBranch(funnel.cancelled, 'not sent: the campaign ended first'),
          ...someBranch(funnel.open, 'not sent yet'),
          { text: `${number(funnel.in_doubt)} in doubt` },
        ],
      },
    ],
  }
}

function someBranch(rows: number, what: string): Branch[] {
  return rows > 0 ? [{ text: `${number(rows)} ${what}` }] : []
}

/** The reasons stand in the line: their most frequent message, or the code. */
function reasonBranch(reasons: readonly Reason[], what: string, { always = false } = {}): Branch[] {
  const rows = reasons.reduce((sum, reason) => sum + reason.rows, 0)
  if (rows === 0 && !always) return []
  const named = reasons
    .slice(0, MOST_REASONS)
    .map(reason => `${reason.code} ${number(reason.rows)}${messageOf(reason)}`)
  const more = reasons.length > MOST_REASONS ? [`${reasons.length - MOST_REASONS} more`] : []
  return [{ text: [`${number(rows)} ${what}`, [...named, ...more].join(', ')].filter(Boolean).join('  ') }]
}

const [MOST_REASONS, LONGEST_MESSAGE] = [6, 60]

function messageOf({ code, message }: Reason): string {
  if (message === null || message === code) return ''
  return ` "${message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE - 1)}…` : message}"`
}

const UNKNOWN = {
  NOT_SUPPORTED: 'its broker does not report them to camp',
  NONE_YET: 'no callback has come yet',
} as const

function notes({ broker }: CampaignView, { callbacks, funnel, fish_outcomes: fish }: CampaignReport): string[] {
  const why =
    callbacks.reason === 'NOT_SET_UP'
      ? `callbacks are not set up (CAMP_PUBLIC_URL; camp broker show ${wordOf(broker)})`
      : callbacks.reason && UNKNOWN[callbacks.reason]
  return [
    why && funnel.accepted > 0 ? `delivered –, read –: ${why}` : '',
    fish.added > 0
      ? `${number(fish.added)} fish, not counted above: ${number(fish.accepted)} accepted` +
        (callbacks.known ? `, ${number(fish.delivered)} delivered` : '')
      : '',
  ].filter(Boolean)
}

function nextLines({ agendamento_id, status }: CampaignView, { funnel }: CampaignReport, { next }: Around): string[] {
  const again = [...funnel.refused_by_broker, ...funnel.held_back].reduce((sum, { rows }) => sum + rows, 0)
  const total = again + funnel.found_not_sent
  const mayRetry = status === 'FINISHED' || status === 'FAILED' || status === 'PAUSED'
  return [
    ...next.filter(line => !line.startsWith('See the result')),
    mayRetry && total > 0
      ? `Send ${total === 1 ? 'the one' : `the ${number(total)}`} again: camp campaign retry ${agendamento_id} (an ADMIN approves)`
      : '',
    funnel.rows > 0 ? `Row by row: camp campaign leads ${agendamento_id}` : '',
  ].filter(Boolean)
}

/** If a lead was sent more than once, its earlier outcomes are in the attempts only. */
function attempts({ attempts: all, funnel, fish_outcomes: fish }: CampaignReport): Block[] {
  const made = all.reduce((sum, { leads }) => sum + leads, 0)
  if (made <= funnel.to_send + fish.added) return []
  return [
    styled(['dim', 'All attempts to send, the fish counted:']),
    table(all, [
      { title: 'ATTEMPTS', value: row => row.kind },
      { title: 'REASON', value: row => row.code ?? '' },
      { title: 'LEADS', value: row => number(row.leads), align: 'right' },
    ]),
  ]
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '–' : `${decimalText(String(Math.round((1000 * part) / whole) / 10))} %`
}

/** As a word of a command line. */
function wordOf(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : `"${name}"`
}
