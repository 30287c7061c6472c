import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { chmod, mkdir, readdir, stat } from 'node:fs/promises'
import { join, parse, relative, sep } from 'node:path'
import { CampError } from '../../errors.ts'
import { t } from '../../language/text.ts'
import type { ServerUser } from './binaries.ts'
import { serverEnvironment } from './environment.ts'

/** PostgreSQL refuses to run as root; its processes and files then belong to another user. */
export function serverUser(): ServerUser {
  if (process.getuid?.() !== 0) return null
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map(line => line.split(':'))
  const user = ['postgres', 'nobody'].flatMap(name => users.filter(entry => entry[0] === name))[0]
  if (!user) {
    throw new CampError(
      'EMBEDDED_DATABASE_UNAVAILABLE',
      t`PostgreSQL cannot run as root, and there is no user "postgres" or "nobody"`,
      {
        hint: t`Run camp as another user, or set DATABASE_URL to a PostgreSQL server.`,
      },
    )
  }
  return { uid: Number(user[2]), gid: Number(user[3]) }
}

/**
 * Creates `home` if it does not exist. If the server runs as another user, that user must be able to traverse it: folders that
 * camp creates are opened for that (0711), and so is a home that contains only camp's files. An existing folder above it, or a
 * home with other files in it, stays unchanged.
 * @throws CampError UNREACHABLE if the server's user may not enter, naming the folder
 */
export async function makeHome(home: string, user: ServerUser): Promise<void> {
  const first = await mkdir(home, { recursive: true, mode: 0o755 })
  if (!user) return
  const made = first === undefined ? [] : foldersFrom(first, home)
  for (const folder of made.length > 0 || !(await isOwn(home)) ? made : [home]) {
    const { mode } = await stat(folder)
    if ((mode & 0o011) !== 0o011) await chmod(folder, mode | 0o011)
  }
  if (mayEnter(user, home)) return
  const closed = foldersFrom(parse(home).root, home).find(folder => !mayEnter(user, folder)) ?? home
  throw new CampError(
    'EMBEDDED_DATABASE_UNAVAILABLE',
    t`PostgreSQL cannot run as root, and its user may not enter ${closed}`,
    {
      hint: [
        t`Set CAMP_HOME to a folder that every user may enter, such as /var/lib/camp, or DATABASE_URL to a PostgreSQL
      server.`,
        t`To allow others to traverse this one: chmod o+x '${closed}'`,
      ],
    },
  )
}

/** From `top` down to `folder`, both included. */
function foldersFrom(top: string, folder: string): string[] {
  const names = relative(top, folder).split(sep)
  const below = names[0] === '' ? [] : names.map((_, i) => join(top, ...names.slice(0, i + 1)))
  return [top, ...below]
}

const OF_CAMP = /^(?:postgres|secret|session|spool|marks|heads|installation)/

/** Empty, or only files that camp has written. */
async function isOwn(home: string): Promise<boolean> {
  const { uid } = await stat(home)
  return uid === process.getuid?.() && (await readdir(home)).every(name => OF_CAMP.test(name))
}

function mayEnter(user: NonNullable<ServerUser>, folder: string): boolean {
  return spawnSync('test', ['-x', folder], { ...user, cwd: '/', env: serverEnvironment() }).status === 0
}
