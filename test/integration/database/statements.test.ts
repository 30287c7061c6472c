import { beforeAll, describe, expect, it } from 'vitest'
import { useDatabase } from '../../support/database.ts'
import { type Describe, type Described, describer } from '../../support/describe.ts'
import { differences } from '../../support/row-type.ts'
import { type Statement, statementsOfSrc } from '../../support/statements.ts'

const db = useDatabase()

/** Whose SQL the source does not show as a whole, and why. */
const DYNAMIC: Readonly<Record<string, string>> = {
  '`SELECT ${extra}, ${selected} ${from}`': 'the columns are those of a table of sources, and the row is an array',
  '`${text} ON CONFLICT (agendamento_id) DO NOTHING`':
    'the columns are the keys of a row object (src/database/insert.ts)',
}

/** The statements that are prepared: fewer are found where src has lost some, or where the search has stopped finding them. */
const AT_LEAST = 317

/** Where a column that may be NULL is not, though the statement neither compares nor sets it. */
const NEVER_NULL: readonly { columns: readonly string[]; in: string; why: string }[] = [
  {
    columns: ['Batch.unit_cost'],
    in: `WHERE b.status = 'SENDING' ORDER BY b.id FOR UPDATE OF b`,
    why: 'a claim writes the price',
  },
  { columns: ['Batch.claimed_at'], in: `WHERE status = 'SENDING' AND lease_until`, why: 'a claim writes its moment' },
]

const { statements, checker } = statementsOfSrc()

it('finds the statements of src, and their SQL is in the source', () => {
  const dynamic = statements.filter(({ sql }) => sql.dynamic !== undefined)
  expect(statements.length - dynamic.length).toBeGreaterThanOrEqual(AT_LEAST)
  expect(dynamic.map(({ code }) => code).sort()).toEqual(Object.keys(DYNAMIC).sort())
})

it('has the rows of every statement that it reads stated', () => {
  expect(statements.filter(({ readsUntypedRows }) => readsUntypedRows).map(({ at }) => at)).toEqual([])
})

describe('PostgreSQL prepares every statement', () => {
  const found: { statement: Statement; sql: string; described: Described | Error }[] = []

  beforeAll(async () => {
    const texts = statements.flatMap(statement => statement.sql.texts.map(text => ({ statement, text })))
    const client = await db.pool.connect()
    try {
      for (const { text } of texts)
        if (/^CREATE TEMP TABLE/.test(text)) await client.query(text.replace('ON COMMIT DROP', ''))
      const describe = withCursors(await describer(client), texts)
      for (const { statement, text } of texts)
        for (const one of text.split(';').filter(part => part.trim() !== ''))
          found.push({ statement, sql: one, described: await describe(one).catch((error: Error) => error) })
    } finally {
      client.release(true)
    }
  })

  it('and says nothing against it', () => {
    expect(
      found.flatMap(({ statement: { at }, described }) =>
        described instanceof Error ? `${at}: ${described.message}` : [],
      ),
    ).toEqual([])
  })

  it('with as many parameters as its call gives', () => {
    expect(
      found.flatMap(({ statement: { at, parameters }, described }) =>
        described instanceof Error || parameters === undefined || parameters === described.parameters
          ? []
          : `${at}: ${described.parameters} parameters, and its call gives ${parameters}`,
      ),
    ).toEqual([])
  })

  it('with the columns that its row type states', () => {
    const used = new Set<string>()
    const isNeverNull = (column: string, sql: string) => {
      const known = NEVER_NULL.find(one => one.columns.includes(column) && sql.includes(one.in))
      if (known) used.add(column)
      return known !== undefined || isSetOrCompared(column, sql)
    }
    expect(
      found.flatMap(({ statement: { at, row }, sql, described }) =>
        described instanceof Error || !row
          ? []
          : differences(row, described.columns, checker)
              .filter(({ nullable }) => !nullable || !isNeverNull(nullable, sql))
              .map(({ what }) => `${at}: ${what}`),
      ),
    ).toEqual([])
    expect([...used].sort(), 'all of NEVER_NULL is used').toEqual(NEVER_NULL.flatMap(({ columns }) => columns).sort())
  })
})

/** @param column "Table.column" */
function isSetOrCompared(column: string, sql: string): boolean {
  return new RegExp(`\\b${column.split('.')[1]} (=|<|>|IS NOT NULL)`).test(sql)
}

/** A cursor's rows are those of the statement that it was declared for. */
function withCursors(describe: Describe, texts: readonly { text: string }[]): Describe {
  const declared = new Map(
    texts.flatMap(({ text }): [string, string][] => {
      const [, name, of] = /^DECLARE (\w+) .*?CURSOR FOR\s(.*)$/s.exec(text) ?? []
      return name ? [[name, of!]] : []
    }),
  )
  return async text => {
    const [, cursor, of] = /^(?:FETCH \d+ FROM (\w+)|DECLARE \w+ .*?CURSOR FOR\s(.*))$/s.exec(text) ?? []
    const described = await describe(of ?? (cursor && declared.get(cursor)) ?? text)
    if (cursor) return { ...described, parameters: 0 }
    return of ? { ...described, columns: [] } : described
  }
}
