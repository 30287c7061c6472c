import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { CampError, messageOf } from '../errors.ts'
import { t } from '../language/text.ts'

/** PostgreSQL's client programs, of one version. */
export interface Tools {
  /** Their folder; empty: they are on PATH. */
  folder: string
  major: number
}

/** Where Debian keeps the programs of each version. */
const DEBIAN = '/usr/lib/postgresql'

/**
 * pg_dump reads servers up to its own version. The embedded server's package has none, so they come from the system.
 * @param serverMajor of the server to dump, or of the server that the dump came from
 * @throws CampError BACKUP_TOOLS_MISSING, naming the version that is needed
 */
export async function findTools(serverMajor: number): Promise<Tools> {
  const versions = await readdir(DEBIAN).catch(() => [])
  const folders = ['', ...versions.map(version => join(DEBIAN, version, 'bin'))]
  const found = (await Promise.all(folders.map(toolsIn))).filter(tools => tools !== undefined)
  // The oldest that is new enough: its dumps can be restored by the most servers.
  const fitting = found.filter(({ major }) => major >= serverMajor).sort((a, b) => a.major - b.major)
  if (fitting[0]) return fitting[0]
  const newest = Math.max(0, ...found.map(({ major }) => major))
  throw new CampError(
    'BACKUP_TOOLS_MISSING',
    newest === 0
      ? t`pg_dump, pg_restore and psql are not installed`
      : t`pg_dump is of PostgreSQL ${newest}, and the server is ${serverMajor}`,
    {
      hint: t`Install postgresql-client-${serverMajor} or later, or copy the files: docs/operations.md, "Backup and restore".`,
    },
  )
}

async function toolsIn(folder: string): Promise<Tools | undefined> {
  const versions = await Promise.all(
    ['pg_dump', 'pg_restore', 'psql'].map(async name => {
      const said = await execa(join(folder, name), ['--version'], { reject: false })
      return Number(/ (\d+)[.\s]/.exec(said.exitCode === 0 ? `${said.stdout} ` : '')?.[1])
    }),
  )
  const major = Math.min(...versions)
  return Number.isNaN(major) ? undefined : { folder, major }
}

/** Connection arguments and environment of a tool: the password is not on the command line, where other users could read it. */
export function connectionOf(databaseUrl: string): { url: string; env: Record<string, string> } {
  const url = new URL(databaseUrl)
  const password = decodeURIComponent(url.password)
  url.password = ''
  return { url: url.href, env: password === '' ? {} : { PGPASSWORD: password } }
}

/** The error for a tool that failed, with the last lines that it said. */
export function toolFailed(tool: string, error: unknown): CampError {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : ''
  const lines = said.trim().split('\n').filter(Boolean).slice(-3)
  return new CampError('BACKUP_TOOL_FAILED', t`${tool} failed: ${lines[0] ?? messageOf(error)}`, {
    hint: lines.slice(1),
    cause: error,
  })
}
