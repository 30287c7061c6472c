import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { LiveCampaign } from '../../../src/campaign/read/live.ts'
import { waitOf } from '../../../src/campaign/read/wait.ts'
import { linesOf, plainText } from '../../../src/cli/blocks.ts'
import { openDisplay, pictureText } from '../../../src/cli/live/display.ts'
import { blockOf, footOf, lineOf } from '../../../src/cli/live/layout.ts'
import { eventOf, plainLine } from '../../../src/cli/live/plain.ts'
import { Output } from '../../../src/cli/output.ts'

const present = { now: new Date('2026-11-28T17:00:00Z'), timezone: 'America/Sao_Paulo' }
const at = (time: string) => new Date(`2026-11-28T${time}-03:00`)

const CAMPAIGN: LiveCampaign = {
  id: '1',
  handle: 'C261128-99561',
  name: 'Lenta',
  wallet: 'Carteira A',
  broker: 'SANDBOX',
  importer: 'carla@camp.example',
  throttle: 'fixed:1s',
  status: 'PROCESSING',
  failureReason: null,
  failureCode: null,
  total: 295,
  accepted: 108,
  refused: 3,
  inDoubt: 1,
  delivered: 61,
  read: 29,
  waitingUntil: null,
  perMinute: 58,
  ends: at('14:17:30'),
  cost: { used: '4.8600', ceiling: '13.2800' },
  reasons: [{ code: '30008', leads: 3 }],
  wait: null,
  isFollowed: true,
}

const shown = (campaign: LiveCampaign, columns: number) =>
  plainText(blockOf(campaign, { ...present, columns })).split('\n')

describe('a campaign on the screen', () => {
  it('is whole at 80 columns', () => {
    expect(shown(CAMPAIGN, 80)).toEqual([
      'C261128-99561 Lenta                              Carteira A · SANDBOX · by carla',
      `${'█'.repeat(15)}${'░'.repeat(25)}  37 %   112/295   58/min   ends 14:17`,
      ' 108 accepted   61 delivered   29 read   3 refused   1 IN DOUBT    R$ 4.86/13.28',
      ' refused: 30008 3',
      ' pace fixed:1s',
    ])
  })

  it.each([40, 50, 60, 72, 79, 80, 100, 120])('fits %i columns, in every state', columns => {
    const long = { ...CAMPAIGN, name: 'Acordo com desconto de 70% - black friday - novembro 2026 - lote um de doze' }
    const many = { ...long, total: 1_234_567, accepted: 999_999, refused: 88_888, inDoubt: 7_777 }
    const waits: LiveCampaign['wait'][] = [
      { why: 'HOURS', until: new Date('2026-11-30T11:00:00Z'), closed: 50 },
      { why: 'BROKER', since: at('13:15:00'), until: at('14:16:30'), reason: 'connect ECONNREFUSED 10.0.0.1:443' },
    ]
    for (const campaign of [CAMPAIGN, long, many, ...waits.map(wait => ({ ...many, wait }))])
      for (const block of [blockOf(campaign, { ...present, columns }), lineOf(campaign, { ...present, columns })])
        for (const { parts } of linesOf(block))
          expect(parts.map(part => part.text).join('').length).toBeLessThanOrEqual(columns)
  })

  it('gives up, when narrower, the right half of the first line, then what was delivered and read', () => {
    expect(shown(CAMPAIGN, 79)[0]).toBe('C261128-99561 Lenta')
    expect(shown(CAMPAIGN, 79)[2]).toContain('61 delivered')
    expect(shown(CAMPAIGN, 60)[2]).toMatch(/^ 108 accepted {3}3 refused {3}1 IN DOUBT +R\$ 4\.86\/13\.28$/)
    expect(shown(CAMPAIGN, 44)[2]).toBe(' 108 accepted   3 refused   1 IN DOUBT')
    expect(shown(CAMPAIGN, 40)[1]).toMatch(/ends 14:17$/)
  })

  it('shows – for what callbacks cannot tell', () => {
    expect(shown({ ...CAMPAIGN, isFollowed: false, delivered: 0, read: 0 }, 100)[2]).toContain('– delivered   – read')
    expect(eventOf({ ...CAMPAIGN, isFollowed: false })).toMatchObject({ delivered: null, read: null })
  })

  it('has a line for each if the blocks do not fit, and the workers below them', () => {
    const surroundings = { workers: [], batches: 2, callbacks: 0, callbacks_since: null }
    const picture = { campaigns: [CAMPAIGN, { ...CAMPAIGN, id: '2' }], surroundings }
    const lines = (rows: number) =>
      pictureText(picture, { ...present, columns: 80 }, { rows, hint: 'q leaves' }).flatMap(block => [
        ...linesOf(block),
      ])
    expect(lines(24)).toHaveLength(11)
    expect(lines(8)).toHaveLength(3)
    expect(lines(3)).toHaveLength(2)
    expect(plainText(footOf(surroundings, 'q leaves', { ...present, columns: 80 }))).toMatch(
      /^ no worker · 2 batches queued · callbacks up to date +q leaves$/,
    )
  })
})

