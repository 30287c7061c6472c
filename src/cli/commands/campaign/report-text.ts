import { shortMoney } from '../../../budget/money.ts'
import { seeResult } from '../../../campaign/read/next-step.ts'
import type { CampaignReport, Reason } from '../../../campaign/read/report.ts'
import type { StopView } from '../../../campaign/read/stop-view.ts'
import type { CampaignView } from '../../../campaign/read/view.ts'
import { decimalText } from '../../../language/format.ts'
import { storedText } from '../../../language/stored/stored-text.ts'
import { t } from '../../../language/text.ts'
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
  const rows = t`${number(view.rows)} rows`
  const from = [view.wallet, view.broker, `${view.source_file} (${rows})`, span.join(' – ')]
  const hands = [
    t`imported ${at(view.created_at)} by ${view.created_by}`,
    view.approved_at &&
      view.status !== 'PENDING_APPROVAL' &&
      t`approved ${at(view.approved_at)} by ${view.approved_by ?? ''}`,
    view.started_at && t`started ${at(view.started_at)} by ${started_by ?? 'camp'}`,
    view.stopped && STOPS[view.stopped.what](at(view.stopped.at), view.stopped.by ?? 'camp'),
  ]
  const why = view.failure_reason ?? view.stopped?.reason
  return Block.of([
    [...title, { text: ' '.repeat(Math.max(2, columns - width - view.status.length)) }, { text: view.status }],
    [{ text: from.filter(Boolean).join(' · ') }],
    [{ text: hands.filter(Boolean).join(' · ') }],
    ...(why ? [[{ text: t`reason: ${storedText(why)}`, style: 'yellow' as const }]] : []),
  ])
}

const STOPS: Readonly<Record<StopView['what'], (at: string, by: string) => string>> = {
  pause: (at, by) => t`pause ${at} by ${by}`,
  fail: (at, by) => t`fail ${at} by ${by}`,
  cancel: (at, by) => t`cancel ${at} by ${by}`,
  reject: (at, by) => t`reject ${at} by ${by}`,
  retry: (at, by) => t`retry ${at} by ${by}`,
  void: (at, by) => t`void ${at} by ${by}`,
}

function branchesOf({ cost }: CampaignView, { funnel, callbacks }: CampaignReport): Branch {
  const { accepted, delivered, read, no_word } = funnel
  const known = callbacks.known
  const followed: Branch[] = known
    ? [
        {
          text: t`${number(delivered)} delivered  ${percent(delivered, accepted)} of accepted`,
          of: [{ text: t`${number(read)} read  ${percent(read, delivered)} of delivered` }],
        },
        ...reasonBranch(funnel.undeliverable, n => t`${n} undeliverable`),
        ...someBranch(no_word, n => t`${n} no word yet`),
      ]
    : []
  return {
    text: t`${number(funnel.rows)} rows`,
    of: [
      // The import's message is about one row: it names its value.
      ...reasonBranch(
        funnel.not_taken_over.map(reason => ({ ...reason, message: null })),
        n => t`${n} not taken over`,
        { always: true },
      ),
      {
        text: t`${number(funnel.to_send)} to send  cost R$ ${shortMoney(cost.used)} of at most
          R$ ${shortMoney(cost.ceiling)}`,
        of: [
          {
            text: t`${number(accepted)} accepted by the broker  ${percent(accepted, funnel.to_send)}`,
            of: accepted > 0 ? followed : [],
          },
          ...reasonBranch(funnel.refused_by_broker, n => t`${n} refused by the broker`, { always: true }),
          ...reasonBranch(funnel.held_back, n => t`${n} held back by camp`),
          ...someBranch(funnel.found_not_sent, n => t`${n} were in doubt, found not sent`),
          ...someBranch(funnel.cancelled, n => t`${n} not sent: the campaign ended first`),
          ...someBranch(funnel.open, n => t`${n} not sent yet`),
          { text: t`${number(funnel.in_doubt)} in doubt` },
        ],
      },
    ],
  }
}

