import { type NamedRecord, namesAt } from '../../campaign/read/names.ts'
import { readConfig } from '../../config.ts'
import { connectionUrl } from '../../database/embedded/server.ts'
import { visible } from '../../visible.ts'

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
  // A name that a terminal would obey cannot be typed as it is shown.
  return (await namesAt(url, record, beginning)).filter(name => visible(name) === name)
}
