import pg from 'pg'

export const TEMPLATE = 'camp_template'

/** Settings of a cluster that need not survive the machine: without fsync the suite is several times faster. */
export const FAST = [
  ...['fsync = off', 'synchronous_commit = off', 'full_page_writes = off'],
  ...['wal_level = minimal', 'max_wal_senders = 0', 'max_wal_size = 512MB', 'checkpoint_timeout = 1h'],
]

export function withDatabase(url: string, name: string): string {
  const other = new URL(url)
  other.pathname = `/${name}`
  return other.href
}

export async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: withDatabase(url, 'postgres') })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
