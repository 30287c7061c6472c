import type { EventEmitter } from 'node:events'
import pg from 'pg'

/** A column that a statement returns. */
export interface Column {
  name: string
  /** What pg makes of its values, where they are not NULL. */
  kind: Kind
  /** The labels of its enumeration. */
  labels: readonly string[] | undefined
  /** "Table.column" of the column that it stands for, where that may be NULL. */
  nullable: string | undefined
}

/** JSON: what was written there. */
export type Kind =
  | 'string'
  | 'number'
  | 'boolean'
  | 'Date'
  | 'Buffer'
  | 'JSON'
  | 'string[]'
  | 'number[]'
  | 'boolean[]'
  | 'Date[]'

export interface Described {
  columns: Column[]
  parameters: number
}

/**
 * Has PostgreSQL parse and plan a statement as pg would send it, without running it.
 * @throws pg.DatabaseError what PostgreSQL says of it
 */
export type Describe = (text: string) => Promise<Described>

/** What a server says of statements before they run: Parse and Describe of its protocol. */
export async function describer(client: pg.ClientBase): Promise<Describe> {
  const types = await readTypes(client)
  const nullable = await readNullable(client)
  return async text => {
    const { fields, parameters } = await describeOn(client, text)
    const columns = fields.map(({ name, dataTypeID, tableID, columnID }) => ({
      name,
      kind: kindOf(types.get(dataTypeID)!, types),
      labels: types.get(dataTypeID)!.labels ?? undefined,
      nullable: nullable.get(`${tableID}.${columnID}`),
    }))
    return { columns, parameters }
  }
}

/** The names of columns that may be NULL. Not those of lists: Prisma knows none that is. */
async function readNullable(client: pg.ClientBase): Promise<Map<string, string>> {
  const { rows } = await client.query<{ id: string; name: string }>(
    `SELECT attrelid || '.' || attnum AS id, relname || '.' || attname AS name
     FROM pg_attribute JOIN pg_class c ON c.oid = attrelid WHERE attnum > 0 AND NOT attnotnull AND attndims = 0`,
  )
  return new Map(rows.map(({ id, name }) => [id, name]))
}

interface PgType {
  oid: number
  category: string
  element: number
  name: string
  labels: string[] | null
}

async function readTypes(client: pg.ClientBase): Promise<Map<number, PgType>> {
  const { rows } = await client.query<PgType>(
    `SELECT t.oid, t.typcategory AS category, t.typelem AS element, t.typname AS name,
            (SELECT array_agg(enumlabel::text ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid) AS labels
     FROM pg_type t`,
  )
  return new Map(rows.map(type => [type.oid, type]))
}

/** By the parsers that pg has for the type. */
function kindOf(type: PgType, types: ReadonlyMap<number, PgType>): Kind {
  if (type.name === 'json' || type.name === 'jsonb') return 'JSON'
  const element = type.category === 'A' ? types.get(type.element) : undefined
  const parsed: unknown = pg.types.getTypeParser(type.oid)(element ? `{${sampleOf(element)}}` : sampleOf(type))
  return (Array.isArray(parsed) ? `${nameOf(parsed[0])}[]` : nameOf(parsed)) as Kind
}

function sampleOf({ name, category }: PgType): string {
  if (name === 'bytea') return '\\x00'
  return { B: 't', D: '2026-11-24 15:00:00+00', N: '1' }[category] ?? 'x'
}

function nameOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? value.constructor.name : typeof value
}

function describeOn(client: pg.ClientBase, text: string): Promise<{ fields: pg.FieldDef[]; parameters: number }> {
  return new Promise((resolve, reject) => {
    let [fields, parameters]: [pg.FieldDef[], number] = [[], 0]
    client.query({
      submit(connection) {
        ;(connection as EventEmitter).once('parameterDescription', ({ parameterCount }: { parameterCount: number }) => {
          parameters = parameterCount
        })
        connection.parse({ name: '', text, types: [] }, true)
        connection.describe({ type: 'S', name: '' }, true)
        connection.sync()
      },
      handleRowDescription(described: { fields: pg.FieldDef[] }) {
        fields = described.fields
      },
      handleError: reject,
      handleReadyForQuery() {
        resolve({ fields, parameters })
      },
    } as pg.Submittable)
  })
}
