import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { BATCH_STATUSES, BATCH_TRANSITIONS } from '../../../src/lifecycle/batch-status.ts'
import { importedStatus } from '../../../src/lifecycle/imported-leads.ts'
import { IMPORTED_STATUSES, LEAD_STATUSES, LEAD_TRANSITIONS } from '../../../src/lifecycle/lead-status.ts'
import { statementsOf, statementsOfSources, type Write, writesOf } from '../../support/sql-texts.ts'

const TABLES: Readonly<Record<string, { name: string; moves: Moves; statuses: readonly string[] }>> = {
  Batch: { name: 'batch', moves: BATCH_TRANSITIONS, statuses: BATCH_STATUSES },
  CampaignLead: { name: 'lead', moves: LEAD_TRANSITIONS, statuses: LEAD_STATUSES },
}
type Moves = Readonly<Record<string, { from: readonly string[]; to: string }>>

const statements = statementsOfSources()
const writers = statements.flatMap(({ file, sql, doc }) =>
  writesOf(sql)
    .filter(({ table, columns }) => (table === 'Campaign' || table in TABLES) && columns.has('status'))
    .map(write => ({ file, doc, write })),
)
const updates = writers.filter(({ write }) => write.kind === 'UPDATE' && write.table in TABLES)

describe('a status', () => {
  it('is written in src/lifecycle alone', () => {
    expect(statements.length).toBeGreaterThan(5_000)
    expect(writers.filter(({ file }) => dirname(file) !== 'lifecycle').map(({ file }) => file)).toEqual([])
    const files = (table: string) =>
      new Set(writers.filter(({ write }) => write.table === table).map(({ file }) => file))
    expect(files('Batch').size).toBe(3)
    expect(files('CampaignLead').size).toBe(6)
  })

  it('of a campaign is written in one statement, with its audit; no campaign is inserted with one', () => {
    const campaigns = writers.filter(({ write }) => write.table === 'Campaign')
    expect(campaigns.map(({ file, write }) => `${file} ${write.kind}`)).toEqual(['lifecycle/transition.ts UPDATE'])
  })

  it('is inserted where leads are imported, and as the table says; a batch begins QUEUED', () => {
    const inserts = writers.filter(({ write }) => write.kind === 'INSERT')
    expect(inserts.map(({ file, write }) => `${file} ${write.table}`)).toEqual([
      'lifecycle/archived-leads.ts CampaignLead',
      'lifecycle/imported-leads.ts CampaignLead',
      'lifecycle/imported-leads.ts CampaignLead',
    ])
    const written = [null, { code: 'STALE' as const, detail: 'old' }].map(importedStatus)
    expect(written.map(text => text.split('\t')[0])).toEqual(IMPORTED_STATUSES)
  })
})

describe('a writer', () => {
  it.each(updates.map(({ file, doc, write }) => [file, write.table, doc, write] as const))(
    '%s: the statement on %s writes the statuses of the transitions that it names, from those that they come from',
    (_file, table, doc, write) => {
      const { name, moves, statuses } = TABLES[table]!
      const named = transitionsIn(doc, name)
      expect(named.length).toBeGreaterThan(0)
      for (const move of named) expect(Object.keys(moves)).toContain(move)
      const { to, from } = literalsOf(write, statuses)
      if (to.length > 0) expect(to).toEqual(sorted(named.map(move => moves[move]!.to)))
      // A status that the statement does not ask for was seen before, in a row that is locked since.
      if (from === undefined) expect(doc).toMatch(/\blocked\b/)
      else expect(from).toEqual(sorted(named.flatMap(move => moves[move]!.from)))
    },
  )

  it.each(Object.entries(TABLES))('of %s is there for each transition', (table, { name, moves }) => {
    const docs = updates.filter(({ write }) => write.table === table).map(({ doc }) => doc)
    expect(sorted(docs.flatMap(doc => transitionsIn(doc, name)))).toEqual(sorted(Object.keys(moves)))
  })
})

describe('the look at a statement', () => {
  const statusOf = (sql: string) => writesOf(sql).map(({ table, columns }) => `${table} ${columns.get('status')}`)

  it('tells one that writes the status from one that reads it', () => {
    expect(statusOf('UPDATE "Campaign" SET rows = $2, status = $3 WHERE id = $1')).toEqual(['Campaign $3'])
    expect(statusOf('UPDATE "Campaign" SET rows = $2 WHERE id = $1 AND status = $3')).toEqual(['Campaign undefined'])
    expect(statusOf('UPDATE "Batch" b SET n = (SELECT 1 FROM x WHERE status = 1), status = $1')).toEqual(['Batch $1'])
    expect(statusOf('WITH a AS (UPDATE "Batch" SET n = 1) UPDATE "CampaignLead" l SET status = $1')).toEqual([
      'Batch undefined',
      'CampaignLead $1',
    ])
    expect(
      statusOf('INSERT INTO "Batch" (id, status) VALUES (1, 2) ON CONFLICT (id) DO UPDATE SET status = 3'),
    ).toEqual(['Batch ', 'Batch 3'])
  })

  it('has the docstring of the function that it stands in', () => {
    const source = '/** @transition batch.claim */\nfunction f(tx) {\n  tx.query(`UPDATE "Batch" SET status = 1`)\n}'
    expect(statementsOf('f.ts', source).map(({ sql, doc }) => [sql, transitionsIn(doc, 'batch')])).toEqual([
      ['UPDATE "Batch" SET status = 1', ['claim']],
    ])
  })
})

/** Those of a table that a docstring names: "@transition batch.settle, batch.doubt". */
function transitionsIn(doc: string, table: string): string[] {
  const named = /@transition ([\w., ]+)/.exec(doc)?.[1]?.split(',') ?? []
  return named.flatMap(one => (one.trim().startsWith(`${table}.`) ? [one.trim().slice(table.length + 1)] : []))
}

/**
 * The statuses that the text of a write names: to which it changes, and, in what it asks of the row, from which.
 * @returns from: undefined where it asks for none
 */
function literalsOf({ table, columns, rest }: Write, statuses: readonly string[]) {
  const value = columns.get('status')!
  // What a CASE compares with is no status that is written.
  const results = value.replace(/\bWHEN\b[\s\S]*?(?=\bTHEN\b)/g, '')
  const to = [...results.matchAll(/'(\w+)'/g)].map(([, word]) => word!).filter(word => statuses.includes(word))
  const alias = table === 'CampaignLead' ? 'l' : 'b'
  const asked = [...rest.matchAll(/(?<![\w.])(?:(\w)\.)?status = '(\w+)'/g)].filter(([, of]) => !of || of === alias)
  const from = asked.map(([, , word]) => word!).filter(word => statuses.includes(word))
  return { to: sorted(to), from: from.length === 0 ? undefined : sorted(from) }
}

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].sort()
}
