import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Clock } from '../clock.ts'
import { CampError } from '../errors.ts'
import { removeAtExit, writeFailed } from '../files.ts'
import { t } from '../language/text.ts'

/** A stream that is stored on disk temporarily. */
export interface Spooled {
  path: string
  remove: () => Promise<void>
}

export interface SpoolOptions {
  /** camp's folder; if it is not writable, the system's temporary folder is used. */
  home: string
  clock: Clock
  signal: AbortSignal
  /** What is stored, for errors. */
  what: string
  /** What an error says about unchanged data: "Nothing was imported." */
  unchanged: string
}

/**
 * Writes a stream that can be read only once to a private file (0600), since an import reads twice. The file is removed by
 * `remove`, or when the process ends without that; a file left by a SIGKILL is removed by a later spool once it is a day old.
 * @throws CampError INTERRUPTED, UNREACHABLE: the disk is full; DATA: no writable folder; and the CampError with which the
 * stream ends
 */
export async function spool(
  input: NodeJS.ReadableStream | AsyncIterable<Buffer>,
  options: SpoolOptions,
): Promise<Spooled> {
  const { signal, what, unchanged } = options
  const { path, handle } = await openSpool(options)
  const forget = removeAtExit(path)
  const remove = async () => {
    await rm(path, { force: true })
    forget()
  }
  try {
    await pipeline(input, handle.createWriteStream(), { signal })
    return { path, remove }
  } catch (error) {
    await remove()
    if (signal.aborted)
      throw new CampError('INTERRUPTED', t`${what} was not read completely`, { hint: unchanged, cause: error })
    if (error instanceof CampError) throw error
    throw writeFailed(t`${what} cannot be stored in ${path}`, error, {
      hint: t`${unchanged} Free space there, or set CAMP_HOME to a folder on another disk.`,
    })
  }
}

const FOLDER = 'spool'
const PREFIX = 'camp-spool-'

async function openSpool({ home, clock, what, unchanged }: SpoolOptions) {
  const name = `${PREFIX}${randomBytes(9).toString('hex')}`
  const folder = join(home, FOLDER)
  const create = async (path: string) => ({ path, handle: await open(path, 'wx', 0o600) })
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await removeForgotten(folder, clock)
    return await create(join(folder, name))
  } catch {
    return create(join(tmpdir(), name)).catch(error => {
      throw writeFailed(t`${what} can be stored neither in ${folder} nor in ${tmpdir()}`, error, {
        hint: t`${unchanged} Set CAMP_HOME to a folder that camp may write to.`,
      })
    })
  }
}

const FORGOTTEN_MS = 24 * 3_600_000

async function removeForgotten(folder: string, clock: Clock): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(PREFIX)) continue
    const path = join(folder, name)
    const there = await stat(path).catch(() => undefined) // another process was faster
    if (there && clock.now().getTime() - there.mtimeMs > FORGOTTEN_MS) await rm(path, { force: true })
  }
}
