import type pg from 'pg'
import { openPool } from '../../src/database/pool.ts'
import { openPrisma, type PrismaClient } from '../../src/database/prisma.ts'
import { Lane } from './lane.ts'
import { makeSetting, SETTINGS, type Setting, type SettingName } from './scene.ts'

/** A migrated database whose settings are made once, and are copied back before each schedule. */
export interface Stage {
  watch: pg.PoolClient
  lanes: readonly Lane[]
  settings: ReadonlyMap<SettingName, Setting>
  prismaOf: (lane: Lane) => PrismaClient
  /** Makes the database what it was when the setting was made. */
  restore: (name: SettingName) => Promise<void>
  close: () => Promise<void>
}

const MOST_ACTORS = 4

/** @param url of a migrated, empty database, as its superuser */
export async function openStage(url: string): Promise<Stage> {
  const pool = openPool(url)
  const watch = await pool.connect()
  await recordStatuses(watch)
  const tables = await tablesOf(watch)
  const relatives = await relativesOf(watch, [...tables.keys()])
  const lanes = Array.from({ length: MOST_ACTORS }, (_, i) => new Lane(url, i, relatives))
  const prisma = new Map(lanes.map(lane => [lane, openPrisma(lane.pool)]))
  const settings = new Map<SettingName, Setting>()
  const copies = new Map<SettingName, string>()
  // Nothing here is append-only, and foreign keys hold since they held before.
  await watch.query(`SET session_replication_role = replica`)
  const empty = [...tables.keys()].map(table => `DELETE FROM "${table}"`).join(';\n')
  for (const name of SETTINGS) {
    await watch.query(empty)
    settings.set(name, await makeSetting(pool, name))
    copies.set(name, `${empty};\n${await copy(watch, name, tables)}`)
  }
  let restored = 0
  return {
    watch,
    lanes,
    settings,
    prismaOf: lane => prisma.get(lane)!,
    restore: async name => {
      await watch.query(copies.get(name)!)
      if (++restored % VACUUM_EVERY === 0) await watch.query('VACUUM')
    },
    close: async () => {
      for (const lane of lanes) {
        await prisma.get(lane)!.$disconnect()
        await lane.pool.end()
      }
      watch.release()
      await pool.end()
    },
  }
}

/** Rows that were deleted slow every statement down. */
const VACUUM_EVERY = 200

/** Every change of a status of a campaign, a batch or a lead, by any statement. */
async function recordStatuses(sql: pg.ClientBase): Promise<void> {
  await sql.query(`
    CREATE TABLE "StateChange" (n serial, kind text, id uuid, before text, after text);
    CREATE FUNCTION note_state() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN INSERT INTO "StateChange" (kind, id, before, after) VALUES (TG_TABLE_NAME, NEW.id, OLD.status, NEW.status); RETURN NULL; END'`)
  for (const table of ['Campaign', 'Batch', 'CampaignLead']) {
    await sql.query(`
      CREATE TRIGGER state_changed AFTER UPDATE OF status ON "${table}" FOR EACH ROW
        WHEN (NEW.status IS DISTINCT FROM OLD.status) EXECUTE FUNCTION note_state()`)
  }
}

/** Each table with its columns that can be written. */
async function tablesOf(sql: pg.ClientBase): Promise<Map<string, string>> {
  const { rows } = await sql.query<{ name: string; columns: string }>(
    `SELECT c.relname AS name, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname NOT LIKE '\\_%'
     GROUP BY c.relname ORDER BY c.relname`,
  )
  return new Map(rows.map(({ name, columns }) => [name, columns]))
}

/** The tables that a foreign key joins each with, in both directions. */
async function relativesOf(sql: pg.ClientBase, tables: readonly string[]): Promise<Map<string, Set<string>>> {
  const { rows } = await sql.query<{ child: string; parent: string }>(
    `SELECT c.relname AS child, p.relname AS parent FROM pg_constraint k
     JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class p ON p.oid = k.confrelid WHERE k.contype = 'f'`,
  )
  const relatives = new Map(tables.map(table => [table, new Set<string>()]))
  for (const { child, parent } of rows) relatives.get(child)?.add(parent)
  return relatives
}

/** @returns the statements that write the copy back */
async function copy(sql: pg.ClientBase, setting: SettingName, tables: ReadonlyMap<string, string>): Promise<string> {
  await sql.query(`CREATE SCHEMA "${setting}"`)
  const back: string[] = []
  for (const [table, columns] of tables) {
    await sql.query(`CREATE TABLE "${setting}"."${table}" AS SELECT ${columns} FROM "${table}"`)
    const { rows } = await sql.query<{ n: number }>(`SELECT count(*)::int AS n FROM "${setting}"."${table}"`)
    if (rows[0]!.n > 0)
      back.push(
        `INSERT INTO "${table}" (${columns}) OVERRIDING SYSTEM VALUE SELECT ${columns} FROM "${setting}"."${table}"`,
      )
  }
  return back.join(';\n')
}
