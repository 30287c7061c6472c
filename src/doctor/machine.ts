import { readdir, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { campVersion } from '../config.ts'
import { CampError, codeOf, messageOf } from '../errors.ts'
import { assertHomeUsable } from '../files.ts'
import { fixedText } from '../language/format.ts'
import { t } from '../language/text.ts'
import type { DoctorDeps } from './deps.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

const OLDEST_NODE = [20, 19] as const

export async function checkVersions(): Promise<Finding[]> {
  const { node } = process.versions
  const [major = 0, minor = 0] = node.split('.').map(Number)
  const found = t`camp ${campVersion()} on Node ${node}`
  const isOld = major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])
  return [isOld ? fail(t`version`, found, t`Install Node ${OLDEST_NODE.join('.')} or later.`) : ok(t`version`, found)]
}

/** With DATABASE_URL a home is not required, but the mark that detects older data is kept there. */
export async function checkHome({ config }: DoctorDeps): Promise<Finding[]> {
  const state = config.databaseUrl === undefined ? fail : warn
  try {
    await assertHomeUsable(config.home)
  } catch (error) {
    const hint = error instanceof CampError ? error.hint : undefined
    return [state(t`home`, messageOf(error), hint ?? t`Set CAMP_HOME to a folder that this user may write to.`)]
  }
  const open = await openToOthers(config.home)
  if (open.length === 0) return [ok(t`home`, t`${config.home} can be used`)]
  return [
    warn(
      t`home`,
      t`other users may read ${open.join(', ')} in ${config.home}`,
      t`Run: chmod 600 ${join(config.home, open[0]!)}`,
    ),
  ]
}

const PRIVATE = /^(?:secret.*|session|postgres\.password)$/

async function openToOthers(home: string): Promise<string[]> {
  const names = (await readdir(home).catch(() => [])).filter(name => PRIVATE.test(name))
  const modes = await Promise.all(names.map(async name => ({ name, mode: (await stat(join(home, name))).mode })))
  return modes.filter(({ mode }) => (mode & 0o077) !== 0).map(({ name }) => name)
}

const GB = 1024 ** 3
const FEW_BYTES = 2 * GB
const TOO_FEW_BYTES = GB / 4

export async function checkDisk({ config }: DoctorDeps): Promise<Finding[]> {
  const free = await freeBytes(config.home)
  const found = t`${fixedText(free / GB, 1)} GB free on the disk of ${config.home}`
  const remedy = t`Free space on it, or set CAMP_HOME to a folder on another disk.`
  if (free < TOO_FEW_BYTES) return [fail(t`disk`, found, remedy)]
  return [free < FEW_BYTES ? warn(t`disk`, found, remedy) : ok(t`disk`, found)]
}

/** Of the disk of `path`, or of its nearest existing parent. */
async function freeBytes(path: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(path)
    return bavail * bsize
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path) throw error
    return freeBytes(dirname(path))
  }
}
