import { moneyOf, reaisText } from '../../../../budget/money.ts'
import type { Proposal } from '../../../../campaign/approval/proposal.ts'
import type { Present } from '../../../../campaign/read/forecast.ts'
import { daysText } from '../../../../language/format.ts'
import { t } from '../../../../language/text.ts'
import { visible } from '../../../../visible.ts'
import { Block, type Line, linesOf, type Style } from '../../../blocks.ts'
import { fitted, fold, lengthWithin, widthOf } from '../../../fold.ts'
import type { Size } from '../../../screen.ts'
import { about, number } from '../text.ts'
import { type Item, markedOf, type Page, type PageRoom, type State, sumsOf } from './state.ts'
import { ageText, costText, monthNameOf, obstacleText, peopleText, startText } from './text.ts'

type Parts = { text: string; style?: Style }[]

const listKeys = () => t`↑↓ move  space mark  enter look closer  a approve  r reject  q leave`
const pageKeys = () => t`a approve  r reject  m messages  e refused rows  ← back  q leave`
/** On the list; a page keeps one line for a note. */
const MOST_NOTES = 3
const shortKeys = () => t`space enter a r q`

/** The lines of the screen: never more or wider than `size`. */
export function draw(state: State, size: Size, present: Present): Block {
  const lines = state.page ? pageLines(state.page, state.notes, size) : listLines(state, size, present)
  const fit = (parts: Parts): Parts => {
    let left = size.columns
    return parts.map(({ text, ...part }) => {
      const shown = widthOf(visible(text)) <= left ? visible(text) : fitted(visible(text), left)
      left = Math.max(0, left - widthOf(shown))
      return { ...part, text: shown }
    })
  }
  return Block.of(lines.map(fit))
}

function listLines(state: State, size: Size, present: Present): Parts[] {
  const { items, at, notes } = state
  const current = items[at]
  if (current === undefined)
    return [...noteLines(notes, MOST_NOTES), plain(t`No campaign waits for approval.`), plain(t`q leave`)]
  const foot = [
    ...(size.rows >= 14 ? [plain(''), ...aboutCurrent(current, present)] : []),
    ...markedLines(markedOf(state), present),
    ...noteLines(notes, MOST_NOTES),
    footer(size, listKeys(), `${at + 1}/${items.length}`),
  ]
  const head = [headLine(items, current.proposal, present), ...(size.rows >= 14 ? [plain('')] : [])]
  const room = Math.max(1, size.rows - head.length - 1 - foot.length)
  const first = Math.max(0, Math.min(at - Math.floor(room / 2), items.length - room))
  const columns = columnsFor(items, size, present)
  const rows = items.slice(first, first + room).map((item, i) => rowLine(item, columns, state, first + i === at))
  return [...head, titleLine(columns), ...rows, ...foot]
}

function headLine(items: readonly Item[], { wallet, budget }: Proposal, present: Present): Parts {
  const waits = items.length === 1 ? t`1 campaign waits.` : t`${items.length} campaigns wait.`
  const month = monthNameOf(budget.month, present)
  const { position } = budget
  const left =
    position === null
      ? t`no budget for ${month}`
      : t`${reaisText(moneyOf(position.available))} left in ${month} (of ${reaisText(moneyOf(position.budget))})`
  return plain(`${waits}  ${shortened(wallet)}: ${left}`)
}

/** A long name leaves room for the figures. */
function shortened(name: string): string {
  const shown = visible(name)
  return widthOf(shown) <= 24 ? shown : fitted(shown, 24)
}

interface ListColumn {
  title: string
  width: number
  right?: boolean
  /** A reason against an approval takes its place. */
  yields?: boolean
  text: (item: Item) => string
}

const BOX = 6
const GAP = 2
const LEAST_NAME = 8

/** The columns that fit: BY and then STARTS go first, PEOPLE next; the name takes what is left. */
function columnsFor(items: readonly Item[], size: Size, present: Present): ListColumn[] {
  const column = (title: string, text: ListColumn['text'], right = false): ListColumn => {
    const width = Math.max(title.length, ...items.map(item => widthOf(visible(text(item)))))
    return { title, width, right, text: item => visible(text(item)) }
  }
  const handle = column(t`CAMPAIGN`, ({ proposal }) => proposal.handle)
  const name = column(t`NAME`, ({ proposal }) => proposal.name)
  const cost = column(t`COST`, ({ proposal }) => reaisText(moneyOf(proposal.cost), 'UP'), true)
  const optional = [
    column(t`PEOPLE`, ({ proposal }) => number(proposal.leads - proposal.fish), true),
    {
      ...column(t`STARTS`, ({ proposal }) => (proposal.obstacle ? '' : startText(proposal, present))),
      yields: true,
    },
    {
      ...column(t`BY`, ({ proposal }) => `${proposal.importer}  ${ageText(proposal.importedAt, present.now)}`),
      yields: true,
    },
  ]
  const used = (columns: readonly ListColumn[]) => columns.reduce((sum, { width }) => sum + width + GAP, BOX)
  let kept = optional.length
  while (kept > 0 && used([handle, cost, ...optional.slice(0, kept)]) + LEAST_NAME > size.columns) kept--
  const [people, ...later] = optional.slice(0, kept)
  const others = [...(people ? [people] : []), cost, ...later]
  // A reason against an approval takes the place of STARTS and BY, and what it needs beyond them from the name.
  const reasons = Math.max(0, ...items.map(({ proposal }) => widthOf(visible(obstacleText(proposal))) + GAP))
  const beyond = later.length === 0 ? 0 : Math.max(0, reasons - (used(later) - BOX))
  const room = Math.max(Math.min(LEAST_NAME, size.columns), size.columns - used([handle, ...others]) - beyond)
  return [handle, { ...name, width: Math.min(name.width, Math.max(name.title.length, room)) }, ...others]
}

