import { createHash } from 'node:crypto'
import type { Sql } from '../database/pool.ts'
import { isSigned } from './event-mac.ts'
import type { Keys } from './keys.ts'

/** The tables whose rows checkpoints cover: payments, user actions, results of attempts. */
export const SOURCES = ['BudgetEntry', 'AuditEvent', 'LeadEvent'] as const
export type CheckpointSource = (typeof SOURCES)[number]

export interface RecordRow {
  /** Its number in its table. */
  n: number
  hash: Buffer
  /** Its name for a person. */
  name: string
  /** For an audit event: a process with the secret has written it. */
  isSigned: boolean
}

type Columns = (string | null)[]

interface Table {
  /** The column that numbers its rows. */
  n: string
  /** A row as text that depends on no setting of the session: times are milliseconds. */
  columns: readonly string[]
  nameOf: (row: Columns) => string
}

const ms = (column: string) => `(extract(epoch FROM ${column}) * 1000)::bigint`

const TABLES: Readonly<Record<CheckpointSource, Table>> = {
  BudgetEntry: {
    n: 'n',
    columns: [
      ...['t.id', 't.budget_id', 't.kind', 't.amount', 't.messages', 't.batch_id', 't.user_id', 't.reason'],
      ms('t.created_at'),
    ],
    nameOf: ([, id]) => `ledger entry ${id}`,
  },
  AuditEvent: {
    n: 'n',
    columns: ['t.id', ms('t.at'), 't.user_id', 't.action', 't.subject', 't.subject_id', 't.detail', 't.mac'],
    nameOf: ([, id, , , action, subject, subjectId]) => `audit event ${id} (${action} of ${subject} ${subjectId})`,
  },
  LeadEvent: {
    n: 'id',
    columns: [
      ...['t.campaign_id', 't.kind', ms('t.at'), 't.seqs', 't.batch_number', 't.attempt', ms('t.claimed_at')],
      ...[
        ms('t.written_at'),
        't.written_ms',
        't.code',
        't.detail',
        't.provider_msg_id',
        `encode(t.recipients, 'hex')`,
        't.user_id',
      ],
    ],
    nameOf: ([n, campaignId, kind, , seqs, batch]) =>
      `lead event ${n} (${kind} of campaign ${campaignId}, batch ${batch ?? 'none'}, seq ${seqs})`,
  },
}

/** The column by which a checkpoint names a table's rows. */
export function numberOf(source: CheckpointSource): string {
  return TABLES[source].n
}

/**
 * @param from what follows SELECT …: the table is `t`
 * @param extra a number to be selected before the row
 */
export async function readRows(
  sql: Sql,
  keys: Pick<Keys, 'records'>,
  source: CheckpointSource,
  from: string,
  values: unknown[],
  extra = '0',
): Promise<{ extra: number; row: RecordRow }[]> {
  const { n, columns } = TABLES[source]
  const selected = [`t.${n}`, ...columns].map(column => `(${column})::text`).join(', ')
  const { rows } = await sql.query<Columns>({ text: `SELECT ${extra}, ${selected} ${from}`, values, rowMode: 'array' })
  return rows.map(([first, ...row]) => ({ extra: Number(first), row: rowOf(keys, source, row) }))
}

function rowOf(keys: Pick<Keys, 'records'>, source: CheckpointSource, row: Columns): RecordRow {
  return {
    n: Number(row[0]),
    hash: createHash('sha256').update(JSON.stringify(row)).digest(),
    name: TABLES[source].nameOf(row),
    isSigned: source === 'AuditEvent' && isEventSigned(keys, row),
  }
}

function isEventSigned(keys: Pick<Keys, 'records'>, row: Columns): boolean {
  const [, id, , user_id, action, subject, subject_id, detail, mac] = row
  const event = { id: id!, user_id: user_id!, action: action!, subject: subject!, subject_id: subject_id! }
  return isSigned(keys, { ...event, detail: detail == null ? null : JSON.parse(detail) }, mac ?? null)
}
