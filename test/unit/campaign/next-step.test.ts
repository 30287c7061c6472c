import { describe, expect, it } from 'vitest'
import { nextSteps, type Situation, standingStep } from '../../../src/campaign/read/next-step.ts'
import { CAMPAIGN_STATUSES, type CampaignStatus, isLegal } from '../../../src/lifecycle/campaign-status.ts'
import { stateHint } from '../../../src/lifecycle/state-hint.ts'

const [ANA, BEA, CARLA, DORA] = ['ana', 'bea', 'carla', 'dora'].map(name => ({ id: name, email: `${name}@x` })) as [
  { id: string; email: string },
  { id: string; email: string },
  { id: string; email: string },
  { id: string; email: string },
]
const ADMINS = [ANA, BEA]
const NOW = new Date('2026-11-28T17:28:21Z')
const TOMORROW = new Date('2026-11-29T12:00:00Z')
const CLOSED = { opensAt: new Date('2026-11-30T11:00:00Z'), closedBecause: 'why' }

function said(it: Partial<Situation>): string[] {
  return nextSteps({
    handle: 'C1',
    status: 'APPROVED',
    scheduledAt: null,
    startMissed: false,
    pending: 52,
    inDoubt: 0,
    failure: null,
    importer: CARLA,
    reader: { ...ANA, role: 'ADMIN' },
    admins: ADMINS,
    approvers: ADMINS,
    opensAt: null,
    closedBecause: null,
    workerRunning: true,
    held: null,
    now: NOW,
    timezone: 'America/Sao_Paulo',
    ...it,
  })
}

const READERS: Record<string, Situation['reader']> = {
  'an ADMIN': { ...BEA, role: 'ADMIN' },
  'its importer': { ...CARLA, role: 'USER' },
  'another USER': { ...DORA, role: 'USER' },
}
const WHO = 'Its importer, carla@x, or an ADMIN (ana@x, bea@x)'

const FIX = "Fix the cause, at the broker or in the wallet's credential: camp credential test"
const ADMIN_FIXES = "An ADMIN fixes the cause, at the broker or in the wallet's credential: ana@x, bea@x."

