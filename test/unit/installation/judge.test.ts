import { describe, expect, it } from 'vitest'
import { type Evidence, judge, SILENCE_MS } from '../../../src/installation/judge.ts'

const NOW = new Date('2026-11-30T11:00:00Z')
const ago = (ms: number) => new Date(NOW.getTime() - ms)
const HOUR_MS = 3_600_000

/** A database at work, in its usual place, as current as the mark outside. */
function found(change: Partial<Evidence> = {}): Evidence {
  return {
    inside: { generation: 1, mark: 40 },
    lastSeenAt: ago(60_000),
    now: NOW,
    stored: { generation: 1, mark: 40, at: ago(60_000), isOurs: true },
    usedIn: '7301/16384',
    isIn: '7301/16384',
    addresses: ['db.example:5432/camp timeline 00000001'],
    address: 'db.example:5432/camp timeline 00000001',
    isAtWork: true,
    displacedAt: null,
    oldestWorkAt: ago(24 * HOUR_MS),
    isReplaced: false,
    isVouched: false,
    ...change,
  }
}

const outside = (mark: number, generation = 1) => ({ generation, mark, at: ago(60_000), isOurs: true })

describe('judge: a database may be sent from', () => {
  it.each<[string, Partial<Evidence>]>([
    ['as current as the mark outside', {}],
    ['ahead of the mark outside: a worker died before it wrote it', { stored: outside(39) }],
    ['in a later generation than marks of before', { stored: outside(90, 0) }],
    ['stopped over a weekend', { lastSeenAt: ago(64 * HOUR_MS) }],
    ['by another name, with the mark known', { address: '10.0.0.7:5432/camp timeline 00000001' }],
    ['after a failover that lost nothing, with the mark known', { address: 'db.example:5432/camp timeline 00000002' }],
    ['at its own address, from a machine that has no mark', { stored: undefined }],
    ['on which no worker has run yet', { stored: undefined, addresses: [], lastSeenAt: null }],
    ['of which the server tells nothing', { usedIn: null, isIn: null }],
    ['copied, with nothing at work', { isIn: '9999/16384', isAtWork: false }],
    ['in a copied home, with nothing at work', { stored: { ...outside(40), isOurs: false }, isAtWork: false }],
    ['new, where another one stood before', { displacedAt: ago(25 * HOUR_MS), stored: undefined }],
    ['at another address, where another worker is at work', { stored: undefined, address: 'new', isVouched: true }],
  ])('%s', (_name, change) => {
    expect(judge(found(change))).toBeUndefined()
  })
})

describe('judge: a person must look at a database', () => {
  it.each<[string, string, Partial<Evidence>]>([
    ['older than the mark outside', 'BEHIND', { stored: outside(41) }],
    ['older by a generation', 'BEHIND', { stored: outside(1, 2) }],
    ['older, with nothing at work: it may have been since', 'BEHIND', { stored: outside(41), isAtWork: false }],
    ['older, whatever another worker does', 'BEHIND', { stored: outside(41), isVouched: true }],
    ['older, and never marked itself', 'BEHIND', { inside: { generation: 0, mark: 0 }, lastSeenAt: null }],
    ['older than the one that stood at its address', 'BEHIND', { displacedAt: ago(HOUR_MS), stored: undefined }],
    ['in another cluster or database', 'COPY', { isIn: '7301/16999' }],
    ['that has taken the place of another', 'COPY', { isReplaced: true }],
    ['in a copied home', 'COPY', { stored: { ...outside(40), isOurs: false } }],
    ['at another address, with no mark known', 'UNKNOWN', { stored: undefined, address: 'new' }],
    ['silent for longer than a weekend', 'SILENT', { lastSeenAt: ago(SILENCE_MS.known + 1) }],
    ['silent for a day, with no mark known', 'SILENT', { stored: undefined, lastSeenAt: ago(SILENCE_MS.unknown + 1) }],
  ])('%s', (_name, kind, change) => {
    expect(judge(found(change))).toMatchObject({ kind })
  })
})
