/** What a statement has to do with the statements of others, by tables: more than its rows need, never less. */
export interface Footprint {
  reads: ReadonlySet<string>
  /** Tables of which it locks or writes rows. */
  locks: ReadonlySet<string>
  /** Whose locks it ends: those of its transaction, if it ends that. */
  frees: ReadonlySet<string>
  /** Whose changes others see from then on. */
  shows: ReadonlySet<string>
}

const NONE: ReadonlySet<string> = new Set()

/** Of each table, those that a foreign key joins it with: a write of one locks, or deletes, rows of the other. */
export type Relatives = ReadonlyMap<string, ReadonlySet<string>>

/** An open transaction's locks and changes. */
export class Held {
  readonly locks = new Set<string>()
  readonly writes = new Set<string>()

  add({ locks, shows }: { locks: ReadonlySet<string>; shows: ReadonlySet<string> }): void {
    for (const table of locks) this.locks.add(table)
    for (const table of shows) this.writes.add(table)
  }
}

/**
 * Two steps whose order matters: both take locks of one table, or one ends locks that the other takes, or one shows what the
 * other reads. Others may be swapped: a change is not seen before its commit (READ COMMITTED).
 */
export function isDependent(a: Footprint, b: Footprint): boolean {
  return (
    meets(a.locks, b.locks) ||
    meets(a.frees, b.locks) ||
    meets(b.frees, a.locks) ||
    meets(a.shows, b.reads) ||
    meets(b.shows, a.reads)
  )
}

function meets(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  for (const one of a) if (b.has(one)) return true
  return false
}

const ADVISORY = 'an advisory lock'

/** @param held of the transaction; undefined: the statement is one of its own */
export function footprintOf(text: string, relatives: Relatives, held: Held | undefined): Footprint {
  if (isEnd(text)) {
    const isRollback = /^\s*ROLLBACK/i.test(text)
    return { reads: NONE, locks: NONE, frees: held?.locks ?? NONE, shows: isRollback ? NONE : (held?.writes ?? NONE) }
  }
  const { reads, locks, writes } = tablesOf(text, relatives)
  return held ? { reads, locks, frees: NONE, shows: NONE } : { reads, locks, frees: locks, shows: writes }
}

export function isEnd(text: string): boolean {
  return /^\s*(COMMIT|ROLLBACK)\s*;?\s*$/i.test(text)
}

interface Tables {
  reads: ReadonlySet<string>
  locks: ReadonlySet<string>
  writes: ReadonlySet<string>
}

const known = new Map<string, Tables>()

/** A statement's tables, by its text. */
function tablesOf(text: string, relatives: Relatives): Tables {
  const found = known.get(text)
  if (found) return found
  const names = new Map<string, string>()
  const reads = new Set<string>()
  for (const [, table, alias] of text.matchAll(/"(\w+)"(?:\s+(?:AS\s+)?([a-z]\w*))?/g)) {
    if (!relatives.has(table!)) continue
    reads.add(table!)
    names.set(table!, table!)
    if (alias !== undefined) names.set(alias, table!)
  }
  const writes = new Set<string>()
  for (const [, table] of text.matchAll(/(?:INSERT INTO|UPDATE|DELETE FROM)\s+(?:"public"\.)?"(\w+)"/g))
    writes.add(table!)
  const locks = new Set<string>()
  for (const table of writes) {
    locks.add(table)
    for (const relative of relatives.get(table) ?? []) locks.add(relative)
  }
  for (const [, of] of text.matchAll(/\bFOR (?:NO KEY UPDATE|UPDATE|KEY SHARE|SHARE)(?: OF (\w+(?:, \w+)*))?/g)) {
    const of_ = of?.split(', ').map(name => names.get(name)) ?? [...reads]
    for (const table of of_.some(name => name === undefined) ? reads : of_) locks.add(table!)
  }
  if (/pg_(try_)?advisory/.test(text)) locks.add(ADVISORY)
  const tables = { reads, locks, writes }
  known.set(text, tables)
  return tables
}