function someBranch(rows: number, text: (rows: string) => string): Branch[] {
  return rows > 0 ? [{ text: text(number(rows)) }] : []
}

/** The reasons stand in the line: their most frequent message, or the code. */
function reasonBranch(reasons: readonly Reason[], text: (rows: string) => string, { always = false } = {}): Branch[] {
  const rows = reasons.reduce((sum, reason) => sum + reason.rows, 0)
  if (rows === 0 && !always) return []
  const named = reasons
    .slice(0, MOST_REASONS)
    .map(reason => `${reason.code} ${number(reason.rows)}${messageOf(reason)}`)
  const more = reasons.length > MOST_REASONS ? [t`${reasons.length - MOST_REASONS} more`] : []
  return [{ text: [text(number(rows)), [...named, ...more].join(', ')].filter(Boolean).join('  ') }]
}

const [MOST_REASONS, LONGEST_MESSAGE] = [6, 60]

function messageOf({ code, message }: Reason): string {
  if (message === null || message === code) return ''
  const said = storedText(message)
  return ` "${said.length > LONGEST_MESSAGE ? `${said.slice(0, LONGEST_MESSAGE - 1)}…` : said}"`
}

const UNKNOWN = {
  NOT_SUPPORTED: () => t`its broker does not report them to camp`,
  NONE_YET: () => t`no callback has come yet`,
} as const

function notes({ broker }: CampaignView, { callbacks, funnel, fish_outcomes: fish }: CampaignReport): string[] {
  const why =
    callbacks.reason === 'NOT_SET_UP'
      ? t`callbacks are not set up (CAMP_PUBLIC_URL; camp broker show ${wordOf(broker)})`
      : callbacks.reason && UNKNOWN[callbacks.reason]()
  return [
    why && funnel.accepted > 0 ? t`delivered –, read –: ${why}` : '',
    fish.added > 0 ? fishText(fish, callbacks.known) : '',
  ].filter(Boolean)
}

function fishText({ added, accepted, delivered }: CampaignReport['fish_outcomes'], isFollowed: boolean): string {
  const [all, taken, arrived] = [number(added), number(accepted), number(delivered)]
  return isFollowed
    ? t`${all} fish, not counted above: ${taken} accepted, ${arrived} delivered`
    : t`${all} fish, not counted above: ${taken} accepted`
}

function nextLines({ agendamento_id, status }: CampaignView, { funnel }: CampaignReport, { next }: Around): string[] {
  const again = [...funnel.refused_by_broker, ...funnel.held_back].reduce((sum, { rows }) => sum + rows, 0)
  const total = again + funnel.found_not_sent
  const mayRetry = status === 'FINISHED' || status === 'FAILED' || status === 'PAUSED'
  return [
    ...next.filter(line => line !== seeResult(agendamento_id ?? '')),
    mayRetry && total > 0 ? retryText(total, agendamento_id ?? '') : '',
    funnel.rows > 0 ? t`Row by row: camp campaign leads ${agendamento_id ?? ''}` : '',
  ].filter(Boolean)
}

function retryText(leads: number, handle: string): string {
  return leads === 1
    ? t`Send the one again: camp campaign retry ${handle} (an ADMIN approves)`
    : t`Send the ${number(leads)} again: camp campaign retry ${handle} (an ADMIN approves)`
}

/** If a lead was sent more than once, its earlier outcomes are in the attempts only. */
function attempts({ attempts: all, funnel, fish_outcomes: fish }: CampaignReport): Block[] {
  const made = all.reduce((sum, { leads }) => sum + leads, 0)
  if (made <= funnel.to_send + fish.added) return []
  return [
    styled(['dim', t`All attempts to send, the fish counted:`]),
    table(all, [
      { title: t`ATTEMPTS`, value: row => row.kind },
      { title: t`REASON`, value: row => row.code ?? '' },
      { title: t`LEADS`, value: row => number(row.leads), align: 'right' },
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
