import type { Sql } from '../database/pool.ts'
import { type CheckpointSource, numberOf, type RecordRow, readRows, SOURCES } from './checkpoint-rows.ts'
import {
  CHECKPOINT_COLUMNS,
  type Checkpoint,
  checkpointHash,
  digestOf,
  type Head,
  isSignedBy,
  MARK_BYTES,
  MAX_ROWS,
} from './checkpoints.ts'
import type { Keys } from './keys.ts'
import { numbersOf } from './number-ranges.ts'

export interface RecordAudit {
  checkpoints: number
  /** The newest checkpoint. */
  head: Head | null
  /** Mismatches, a line each, with what to do. */
  findings: string[]
  /** What cannot be proved, but is not a sign of a change. */
  notes: string[]
}

/** Rows that are held in memory at once. */
const AT_ONCE = 2 * MAX_ROWS
/** Names in a line. */
const NAMES = 5

/**
 * Computes the chain of checkpoints again from the rows. It holds some thousand of them in memory, regardless of the total. To
 * be called in a REPEATABLE READ transaction.
 */
export async function auditRecords(sql: Sql, keys: Pick<Keys, 'records'>): Promise<RecordAudit> {
  const audit = new Audit(keys)
  let last: Checkpoint | undefined
  for (;;) {
    const page = await checkpointsAfter(sql, last?.number ?? 0)
    if (page.length === 0) break
    const rows = await rowsOf(sql, keys, page)
    for (const checkpoint of page) {
      audit.link(last, checkpoint)
      audit.compare(checkpoint, rows.get(checkpoint.number) ?? [])
      last = checkpoint
    }
  }
  if (last && !isSignedBy(keys, last)) {
    audit.findings.push(
      `checkpoint ${last.number}, the newest, is not signed with this secret: compare with a head that was kept elsewhere`,
    )
  }
  for (const source of SOURCES) await audit.lookBeside(sql, source)
  if (!last) await audit.lookForRemoved(sql)
  audit.noteUnsigned()
  return {
    checkpoints: audit.checkpoints,
    head: last ? { number: last.number, hash: last.hash } : null,
    findings: audit.findings,
    notes: audit.notes,
  }
}

class Audit {
  checkpoints = 0
  readonly findings: string[] = []
  readonly notes: string[] = []
  readonly #keys: Pick<Keys, 'records'>
  /** The first signed event: earlier ones are from an older camp. */
  #firstSigned: number | undefined
  #older = 0

  constructor(keys: Pick<Keys, 'records'>) {
    this.#keys = keys
  }

  link(last: Checkpoint | undefined, next: Checkpoint): void {
    this.checkpoints++
    const expected = (last?.number ?? 0) + 1
    if (next.number !== expected) {
      this.findings.push(
        next.number - 1 === expected
          ? `checkpoint ${expected} is missing: compare with an earlier backup`
          : `checkpoints ${expected} to ${next.number - 1} are missing: compare with an earlier backup`,
      )
    } else if (next.previous !== (last?.hash ?? null)) {
      this.findings.push(
        `checkpoint ${next.number} does not follow from the one before it: compare with an earlier backup`,
      )
    }
    if (next.hash !== checkpointHash(next))
      this.findings.push(`checkpoint ${next.number} was changed: compare with an earlier backup`)
    if (next.reset) {
      this.notes.push(
        `camp secret reset at ${next.at.toISOString()} (checkpoint ${next.number}): older records are proved only by a head kept elsewhere`,
      )
    }
  }

  compare(checkpoint: Checkpoint, rows: readonly RecordRow[]): void {
    const { number, source, count, digest } = checkpoint
    if (rows.length !== count || digestOf(rows) !== digest) this.#tellChanged(checkpoint, rows)
    if (source !== 'AuditEvent') return
    const unsigned = new Set(numbersOf(checkpoint.unsigned, MAX_ROWS))
    this.#firstSigned ??= rows.find(row => !unsigned.has(row.n))?.n
    const found = rows.filter(row => unsigned.has(row.n))
    if (checkpoint.reset) {
      if (found.length > 0)
        this.notes.push(`checkpoint ${number}: who wrote ${found.length} events just before the reset is not proved`)
      return
    }
    this.#judgeUnsigned(found)
  }

