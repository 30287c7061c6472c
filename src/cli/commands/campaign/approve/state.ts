import { formatMoney, moneyOf } from '../../../../budget/money.ts'
import type { Proposal } from '../../../../campaign/approval/proposal.ts'
import { t } from '../../../../language/text.ts'
import type { Human } from '../../../blocks.ts'
import type { Pressed, Size } from '../../../screen.ts'
import { obstacleText } from './text.ts'

/** The screen of the campaigns that wait for approval. */
export interface State {
  items: readonly Item[]
  /** The current item. */
  at: number
  /** Ids, in the order in which they were marked. */
  marked: readonly string[]
  /** What covers the list. */
  page: Page | null
  /** About what was just done, or cannot be done. */
  notes: readonly string[]
}

export interface Item {
  proposal: Proposal
  /** About when its last message would be sent; null: unknown. */
  ends: Date | null
}

export type PageKind = 'FACTS' | 'MESSAGES' | 'REFUSED'

/** A closer look at one campaign. */
export interface Page {
  kind: PageKind
  proposal: Proposal
  text: Human
  /** The first line that is shown. */
  top: number
}

export type Wish =
  | { do: 'LEAVE' }
  | { do: 'OPEN'; kind: PageKind; proposal: Proposal }
  | { do: 'APPROVE'; proposals: readonly Proposal[] }
  | { do: 'REJECT'; proposal: Proposal }

type Outcome = Pressed<State, Wish>

interface Key {
  name: string
  ctrl: boolean
}

/** @param room for a page's lines: how many are shown, and how many there are */
export function press(state: State, key: Key, size: Size, room: (page: Page, size: Size) => PageRoom): Outcome {
  if (key.ctrl) return { state }
  const quiet = { ...state, notes: [] }
  if (key.name === 'q') return { state: quiet, wish: { do: 'LEAVE' } }
  return quiet.page ? onPage(quiet, quiet.page, key.name, room(quiet.page, size)) : onList(quiet, key.name, size)
}

export interface PageRoom {
  shown: number
  lines: number
}

function onList(state: State, key: string, { rows }: Size): Outcome {
  const current = state.items[state.at]?.proposal
  const step = STEPS[key]
  if (step !== undefined) return { state: { ...state, at: within(state.at + step * rows, state.items.length - 1) } }
  if (current === undefined) return { state }
  switch (key) {
    case 'up':
    case 'k':
      return { state: { ...state, at: within(state.at - 1, state.items.length - 1) } }
    case 'down':
    case 'j':
      return { state: { ...state, at: within(state.at + 1, state.items.length - 1) } }
    case 'space':
      return { state: marked(state, current) }
    case 'return':
    case 'enter':
    case 'right':
      return { state, wish: { do: 'OPEN', kind: 'FACTS', proposal: current } }
    case 'm':
      return { state, wish: { do: 'OPEN', kind: 'MESSAGES', proposal: current } }
    case 'e':
      return { state, wish: { do: 'OPEN', kind: 'REFUSED', proposal: current } }
    case 'a':
      return approve(state, markedOf(state).length > 0 ? markedOf(state) : [current])
    case 'r':
      return { state, wish: { do: 'REJECT', proposal: current } }
    default:
      return { state }
  }
}

/** In heights of the screen; the ends of the list are further away than any list is long. */
const STEPS: Readonly<Record<string, number | undefined>> = { pageup: -0.5, pagedown: 0.5, home: -1_000, end: 1_000 }

function onPage(state: State, page: Page, key: string, { shown, lines }: PageRoom): Outcome {
  const scrolled = (by: number) => ({
    state: { ...state, page: { ...page, top: within(page.top + by, lines - shown) } },
  })
  const { proposal } = page
  switch (key) {
    case 'up':
    case 'k':
      return scrolled(-1)
    case 'down':
    case 'j':
      return scrolled(1)
    case 'pageup':
      return scrolled(-shown)
    case 'pagedown':
    case 'space':
      return scrolled(shown)
    case 'home':
      return scrolled(-lines)
    case 'end':
      return scrolled(lines)
    case 'left':
    case 'escape':
    case 'backspace':
      if (page.kind === 'FACTS') return { state: { ...state, page: null } }
      return { state, wish: { do: 'OPEN', kind: 'FACTS', proposal } }
    case 'm':
      return { state, wish: { do: 'OPEN', kind: 'MESSAGES', proposal } }
    case 'e':
      return { state, wish: { do: 'OPEN', kind: 'REFUSED', proposal } }
    case 'a':
      return approve(state, [proposal])
    case 'r':
      return { state, wish: { do: 'REJECT', proposal } }
    default:
      return { state }
  }
}

function within(at: number, last: number): number {
  return Math.max(0, Math.min(Math.round(at), last))
}

function marked(state: State, proposal: Proposal): State {
  if (proposal.obstacle) return { ...state, notes: [cannot(proposal)] }
  const isMarked = state.marked.includes(proposal.id)
  return {
    ...state,
    marked: isMarked ? state.marked.filter(id => id !== proposal.id) : [...state.marked, proposal.id],
    at: within(state.at + 1, state.items.length - 1),
  }
}

/** A campaign that cannot be approved, or a sum that a budget does not cover, is named before anything is approved. */
function approve(state: State, proposals: readonly Proposal[]): Outcome {
  const refused = proposals.filter(({ obstacle }) => obstacle !== null)
  const over = sumsOf(proposals).filter(({ left }) => left !== null && moneyOf(left) < 0n)
  const notes = [
    ...refused.map(cannot),
    ...(refused.length === 0
      ? over.map(({ wallet }) => t`Together they cost more than ${wallet} has left: mark fewer.`)
      : []),
  ]
  return notes.length > 0 ? { state: { ...state, notes } } : { state, wish: { do: 'APPROVE', proposals } }
}

function cannot(proposal: Proposal): string {
  return t`${proposal.handle} cannot be approved: ${obstacleText(proposal)}.`
}

/** The marked proposals that still wait. */
export function markedOf({ items, marked }: Pick<State, 'items' | 'marked'>): Proposal[] {
  return items.map(({ proposal }) => proposal).filter(({ id }) => marked.includes(id))
}

/** The proposals of one wallet and month. Money is a decimal string; `left` null: the wallet has no budget for the month. */
export interface Sum {
  wallet: string
  month: string
  leads: number
  fish: number
  cost: string
  left: string | null
}

export function sumsOf(proposals: readonly Proposal[]): Sum[] {
  const sums = new Map<string, Sum>()
  for (const { wallet, budget, leads, fish, cost } of proposals) {
    const key = JSON.stringify([wallet, budget.month])
    const before = sums.get(key) ?? {
      ...{ wallet, month: budget.month, leads: 0, fish: 0, cost: '0' },
      left: budget.position?.available ?? null,
    }
    sums.set(key, {
      ...before,
      leads: before.leads + leads,
      fish: before.fish + fish,
      cost: formatMoney(moneyOf(before.cost) + moneyOf(cost)),
      left: before.left === null ? null : formatMoney(moneyOf(before.left) - moneyOf(cost)),
    })
  }
  return [...sums.values()]
}

/** The list after something was decided: marks and the current item stay where the campaigns still wait. */
export function refreshed(state: State, items: readonly Item[], notes: readonly string[]): State {
  const waiting = new Set(items.map(({ proposal }) => proposal.id))
  return {
    items,
    at: within(state.at, items.length - 1),
    marked: state.marked.filter(id => waiting.has(id)),
    page: null,
    notes,
  }
}
