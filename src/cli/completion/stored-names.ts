import { type NamedRecord, namesOfRecords } from '../../campaign/read/names.ts'
import { readConfig } from '../../config.ts'
import { connectionUrl } from '../../database/embedded/server.ts'
import { openPool } from '../../database/pool.ts'
import { visible } from '../../visible.ts'

/** A shell waits for the answer with each press of the key. */
const WITHIN_MS = 700

/**
 * The names of records that begin so; none if no database is running, or if it does not answer in time.
 * @param env of the command line; with CAMP_URL the names are on the server, and none is completed
 */
export async function storedNames(
  record: NamedRecord,
  beginning: string,
  env: NodeJS.ProcessEnv,
): Promise<readonly string[]> {
  if (env.CAMP_URL) return []
  const { databaseUrl, home } = readConfig(env)
  const url = databaseUrl ?? (await connectionUrl(home))
  if (url === undefined) return []
  const pool = openPool(url, { max: 1, name: 'camp-completion' })
  const late = AbortSignal.timeout(WITHIN_MS)
  const end = new Promise<string[]>(resolve => late.addEventListener('abort', () => resolve([]), { once: true }))
  const found = await Promise.race([namesOfRecords(pool, record, beginning).catch(() => []), end])
  void pool.end().catch(() => undefined)
  // A name that a terminal would obey cannot be typed as it is shown.
  return found.filter(name => visible(name) === name)
}