  #tellChanged({ number, source, rows: ranges, marks }: Checkpoint, rows: readonly RecordRow[]): void {
    const present = new Map(rows.map(row => [row.n, row]))
    const missing: number[] = []
    const changed: string[] = []
    for (const [i, n] of numbersOf(ranges, MAX_ROWS).entries()) {
      const row = present.get(n)
      const mark = marks.slice(i * 2 * MARK_BYTES, (i + 1) * 2 * MARK_BYTES)
      if (!row) missing.push(n)
      else if (row.hash.subarray(0, MARK_BYTES).toString('hex') !== mark) changed.push(row.name)
    }
    const { findings } = this
    if (missing.length > 0)
      findings.push(
        `${source}: ${listed(missing)} of checkpoint ${number}, deleted since: compare with an earlier backup`,
      )
    for (const name of changed.slice(0, NAMES))
      findings.push(`${name} was changed after it was written: compare with an earlier backup`)
    const more = changed.length - NAMES
    if (more > 0)
      findings.push(`${source}: ${more} more rows of checkpoint ${number} were changed: compare with an earlier backup`)
    if (missing.length === 0 && changed.length === 0)
      findings.push(
        `${source}: the rows of checkpoint ${number} are not those that it covers: compare with an earlier backup`,
      )
  }

  /** Reports events that no process with the secret has written. */
  #judgeUnsigned(rows: readonly RecordRow[]): void {
    for (const { n, name } of rows) {
      if (this.#firstSigned === undefined || n < this.#firstSigned) this.#older++
      else
        this.findings.push(
          `${name} was not written by camp, or with another secret: ask the user it names, and undo the change it claims`,
        )
    }
  }

  /** Rows that should have a checkpoint and have none; the newest rows have none yet, and are checked individually. */
  async lookBeside(sql: Sql, source: CheckpointSource): Promise<void> {
    const between = await rowsBeside(sql, this.#keys, source)
    const inserted = between.filter(({ extra }) => extra === 0)
    for (const { row } of inserted.slice(0, NAMES))
      this.findings.push(
        `${row.name} was inserted outside of the checkpoints: find out by whom, and undo the change it claims`,
      )
    if (inserted.length > NAMES)
      this.findings.push(`${source}: ${inserted.length - NAMES} more rows were inserted outside of the checkpoints`)
    const unproved = between.filter(({ extra }) => extra === 1).map(({ row }) => row)
    if (unproved.length > 0) {
      const rows = listed(unproved.map(({ n }) => n))
      this.notes.push(`${source}: ${rows}: their checkpoint is missing, so they are not proved`)
    }
    if (source !== 'AuditEvent') return
    this.#judgeUnsigned(unproved.filter(row => !row.isSigned))
    await this.#lookAhead(sql)
  }

  async #lookAhead(sql: Sql): Promise<void> {
    for (let after = -1; ; ) {
      const rows = await readRows(
        sql,
        this.#keys,
        'AuditEvent',
        `FROM "AuditEvent" t
         WHERE t.n > greatest($1, (SELECT coalesce(max(upto), 0) FROM "Checkpoint" WHERE source = 'AuditEvent')) ORDER BY t.n LIMIT $2`,
        [after, MAX_ROWS],
      )
      if (rows.length === 0) return
      after = rows.at(-1)!.row.n
      this.#firstSigned ??= rows.find(({ row }) => row.isSigned)?.row.n
      this.#judgeUnsigned(rows.map(({ row }) => row).filter(row => !row.isSigned))
    }
  }

  /** Without a checkpoint there is no row, because they are taken first: a number that was given out is of a row that is gone. */
  async lookForRemoved(sql: Sql): Promise<void> {
    for (const source of SOURCES) {
      const { rows } = await sql.query<{ given: string | null }>(
        `SELECT pg_sequence_last_value(pg_get_serial_sequence($1, $2)::regclass)::text AS given`,
        [`"${source}"`, numberOf(source)],
      )
      const given = rows[0]!.given
      if (given !== null)
        this.findings.push(
          `${source}: empty, and without a checkpoint, after row ${given}: compare with an earlier backup`,
        )
    }
  }

  noteUnsigned(): void {
    if (this.#older > 0) this.notes.push(`${this.#older} audit events are from before events were signed`)
  }
}

