import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { type FileHandle, link, lstat, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { CampError, codeOf } from '../errors.ts'
import { removeAtExit } from '../files.ts'
import { t } from '../language/text.ts'

/** The options that name a file to be written; camp's client checks their paths before a server runs the command. */
export const OUTPUT_OPTIONS = ['--rejects', '--csv', '--xlsx'] as const
export type OutputOption = (typeof OUTPUT_OPTIONS)[number]

/** The destination of a file that camp writes: the content of `handle` gets the path's name when it is published. */
export interface OutputPlace {
  handle: FileHandle
  /** false: a device, a pipe or an open descriptor, which receives the content immediately. */
  isDraft: boolean
  publish: () => Promise<void>
  /** After `publish` it does nothing. The caller closes the handle. */
  discard: () => Promise<void>
}

/**
 * A draft next to `path`, readable by its owner alone, that is renamed atomically. A killed camp leaves its draft, which the
 * next one with this path removes.
 * @param overwrite an existing file is replaced; a link, not its target
 * @param option the option that named the path, for the error
 * @throws CampError STATE: the file exists and must not be overwritten; the system's error if it cannot be created
 */
export async function openOutputPlace(
  path: string,
  { overwrite, option }: { overwrite: boolean; option: OutputOption },
): Promise<OutputPlace> {
  // A descriptor of this process may be a file that is already open (> rejects.csv): it is appended to, never replaced.
  if (DESCRIPTOR.test(path)) return atOnce(await open(path, 'a'))
  const there = await stat(path).catch(() => undefined)
  if (there?.isDirectory()) throw new Error('it is a folder')
  // A device or a pipe is never replaced by a file: as root that would destroy /dev/null.
  if (there && !there.isFile()) return atOnce(await open(path, 'w'))
  // A dangling link counts as existing, too.
  if (!overwrite && (await lstat(path).catch(() => undefined))) throw occupied(path, option)
  await removeForgotten(path)
  const draft = join(dirname(path), `${prefixOf(path)}${PLACE}-${process.pid}-${randomBytes(6).toString('hex')}.tmp`)
  const handle = await open(draft, 'wx', 0o600)
  const forget = removeAtExit(draft)
  return {
    handle,
    isDraft: true,
    publish: async () => {
      if (overwrite) await rename(draft, path)
      else await giveName(draft, path, option)
      forget()
    },
    discard: async () => {
      await rm(draft, { force: true })
      forget()
    },
  }
}

const DESCRIPTOR = /^\/(?:dev\/(?:stdout|stderr|fd\/\d+)|proc\/self\/fd\/\d+)$/

function atOnce(handle: FileHandle): OutputPlace {
  return { handle, isDraft: false, publish: async () => undefined, discard: async () => undefined }
}

/** @throws CampError STATE: another process was faster */
async function giveName(draft: string, path: string, option: OutputOption): Promise<void> {
  try {
    await link(draft, path)
    await rm(draft, { force: true })
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw occupied(path, option)
    // A file system without links: the name is reserved first, and then the file is moved there.
    await (await open(path, 'wx', 0o600).catch(() => Promise.reject(error))).close()
    await rename(draft, path)
  }
}

function occupied(path: string, option: OutputOption): CampError {
  return new CampError('FILE_EXISTS', t`the file ${path} already exists`, {
    hint: t`Choose another path with ${option}, or replace it with --overwrite.`,
  })
}

const FORGOTTEN_MS = 24 * 3_600_000

/**
 * Removes drafts for this path whose process has ended; of another machine or container, those that were not written to for a
 * day.
 */
async function removeForgotten(path: string): Promise<void> {
  const [folder, prefix] = [dirname(path), prefixOf(path)]
  // A folder that is writable but not listable keeps them.
  for (const name of await readdir(folder).catch(() => [])) {
    const [, place, pid] = (name.startsWith(prefix) && DRAFT.exec(name.slice(prefix.length))) || []
    if (place === undefined) continue
    const draft = join(folder, name)
    const there = await lstat(draft).catch(() => undefined) // another process was faster
    const isForgotten = place === PLACE ? !isAlive(Number(pid)) : there && Date.now() - there.mtimeMs > FORGOTTEN_MS
    // In a shared folder, another user's drafts are not removed.
    if (isForgotten && there?.isFile() && there.uid === process.getuid?.()) await rm(draft, { force: true })
  }
}

function prefixOf(path: string): string {
  return `.${basename(path).slice(0, 180)}.camp-`
}

const DRAFT = /^([\da-f]{8})-(\d{1,10})-[\da-f]{12}\.tmp$/

/** The scope in which a pid identifies a process: the machine since its boot, and the container. */
const PLACE = createHash('sha256').update([hostname(), bootOf(), containerOf()].join()).digest('hex').slice(0, 8)

function bootOf(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')
  } catch {
    return ''
  }
}

function containerOf(): string {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return ''
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}