describe('what comes next', () => {
  it.each<[CampaignStatus, Record<string, string[]>]>([
    [
      'PENDING_APPROVAL',
      {
        'an ADMIN': ['Approve it: camp campaign approve C1'],
        'its importer': ['An ADMIN approves it: ana@x, bea@x.'],
        'another USER': ['An ADMIN approves it: ana@x, bea@x.'],
      },
    ],
    [
      'APPROVED',
      {
        'an ADMIN': ['Start it: camp campaign run C1'],
        'its importer': ['Start it: camp campaign run C1'],
        'another USER': ['Start it: camp campaign run C1'],
      },
    ],
    [
      'PROCESSING',
      {
        'an ADMIN': ['Follow it: camp campaign watch C1'],
        'its importer': ['Follow it: camp campaign watch C1'],
        'another USER': ['Follow it: camp campaign watch C1'],
      },
    ],
    [
      'PAUSED',
      {
        'an ADMIN': ['Continue it: camp campaign resume C1'],
        'its importer': ['Continue it: camp campaign resume C1'],
        'another USER': [`${WHO} resumes it.`],
      },
    ],
    [
      'FAILED',
      {
        'an ADMIN': [FIX, 'Then continue it: camp campaign resume C1'],
        'its importer': [ADMIN_FIXES, 'Then continue it: camp campaign resume C1'],
        'another USER': [ADMIN_FIXES, `${WHO} then resumes it.`],
      },
    ],
    [
      'FINISHED',
      {
        'an ADMIN': ['See the result: camp campaign report C1'],
        'its importer': ['See the result: camp campaign report C1'],
        'another USER': ['See the result: camp campaign report C1'],
      },
    ],
    ['CANCELLED', { 'an ADMIN': [], 'its importer': [], 'another USER': [] }],
    ['ARCHIVED', { 'an ADMIN': [], 'its importer': [], 'another USER': [] }],
  ])('%s, for each who reads it', (status, expected) => {
    for (const [who, reader] of Object.entries(READERS)) expect(said({ status, reader }), who).toEqual(expected[who])
  })

  it('is in the table for every status, and names only moves that are legal there', () => {
    const commands = { approve: 'approve', run: 'run', resume: 'resume' } as const
    for (const status of CAMPAIGN_STATUSES) {
      for (const workerRunning of [true, false]) {
        for (const scheduledAt of [null, TOMORROW, new Date('2026-11-28T17:00:00Z')]) {
          const lines = said({ status, workerRunning, scheduledAt }).join('\n')
          for (const [command, move] of Object.entries(commands)) {
            if (lines.includes(`camp campaign ${command} C1`))
              expect(isLegal(move, status), `${status}: ${lines}`).toBe(true)
          }
          const promises = ['PENDING_APPROVAL', 'APPROVED', 'PROCESSING'].includes(status)
          expect(lines.includes('No worker is running: start one with camp worker'), status).toBe(
            promises && !workerRunning,
          )
        }
      }
      expect(stateHint(status, 'C1')).not.toMatch(/\bID\b/)
    }
  })

  it('of a schedule to come says when, and nothing of a command that would overrule it', () => {
    expect(said({ scheduledAt: TOMORROW, ...CLOSED })).toEqual([
      'It starts at Sun 29 Nov 09:00; nothing is sent before Mon 30 Nov 08:00 (why).',
    ])
    expect(said({ scheduledAt: TOMORROW, workerRunning: false })).toEqual([
      'It starts at Sun 29 Nov 09:00.',
      'No worker is running: start one with camp worker.',
    ])
    expect(said({ scheduledAt: new Date('2027-01-04T12:00:00Z') })).toEqual(['It starts at Mon 4 Jan 2027 09:00.'])
    expect(said({ status: 'PENDING_APPROVAL', scheduledAt: TOMORROW, ...CLOSED })).toEqual([
      'Approve it: camp campaign approve C1',
      'After approval it starts at Sun 29 Nov 09:00; nothing is sent before Mon 30 Nov 08:00 (why).',
    ])
  })

  it('of a schedule that has come, or was missed, says so', () => {
    const scheduledAt = new Date('2026-11-28T17:00:00Z')
    expect(said({ scheduledAt })).toEqual(['Its start time, Sat 28 Nov 14:00, has passed: it starts within seconds.'])
    expect(said({ scheduledAt, startMissed: true })).toEqual([
      'Its start, Sat 28 Nov 14:00, was missed. Start it now: camp campaign run C1',
    ])
    expect(said({ status: 'PENDING_APPROVAL', scheduledAt, startMissed: true })[1]).toBe(
      'Its start, Sat 28 Nov 14:00, was missed: after approval, start it with camp campaign run.',
    )
  })

  it('where the contact hours are closed says until when, and why', () => {
    expect(said(CLOSED)[1]).toBe('If started now, it sends nothing before Mon 30 Nov 08:00 (why).')
    expect(said({ status: 'PROCESSING', ...CLOSED })[0]).toBe('Nothing is sent before Mon 30 Nov 08:00 (why).')
  })

  it('tells an importer who may not approve their own who does, and where there is none, how there is one', () => {
    const reader = { ...ANA, role: 'ADMIN' as const }
    const own = { status: 'PENDING_APPROVAL' as const, importer: ANA, reader }
    expect(said({ ...own, approvers: [BEA] })).toEqual(['Another ADMIN approves it: bea@x.'])
    expect(said({ ...own, admins: [ANA], approvers: [] })[0]).toMatch(
      /No ADMIN may approve it.*another ADMIN: camp user add/,
    )
    expect(said({ ...own, approvers: [ANA, BEA] })).toEqual(['Approve it: camp campaign approve C1'])
  })

  it('of a failure for the budget names the budget; of doubts, who decides', () => {
    expect(said({ status: 'FAILED', failure: 'BUDGET' })[0]).toBe("Raise the month's budget: camp budget set")
    expect(said({ status: 'FAILED', failure: 'BUDGET', reader: { ...CARLA, role: 'USER' } })[0]).toBe(
      "An ADMIN raises the month's budget: ana@x, bea@x.",
    )
    expect(said({ status: 'FINISHED', inDoubt: 1_200 })[0]).toBe(
      '1,200 in doubt: check at the broker, then decide with camp campaign resolve C1',
    )
    expect(said({ status: 'FINISHED', inDoubt: 3, reader: { ...CARLA, role: 'USER' } })[0]).toBe(
      '3 in doubt. An ADMIN decides about them: ana@x, bea@x.',
    )
  })

  it('a standing approval is told to those who may give it', () => {
    expect(standingStep('R1', ANA, ADMINS)).toContain('camp campaign repeat approve R1 --ceiling AMOUNT')
    expect(standingStep('R1', CARLA, ADMINS)).toContain('An ADMIN can give a standing approval: ana@x, bea@x.')
    expect(standingStep('R1', ANA, [])).not.toContain('camp campaign')
  })
})
