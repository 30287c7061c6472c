import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import picomatch from 'picomatch'
import { CampError, codeOf } from '../errors.ts'
import { t } from '../language/text.ts'

/** A recurrence's files. */
export interface FileSource {
  /** Absolute. */
  folder: string
  /** A file-name pattern: *.csv */
  pattern: string
}

/**
 * inbox/*.csv → a folder and a pattern for names. A name without wildcards is a file that is rewritten each time.
 * @throws CampError USAGE: wildcards in the folder's name; NOT_FOUND: no such folder
 */
export async function parseSource(text: string): Promise<FileSource> {
  const folder = resolve(dirname(text))
  const pattern = basename(text)
  if (picomatch.scan(dirname(text)).isGlob || pattern.includes('**') || pattern === '' || text.endsWith('/')) {
    throw new CampError('INVALID_ARGUMENT', t`"${text}" is not a folder and a pattern for its files' names`, {
      hint: t`Write it in quotes, wildcards in the last part only: 'inbox/*.csv'`,
    })
  }
  const found = await stat(folder).catch(() => undefined)
  if (found?.isDirectory()) return { folder, pattern }
  throw new CampError('FOLDER_NOT_FOUND', t`the folder ${folder} does not exist`, {
    hint: t`Check the path; it is relative to the current folder.`,
  })
}

export interface FoundFile {
  path: string
  name: string
  bytes: number
  /** When it was last written to, in whole milliseconds. */
  modifiedMs: number
}

/**
 * Matching files written after a time, newest first, without hidden files.
 * @returns undefined if the folder is not on this machine
 */
export async function filesIn({ folder, pattern }: FileSource, afterMs: number): Promise<FoundFile[] | undefined> {
  const names = await readdir(folder).catch(error => {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) return undefined
    throw error
  })
  if (!names) return undefined
  const matches = picomatch(pattern)
  const files = await Promise.all(names.filter(name => matches(name)).map(name => lookAt(join(folder, name))))
  return files
    .filter(file => file !== undefined)
    .filter(file => file.modifiedMs > afterMs)
    .sort((a, b) => b.modifiedMs - a.modifiedMs || (a.name < b.name ? 1 : -1))
}

/** @returns undefined if it is no file or has gone */
export async function lookAt(path: string): Promise<FoundFile | undefined> {
  const found = await stat(path).catch(() => undefined)
  if (!found?.isFile()) return undefined
  return { path, name: basename(path), bytes: found.size, modifiedMs: Math.floor(found.mtimeMs) }
}
