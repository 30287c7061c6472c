import { randomBytes } from 'node:crypto'
import { chmod, link, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { CampError, codeOf, messageOf } from './errors.ts'

/**
 * The content of a private file (0600) that is made once and never changed: whoever comes first makes it, the others read
 * the first one's. It appears whole or not at all, so that nobody reads half of it.
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

/** Writes a private file (0600) over whatever stands there, in one step. */
export async function replacePrivate(file: string, content: string): Promise<void> {
  await rename(await writeDraft(file, content), file)
  await syncFolder(file)
}

/** What stands in a folder outlasts a loss of power only when the folder itself is written to the disk. */
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
 * The error for a file that could not be written: UNREACHABLE where the disk is full, which passes, and DATA for a place that takes
 * no file.
 */
export function writeFailed(what: string, error: unknown, { hint }: { hint: string }): CampError {
  const full = ['ENOSPC', 'EDQUOT'].includes(codeOf(error) ?? '')
  const reason = full ? 'the disk is full' : messageOf(error)
  return new CampError(full ? 'UNREACHABLE' : 'DATA', `${what}: ${reason}`, { hint, cause: error })
}