/**
 * Rows below the newest that no checkpoint covers, and that are no gap. `extra` is 1 for those that a missing checkpoint has covered: of
 * the rows that the next one of their table does not cover, those that were open before it.
 */
function rowsBeside(sql: Sql, keys: Pick<Keys, 'records'>, source: CheckpointSource) {
  const n = numberOf(source)
  const checkpoint = (which: string) => `LEFT JOIN LATERAL (
           SELECT upto, gaps FROM "Checkpoint" WHERE source = $1 AND ${which} LIMIT 1)`
  return readRows(
    sql,
    keys,
    source,
    `FROM "${source}" t, (
       SELECT coalesce(range_agg(r), '{}') AS covered FROM "Checkpoint" c CROSS JOIN LATERAL unnest(c.rows) AS r WHERE c.source = $1
     ) a, (
       SELECT coalesce(max(upto), 0) AS upto, coalesce((array_agg(gaps ORDER BY number DESC))[1], '{}') AS gaps
       FROM "Checkpoint" WHERE source = $1
     ) l, (
       SELECT coalesce(range_agg(r), '{}') AS rows
       FROM (SELECT number, lag(number, 1, 0) OVER (ORDER BY number) AS before FROM "Checkpoint") hole
       ${checkpoint('number <= hole.before ORDER BY number DESC')} old ON true
       ${checkpoint('number >= hole.number ORDER BY number')} new ON true
       CROSS JOIN LATERAL unnest(
         coalesce(old.gaps, '{}') + int8multirange(int8range(coalesce(old.upto, 0) + 1, new.upto + 1)) - new.gaps) AS r
       WHERE hole.number > hole.before + 1
     ) missing
     WHERE t.${n} <= l.upto AND NOT t.${n} <@ a.covered AND NOT t.${n} <@ l.gaps ORDER BY t.${n} LIMIT $2`,
    [source, MAX_ROWS],
    `(t.${n} <@ missing.rows)::int`,
  )
}

/** As many as cover AT_ONCE rows together, and at least one. */
async function checkpointsAfter(sql: Sql, number: number): Promise<Checkpoint[]> {
  const { rows } = await sql.query<Checkpoint>(
    `SELECT ${CHECKPOINT_COLUMNS} FROM "Checkpoint" WHERE number > $1 ORDER BY number LIMIT 200`,
    [number],
  )
  let held = 0
  const most = rows.findIndex((row, i) => {
    held += row.count
    return i > 0 && held > AT_ONCE
  })
  return most === -1 ? rows : rows.slice(0, most)
}

async function rowsOf(
  sql: Sql,
  keys: Pick<Keys, 'records'>,
  page: readonly Checkpoint[],
): Promise<Map<number, RecordRow[]>> {
  const found = new Map<number, RecordRow[]>()
  for (const source of SOURCES) {
    const n = numberOf(source)
    const rows = await readRows(
      sql,
      keys,
      source,
      `FROM "Checkpoint" c CROSS JOIN LATERAL unnest(c.rows) AS r JOIN "${source}" t ON t.${n} >= lower(r) AND t.${n} < upper(r)
       WHERE c.source = $1 AND c.number BETWEEN $2 AND $3 ORDER BY c.number, t.${n}`,
      [source, page[0]!.number, page.at(-1)!.number],
      'c.number',
    )
    for (const { extra, row } of rows) {
      const list = found.get(extra)
      if (list) list.push(row)
      else found.set(extra, [row])
    }
  }
  return found
}

function listed(numbers: readonly number[]): string {
  const list = numbers.slice(0, NAMES).join(', ')
  if (numbers.length > NAMES) return `rows ${list} and ${numbers.length - NAMES} more`
  return numbers.length === 1 ? `row ${list}` : `rows ${list}`
}