describe('why nothing is sent', () => {
  const facts = {
    ...{ status: 'PROCESSING' as const, stop: null, failureReason: null, scheduledAt: null, held: null },
    ...{ isServed: true, broker: null, waitingUntil: null, forHours: false, closed: 0 },
  }
  const outage = { since: at('13:15:00'), until: at('14:30:00'), reason: 'HTTP 503' }
  const stop = { what: 'pause' as const, at: at('13:14:00').toISOString(), by: 'carla@camp.example', reason: 'enough' }
  it.each<[string, Partial<Parameters<typeof waitOf>[0]>, string | null]>([
    ['a pace of less than ten seconds is no wait', { waitingUntil: at('14:00:09') }, null],
    ['pace', { waitingUntil: at('14:00:11') }, 'waits until 14:00:11: pace fixed:1s'],
    [
      'contact hours',
      { waitingUntil: new Date('2026-11-30T11:00:00Z'), forHours: true, closed: 50 },
      'waits until Mon 30 Nov 08:00: contact hours (50 of 295 leads)',
    ],
    ['the broker', { broker: outage }, 'broker away since 13:15 (HTTP 503), next try 14:30:00'],
    ['no worker', { isServed: false, broker: outage }, 'No worker is running: start one with camp worker'],
    [
      'held',
      { held: 'it is a copy', isServed: false },
      'nothing is sent: it is a copy. See: camp db accept-restore --show',
    ],
    ['paused', { status: 'PAUSED', stop }, 'PAUSED by carla@camp.example 13:14: enough'],
    ['failed', { status: 'FAILED', failureReason: 'too little budget' }, 'FAILED: too little budget'],
    ['not started', { status: 'APPROVED' }, 'start it: camp campaign run C261128-99561'],
    ['over', { status: 'FINISHED', isServed: false }, null],
  ])('%s', (_, some, text) => {
    const wait = waitOf({ ...facts, ...some }, present.now)
    if (text === null) expect(wait).toBeNull()
    else expect(shown({ ...CAMPAIGN, refused: 0, wait }, 200).at(-1)).toBe(` ${text}`)
  })
})

it('with --json an event a line, at a change', async () => {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const out = new Output({ stdin, stdout, stderr }, { json: true, quiet: false, env: {} })
  const show = await openDisplay({ out }, { hint: '', events: true })
  const surroundings = { workers: [], batches: 2, callbacks: 0, callbacks_since: null }
  const update = (accepted: number, seconds: number) =>
    show.update(
      { campaigns: [{ ...CAMPAIGN, accepted }], surroundings },
      { ...present, now: new Date(+present.now + 1000 * seconds) },
    )
  update(1, 0)
  update(2, 1)
  update(2, 6)
  update(2, 12)
  const events = String(stdout.read()).trim().split('\n')
  expect(events.map(line => JSON.parse(line))).toMatchObject([
    { event: 'progress', campaign: 'C261128-99561', accepted: 1, delivered: 61, waits: null },
    { event: 'workers', workers: [], batches: 2, callbacks: 0 },
    { event: 'progress', accepted: 2 },
  ])
  expect(stderr.read()).toBeNull()
})

it('a line for a pipe has a pair for each figure that is known', () => {
  expect(plainLine({ ...CAMPAIGN, wait: { why: 'PACE', until: at('14:00:11') } })).toBe(
    'campaign=C261128-99561 status=PROCESSING sent=112 total=295 accepted=108 delivered=61 read=29 refused=3 in_doubt=1 ' +
      'per_minute=58 expected_end=2026-11-28T17:17:30.000Z cost=4.8600 at_most=13.2800 reasons=30008:3 waits=PACE ' +
      'until=2026-11-28T17:00:11.000Z',
  )
})
