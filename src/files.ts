import { randomBytes } from 'node:crypto'
import { rmSync, statSync } from 'node:fs'
import { access, chmod, constants, link, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { dirname, sep } from 'node:path'
import { CampError, codeOf, messageOf } from './errors.ts'
import { t } from './language/text.ts'

/**
 * The content of a private file (0600) that is created once and never changed: the first process creates it, the others read
 * it. It appears complete or not at all, so that no process reads a part of it.
 */
export async function readOrCreate(file: string, make: () => string): Promise<string> {
  const draft = await writeDraft(file, make())
  try {
    await link(draft, file)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    await chmod(file, 0o600)
  } finally {
    await rm(draft, { force: true })
  }
  await syncFolder(file)
  return readFile(file, 'utf8')
}

/** Writes a private file (0600), replacing an existing one atomically. */
export async function replacePrivate(file: string, content: string): Promise<void> {
  await rename(await writeDraft(file, content), file)
  await syncFolder(file)
}

/** A folder's entries survive a power loss only after the folder itself is flushed to disk. */
export async function syncFolder(file: string): Promise<void> {
  const folder = await open(dirname(file), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function writeDraft(file: string, content: string): Promise<string> {
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  await mkdir(dirname(file), { recursive: true, mode: 0o755 })
  await writeFile(draft, content, { mode: 0o600, flag: 'wx', flush: true })
  return draft
}

/**
 * The error for a file that could not be written: UNREACHABLE if the disk is full, which is temporary, and DATA if the path
 * cannot hold a file.
 */
export function writeFailed(what: string, error: unknown, { hint }: { hint: string }): CampError {
  const full = ['ENOSPC', 'EDQUOT'].includes(codeOf(error) ?? '')
  const reason = full ? 'the disk is full' : messageOf(error)
  return new CampError(full ? 'DISK_FULL' : 'FILE_UNWRITABLE', `${what}: ${reason}`, { hint, cause: error })
}

/**
 * Checks whether camp could keep its files in `home`, without creating anything.
 * @throws CampError UNREACHABLE if this user cannot
 */
export async function assertHomeUsable(home: string): Promise<void> {
  try {
    const folder = await nearestFolder(home)
    // The folder must be searchable, readable and writable; a folder above it only searchable and writable.
    await access(folder, constants.W_OK | constants.X_OK | (folder === home ? constants.R_OK : 0))
  } catch (error) {
    throw homeUnusable(home, error) ?? error
  }
}

/** @returns `path`, or its nearest existing parent */
async function nearestFolder(path: string): Promise<string> {
  try {
    await stat(path)
    return path
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path) throw error
    return nearestFolder(dirname(path))
  }
}

const UNUSABLE = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'EISDIR', 'ELOOP', 'ENAMETOOLONG']
const FULL = ['ENOSPC', 'EDQUOT']

/** @returns the error for a file or folder in CAMP_HOME, or above it, that could not be used; else undefined */
export function homeUnusable(home: string, error: unknown): CampError | undefined {
  const [code, path] = [codeOf(error) ?? '', pathOf(error)]
  if (path === undefined || error instanceof CampError) return undefined
  if (!isWithin(path, home) && !isWithin(home, path)) return undefined
  if (FULL.includes(code)) {
    return new CampError('DISK_FULL', t`the disk of CAMP_HOME (${home}) is full: ${messageOf(error)}`, {
      hint: t`Free space on it, or set CAMP_HOME to a folder on another disk.`,
      cause: error,
    })
  }
  if (!UNUSABLE.includes(code)) return undefined
  const owner = isWithin(path, home) ? otherOwnerOf(home) : undefined
  if (owner !== undefined && ['EACCES', 'EPERM'].includes(code)) {
    return new CampError(
      'HOME_FOREIGN',
      t`CAMP_HOME (${home}) belongs to ${owner}, and ${userName()} may not read its content`,
      {
        hint: t`Run camp as ${owner}, or set CAMP_HOME to a folder of your own, or DATABASE_URL to the server that both use.`,
        cause: error,
      },
    )
  }
  return new CampError('HOME_UNUSABLE', t`CAMP_HOME (${home}) cannot be used by ${userName()}: ${messageOf(error)}`, {
    hint: t`Set CAMP_HOME to a folder that this user may write to, or run camp as the user whose folder it is.`,
    cause: error,
  })
}

/** @returns the owner of `home`, unless it is this user, or it does not exist */
function otherOwnerOf(home: string): string | undefined {
  try {
    const { uid } = statSync(home)
    return uid === process.getuid?.() ? undefined : `user id ${uid}`
  } catch {
    return undefined
  }
}

/** The path of a failed file operation. */
export function pathOf(error: unknown): string | undefined {
  return error instanceof Error && 'path' in error && typeof error.path === 'string' ? error.path : undefined
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)
}

function userName(): string {
  try {
    return `user ${userInfo().username}`
  } catch {
    return `user id ${process.getuid?.() ?? '?'}`
  }
}

/**
 * Removes a temporary file when the process ends without having done so, as after a second signal; only a SIGKILL leaves it.
 * @returns a function to call once the file is removed or renamed
 */
export function removeAtExit(path: string): () => void {
  const remove = () => rmSync(path, { force: true, recursive: true })
  process.once('exit', remove)
  return () => process.off('exit', remove)
}
