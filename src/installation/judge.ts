import { compareMarks, type Mark } from './mark.ts'
import type { StoredMark } from './mark-store.ts'

export type HoldKind = 'BEHIND' | 'COPY' | 'UNKNOWN' | 'SILENT' | 'PERSON'

/** What is known about a database before anything is sent from it. */
export interface Evidence {
  /** The database's own half of the mark. */
  inside: Omit<Mark, 'at'>
  /** When a worker last marked it, or, if none has yet, when it last claimed; null: never. */
  lastSeenAt: Date | null
  /** By the database's clock. */
  now: Date
  /** The highest known mark outside. */
  stored: StoredMark | undefined
  /** The cluster and database that it was used in, and the current ones; null if unknown. */
  usedIn: string | null
  isIn: string | null
  /** Where workers have found it, with the cluster's timeline; empty: any address is valid. */
  addresses: readonly string[]
  address: string
  /** Something would be sent, or opened, without a person: src/installation/look.ts. */
  isAtWork: boolean
  /** If no worker has marked it yet: when another database at its address was last marked; null: never. */
  displacedAt: Date | null
  /** When the oldest active campaign in it was imported; null: there is none. */
  oldestWorkAt: Date | null
  /** This process has seen another installation in its place before. */
  isReplaced: boolean
  /** Another worker has raised the mark since this one began to wait. */
  isVouched: boolean
}

export interface Finding {
  kind: Exclude<HoldKind, 'PERSON'>
  reason: string
  /** Another worker that is active on this database would disprove the finding. */
  isRefutable: boolean
}

const HOUR_MS = 3_600_000
/**
 * Longer than an ordinary weekend. Without a mark outside, silence is the only sign that data is old: a nightly backup is
 * detected after a day.
 */
export const SILENCE_MS = { known: 72 * HOUR_MS, unknown: 24 * HOUR_MS } as const

/** @returns why nothing may be sent from this database without a person; undefined if it may */
export function judge(it: Evidence): Finding | undefined {
  const { stored, isAtWork, lastSeenAt } = it
  if (stored && compareMarks(it.inside, stored) < 0) {
    return {
      kind: 'BEHIND',
      reason: `this database is older than what was sent from it: it is at mark ${textOf(it.inside)}, and ${textOf(stored)} was reached`,
      isRefutable: false,
    }
  }
  if (!isAtWork) return undefined
  if (it.displacedAt && it.oldestWorkAt && it.oldestWorkAt < it.displacedAt) {
    const reason = 'this database is older than what was sent from the previous one at its address'
    return { kind: 'BEHIND', reason, isRefutable: false }
  }
  if (it.isReplaced) {
    return { kind: 'COPY', reason: 'this database has replaced another one', isRefutable: false }
  }
  if (it.usedIn !== null && it.isIn !== null && it.usedIn !== it.isIn) {
    const reason = 'this database is a copy: it was used in another PostgreSQL server or database'
    return { kind: 'COPY', reason, isRefutable: false }
  }
  if (stored && !stored.isOurs && !it.isVouched) {
    const reason = 'CAMP_HOME is a copy: it was used in another folder or on another machine'
    return { kind: 'COPY', reason, isRefutable: true }
  }
  if (!stored && it.addresses.length > 0 && !it.addresses.includes(it.address) && !it.isVouched) {
    const reason =
      'this may be a copy or a restored backup: it was used at another address, and no mark of it is known here'
    return { kind: 'UNKNOWN', reason, isRefutable: true }
  }
  const silentMs = lastSeenAt === null ? 0 : it.now.getTime() - lastSeenAt.getTime()
  if (silentMs > SILENCE_MS[stored ? 'known' : 'unknown']) {
    const reason = `no worker has run on this database for ${Math.floor(silentMs / HOUR_MS)} hours`
    return { kind: 'SILENT', reason, isRefutable: false }
  }
  return undefined
}

function textOf({ generation, mark }: Omit<Mark, 'at'>): string {
  return `${generation}.${mark}`
}
