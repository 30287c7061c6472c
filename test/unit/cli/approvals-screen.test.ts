import { describe, expect, it } from 'vitest'
import type { Proposal } from '../../../src/campaign/approval/proposal.ts'
import { fields, plainText } from '../../../src/cli/blocks.ts'
import { draw, roomOf } from '../../../src/cli/commands/campaign/approve/lines.ts'
import { type Item, press, refreshed, type State } from '../../../src/cli/commands/campaign/approve/state.ts'
import { widthOf } from '../../../src/cli/fold.ts'
import { CampError } from '../../../src/errors.ts'

const PRESENT = { now: new Date('2026-11-28T18:08:00Z'), timezone: 'America/Sao_Paulo' }
const WIDE = { columns: 79, rows: 23 }

function item(handle: string, given: Partial<Proposal> = {}): Item {
  const position = { budget: '5000.0000', used: '40.5500', committed: '0.0000', available: '4959.4500' }
  const proposal: Proposal = {
    id: handle,
    handle,
    name: 'Link estranho',
    wallet: 'Carteira A',
    broker: 'SANDBOX',
    importer: 'carla',
    importedAt: new Date('2026-11-28T17:08:00Z'),
    scheduledAt: null,
    hours: '08:00-20:00 mon-sat',
    unit: '0.0450',
    hash: `hash of ${handle}`,
    leads: 50,
    fish: 0,
    cost: '2.2500',
    budget: { month: '2026-11', position, fits: true },
    left: '4957.2000',
    mayApprove: true,
    obstacle: null,
    ...given,
  }
  return { proposal, ends: new Date('2026-11-28T18:10:00Z') }
}

const BIG = item('C4', {
  name: 'Grande demais',
  leads: 29_990,
  cost: '6309.0000',
  left: '-1349.5500',
  obstacle: new CampError('BUDGET_EXCEEDED', 'too much'),
})
const OWN = item('C5', {
  name: 'Do chefe',
  mayApprove: false,
  obstacle: new CampError('SELF_APPROVAL', 'you imported it'),
})
const ITEMS = [item('C1'), item('C2', { name: 'Acordo\x1b[8m com desconto' }), item('C3'), BIG, OWN]

const first = (items: readonly Item[] = ITEMS): State => ({ items, at: 0, marked: [], page: null, notes: [] })

function pressed(state: State, ...names: string[]) {
  let outcome: ReturnType<typeof press> = { state }
  for (const name of names) outcome = press(outcome.state, { name, ctrl: false }, WIDE, roomOf)
  return outcome
}

const shown = (state: State, size = WIDE) => plainText(draw(state, size, PRESENT)).split('\n')

describe('the keys of the approvals', () => {
  it('move within the list, and no further', () => {
    expect(pressed(first(), 'down', 'j', 'up').state.at).toBe(1)
    expect(pressed(first(), 'up', 'k').state.at).toBe(0)
    expect(pressed(first(), 'end', 'down').state.at).toBe(4)
    expect(pressed(first(), 'pagedown', 'home').state.at).toBe(0)
  })

  it('approve the marked ones, or the current one if none is marked, as they are shown', () => {
    const marked = pressed(first(), 'space', 'down', 'space', 'a').wish
    expect(marked).toEqual({ do: 'APPROVE', proposals: [ITEMS[0]!.proposal, ITEMS[2]!.proposal] })
    expect(pressed(first(), 'down', 'a').wish).toEqual({ do: 'APPROVE', proposals: [ITEMS[1]!.proposal] })
    expect(pressed(first(), 'space', 'up', 'space', 'a').wish).toEqual({
      do: 'APPROVE',
      proposals: [ITEMS[1]!.proposal],
    })
  })

  it('mark and approve neither one that is over budget nor one’s own, and say why', () => {
    for (const key of ['space', 'a']) {
      const over = pressed(first(), 'down', 'down', 'down', key)
      expect(over.wish).toBeUndefined()
      expect(over.state).toMatchObject({
        marked: [],
        notes: ['C4 cannot be approved: over budget by R$ 1,349.55.'],
      })
      expect(pressed(first(), 'end', key).state.notes).toEqual(['C5 cannot be approved: yours: another ADMIN must.'])
    }
  })

  it('approve no sum that the budget does not cover', () => {
    const halves = ['C1', 'C2'].map(handle => item(handle, { cost: '3000.0000', left: '1959.4500' }))
    const both = pressed(first(halves), 'space', 'space', 'a')
    expect(both.wish).toBeUndefined()
    expect(both.state.notes).toEqual(['Together they cost more than Carteira A has left: mark fewer.'])
    expect(shown({ ...both.state, notes: [] }).join('\n')).toContain('over budget by R$ 1,040.55')
  })

  it('reject, look closer and leave', () => {
    expect(pressed(first(), 'r').wish).toEqual({ do: 'REJECT', proposal: ITEMS[0]!.proposal })
    expect(pressed(first(), 'return').wish).toMatchObject({ do: 'OPEN', kind: 'FACTS' })
    expect(pressed(first(), 'm').wish).toMatchObject({ do: 'OPEN', kind: 'MESSAGES' })
    expect(pressed(first(), 'e').wish).toMatchObject({ do: 'OPEN', kind: 'REFUSED' })
    expect(pressed(first(), 'q').wish).toEqual({ do: 'LEAVE' })
    expect(pressed(first([]), 'a').wish).toBeUndefined()
    expect(pressed(first([]), 'q').wish).toEqual({ do: 'LEAVE' })
    expect(press(first(), { name: 'a', ctrl: true }, WIDE, roomOf).wish).toBeUndefined()
  })

  it('scroll a page to its end, approve what it shows, and go back', () => {
    const text = fields(Array.from({ length: 60 }, (_, i) => [`line ${i}`, 'text'] as const))
    const on = {
      ...pressed(first(), 'space').state,
      page: { kind: 'FACTS' as const, proposal: ITEMS[2]!.proposal, text, top: 0 },
    }
    expect(pressed(on, 'a').wish).toEqual({ do: 'APPROVE', proposals: [ITEMS[2]!.proposal] })
    const end = pressed(on, 'end').state
    expect(shown(end).join('\n')).toContain('line 59')
    expect(pressed(end, 'down').state).toEqual(end)
    expect(pressed(on, 'left').state.page).toBeNull()
    expect(pressed({ ...on, page: { ...on.page, kind: 'MESSAGES' } }, 'left').wish).toMatchObject({ kind: 'FACTS' })
  })

  it('keep the marks of the campaigns that still wait', () => {
    const state = pressed(first(), 'space', 'space', 'end').state
    const later = refreshed(state, ITEMS.slice(1, 3), ['note'])
    expect(later).toMatchObject({ marked: ['C2'], at: 1, page: null, notes: ['note'] })
  })
})

