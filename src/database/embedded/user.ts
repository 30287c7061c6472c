import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { chmod, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'
import { CampError } from '../../errors.ts'
import type { ServerUser } from './binaries.ts'

/** PostgreSQL refuses to run as root; its processes and files then belong to another user. */
export function serverUser(): ServerUser {
  if (process.getuid?.() !== 0) return null
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map(line => line.split(':'))
  const user = ['postgres', 'nobody'].flatMap(name => users.filter(entry => entry[0] === name))[0]
  if (!user) {
    throw new CampError('UNREACHABLE', 'PostgreSQL cannot run as root, and there is no user "postgres" or "nobody"', {
      hint: 'Run camp as another user, or set DATABASE_URL to a PostgreSQL server.',
    })
  }
  return { uid: Number(user[2]), gid: Number(user[3]) }
}

/**
 * The server's user must be able to walk through `home`, and through the temporary folder that it may lie in: `mktemp -d`
 * closes what it makes to all others. What lies in them stays closed. Other people's folders are not camp's to open.
 */
export async function letIn(user: NonNullable<ServerUser>, home: string): Promise<void> {
  for (const folder of [home, ...foldersBetween(tmpdir(), home)]) {
    const { mode } = await stat(folder)
    if ((mode & 0o011) !== 0o011) await chmod(folder, mode | 0o011)
  }
  if (spawnSync('test', ['-x', home], { ...user, cwd: '/' }).status === 0) return
  throw new CampError('UNREACHABLE', `PostgreSQL cannot run as root, and its user may not enter ${home}`, {
    hint: 'Set CAMP_HOME to a folder that every user may enter, or DATABASE_URL to a PostgreSQL server.',
  })
}

/** Those above `folder`, up to `top` and without it; none when it does not lie below. */
function foldersBetween(top: string, folder: string): string[] {
  const names = relative(top, folder).split(sep)
  if (names[0] === '..' || names[0] === '') return []
  return names.slice(0, -1).map((_, i) => join(top, ...names.slice(0, i + 1)))
}
