import type { Clock } from '../../src/clock.ts'
import type { TestDatabase } from './database.ts'

/**
 * Moves the clock that workers go by, which is the database's: from then on its connections find another clock_timestamp(), as
 * far from the real one as was last said. A worker whose own clock is `clock` knows at once; any other asks for it again with its
 * next upkeep, and meanwhile goes by the time that was.
 */
export async function movedClock(db: Pick<TestDatabase, 'pool'>) {
  await db.pool.query(
    `CREATE SCHEMA moved;
     CREATE TABLE moved.clock (by interval NOT NULL);
     INSERT INTO moved.clock VALUES ('0');
     CREATE FUNCTION moved.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS
       'SELECT pg_catalog.clock_timestamp() + by FROM moved.clock';
     DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = moved, public, pg_catalog', current_database()); END $$`,
  )
  let movedByMs = 0
  const clock: Clock = { now: () => new Date(Date.now() + movedByMs) }
  return {
    clock,
    /** From now on it is this moment. @returns how far that is from the real clock, in milliseconds */
    async set(moment: string): Promise<number> {
      const byMs = Date.parse(moment) - Date.now()
      await db.pool.query(`UPDATE moved.clock SET by = $1 * interval '1 millisecond'`, [byMs])
      movedByMs = byMs
      return byMs
    },
  }
}