describe('what the approvals show', () => {
  it('at 80x24: money, people, times, who, and why not', () => {
    const lines = shown(pressed(first(), 'space').state)
    expect(lines[0]).toBe('5 campaigns wait.  Carteira A: R$ 4,959.45 left in November (of R$ 5,000.00)')
    const text = lines.join('\n')
    expect(text).toMatch(/ {2}\[x\] C1 .* 50 +R\$ 2\.25 +when run/)
    expect(text).toMatch(/❯ \[ \] C2 /)
    expect(text).toMatch(/\[!\] C4 .*29,990 +R\$ 6,309\.00 +over budget by R\$ 1,349\.55/)
    expect(text).toMatch(/\[-\] C5 .*yours: another ADMIN must/)
    expect(text).toContain('would end Sat 15:10 · R$ 4,957.20 left in November after it')
    expect(text).toContain('Marked: 50 people, at most R$ 2.25 → R$ 4,957.20 left in November (Carteira A)')
    expect(lines.at(-1)).toMatch(/^↑↓ move .* q leave +2\/5$/)
  })

  it('shows no control character of a name', () => {
    const text = shown(first()).join('\n')
    expect(text).toContain('Acordo␛[8m')
    expect(text).not.toContain('\x1b')
  })

  it('leaves out BY and then STARTS on a narrow terminal', () => {
    const titles = (columns: number, items = ITEMS.slice(0, 3)) =>
      shown(first(items), { columns, rows: 23 })
        .find(line => line.includes('CAMPAIGN'))!
        .trim()
        .split(/ +/)
    expect(titles(79)).toEqual(['CAMPAIGN', 'NAME', 'PEOPLE', 'COST', 'STARTS', 'BY'])
    expect(titles(60)).toEqual(['CAMPAIGN', 'NAME', 'PEOPLE', 'COST', 'STARTS'])
    expect(titles(48)).toEqual(['CAMPAIGN', 'NAME', 'PEOPLE', 'COST'])
  })

  it.each([
    [79, 23],
    [59, 15],
    [39, 9],
    [19, 7],
  ])('fits %d columns and %d rows, whichever item is current', (columns, rows) => {
    const many = Array.from({ length: 40 }, (_, i) => item(`C${i}`, { name: 'á'.repeat(i * 3) }))
    const url = `https://example.com/${'x'.repeat(200)}END`
    const page = { kind: 'FACTS' as const, proposal: many[0]!.proposal, text: fields([['text', url]]), top: 0 }
    for (const at of [0, 20, 39]) {
      for (const state of [first(many), { ...first(many), marked: ['C1', 'C39'], notes: ['a note'] }]) {
        const lines = shown({ ...state, at }, { columns, rows })
        expect(lines.length).toBeLessThanOrEqual(rows)
        expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(columns)
        expect(lines.join('\n')).toContain(`❯ `)
        expect(lines.at(-1)).toContain(`${at + 1}/40`)
      }
    }
    const size = { columns, rows }
    const last = press({ ...first(many), page }, { name: 'end', ctrl: false }, size, roomOf).state
    const lines = shown(last, size)
    expect(lines.length).toBeLessThanOrEqual(rows)
    expect(lines.join('')).toContain('END')
  })
})
