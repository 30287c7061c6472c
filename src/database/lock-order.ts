import type { Tx } from './sql.ts'

/** The order in which a transaction takes locks, of rows by their table. Transactions that follow it cannot deadlock. */
export const LOCK_ORDER = [
  'SecretFingerprint',
  'Credential',
  'Checkpoint',
  'Holiday',
  'WebhookEvent',
  'InboundMessage',
  'Batch',
  /** The advisory lock of a closing: one automation runs for one campaign at a time. */
  'automation',
  /** The advisory lock of a campaign: its answers with a code that is judged by share are judged one batch after another. */
  'share',
  'SendSlot',
  'Contact',
  'CampaignLead',
  'Budget',
  'ReportedCodes',
  'Campaign',
  'Recurrence',
  'Installation',
] as const

export type Lockable = (typeof LOCK_ORDER)[number]

interface Exception {
  row: Lockable
  /** The lock of a later rank that is already held. */
  after: Lockable
  why: string
}

/** Exceptions from the order. PostgreSQL aborts one transaction of a deadlock, and `transaction` runs it again. */
export const LOCK_EXCEPTIONS = {
  APPROVAL: {
    row: 'Budget',
    after: 'Campaign',
    why: 'the wallet, the month and the price are those of the locked campaign',
  },
  LEFT_PENDING: {
    row: 'CampaignLead',
    after: 'Campaign',
    why: 'whether leads may stay PENDING is decided by the locked campaign; their batch is held',
  },
} as const satisfies Record<string, Exception>

/** The rank of the last lock of each transaction; undefined: not checked. */
let ranks: WeakMap<Tx, number> | undefined

/** After this call a lock that is out of order throws. For tests: production does not pay for it. */
export function checkLockOrder(): void {
  ranks ??= new WeakMap()
}

/** To be called when a transaction begins: its connection may have served another. */
export function forgetLocks(tx: Tx): void {
  ranks?.delete(tx)
}

/**
 * Declares the lock that the next statement takes: `locking(tx, 'Batch').query(…)`. Rows that the transaction already holds are
 * not declared again: a function that may write such rows takes the `tx` unchanged, and its caller declares a new lock.
 * @throws Error if the order is checked and violated
 */
export function locking(tx: Tx, row: Lockable, exception?: Exception): Tx {
  if (!ranks) return tx
  const [rank, last] = [LOCK_ORDER.indexOf(row), ranks.get(tx) ?? -1]
  const isExcepted = exception?.row === row && LOCK_ORDER.indexOf(exception.after) >= last
  if (rank < last && !isExcepted) throw new Error(`lock order: ${row} after ${LOCK_ORDER[last]}`)
  ranks.set(tx, Math.max(rank, last))
  return tx
}