function titleLine(columns: readonly ListColumn[]): Parts {
  return [{ text: ' '.repeat(BOX) + joined(columns, ({ title }) => title), style: 'dim' }]
}

function rowLine(item: Item, columns: readonly ListColumn[], { marked }: State, isCurrent: boolean): Parts {
  const { id, obstacle } = item.proposal
  const box = obstacle ? (obstacle.code === 'SELF_APPROVAL' ? '[-] ' : '[!] ') : marked.includes(id) ? '[x] ' : '[ ] '
  const style: Style | undefined = obstacle ? 'yellow' : marked.includes(id) ? 'green' : undefined
  const shown = obstacle ? columns.filter(column => !column.yields) : columns
  const reason = shown.length < columns.length ? ' '.repeat(GAP) + obstacleText(item.proposal) : ''
  const text = box + joined(shown, column => column.text(item)) + reason
  return [{ text: isCurrent ? '❯ ' : '  ' }, { text, ...(style !== undefined && { style }) }]
}

function joined(columns: readonly ListColumn[], text: (column: ListColumn) => string): string {
  return columns
    .map(column => {
      const said = text(column)
      return column.right ? ' '.repeat(Math.max(0, column.width - widthOf(said))) + said : fitted(said, column.width)
    })
    .join(' '.repeat(GAP))
    .trimEnd()
}

/** What the row has no room for. */
function aboutCurrent({ proposal, ends }: Item, present: Present): Parts[] {
  const { wallet, broker, hours, left, obstacle, budget } = proposal
  const end = ends === null ? [] : [t`would end ${about(ends, present.timezone, present.now)}`]
  const rest =
    left !== null && moneyOf(left) >= 0n
      ? [t`${reaisText(moneyOf(left))} left in ${monthNameOf(budget.month, present)} after it`]
      : []
  return [
    plain([wallet, broker, daysText(hours), startText(proposal, present)].join(' · ')),
    obstacle
      ? [{ text: t`It cannot be approved: ${obstacleText(proposal)}`, style: 'yellow' }]
      : plain([...end, ...rest].join(' · ')),
  ]
}

function markedLines(marked: readonly Proposal[], present: Present): Parts[] {
  if (marked.length === 0) return []
  return sumsOf(marked).map(sum => {
    const { wallet, month, cost, left } = sum
    const rest =
      left === null
        ? ''
        : moneyOf(left) < 0n
          ? ` → ${t`over budget by ${reaisText(-moneyOf(left), 'UP')}`}`
          : ` → ${t`${reaisText(moneyOf(left))} left in ${monthNameOf(month, present)}`}`
    const style: Style = left !== null && moneyOf(left) < 0n ? 'red' : 'green'
    return [{ text: t`Marked: ${peopleText(sum)}, ${costText(cost)}${rest} (${wallet})`, style }]
  })
}

function pageLines(page: Page, notes: readonly string[], size: Size): Parts[] {
  const lines = foldedPage(page, size)
  const { shown } = roomOf(page, size)
  const parts = lines.slice(page.top, page.top + shown).map(line => line.parts.map(part => ({ ...part })))
  const last = Math.min(page.top + shown, lines.length)
  return [...parts, ...noteLines(notes), footer(size, pageKeys(), `${last}/${lines.length}`)]
}

/** How many lines of a page are shown, and how many it has. */
export function roomOf(page: Page, size: Size): PageRoom {
  // The last line names the keys; one is kept for a note.
  return { shown: Math.max(1, size.rows - 2), lines: foldedPage(page, size).length }
}

/** A word that is longer than a line (a URL) is cut into lines, too: an approver reads all of it. */
function foldedPage({ text }: Page, { columns }: Size): Line[] {
  return linesOf(text)
    .flatMap(line => fold(line, columns))
    .flatMap(line => cutLine(line, columns))
}

function cutLine(line: Line, columns: number): Line[] {
  const text = line.parts.map(part => part.text).join('')
  if (widthOf(text) <= columns) return [line]
  const start = text.slice(0, Math.max(1, lengthWithin(text, columns)))
  return [
    { ...line, parts: [{ text: start }] },
    ...cutLine({ ...line, parts: [{ text: text.slice(start.length) }] }, columns),
  ]
}

function noteLines(notes: readonly string[], most = 1): Parts[] {
  return notes.slice(-most).map(text => [{ text, style: 'yellow' as const }])
}

function footer({ columns }: Size, keys: string, count: string): Parts {
  const room = columns - widthOf(count) - GAP
  const shown = widthOf(keys) <= room ? keys : shortKeys()
  return [{ text: `${fitted(shown, room)}${' '.repeat(GAP)}${count}`, style: 'dim' }]
}

function plain(text: string): Parts {
  return [{ text }]
}
