import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Clock } from '../clock.ts'
import { CampError } from '../errors.ts'
import { writeFailed } from '../files.ts'

/** A stream that lies on the disk for a while. */
export interface Spooled {
  path: string
  remove: () => Promise<void>
}

export interface SpoolOptions {
  /** Where camp keeps its files; where that takes none, the system's temporary folder is used. */
  home: string
  clock: Clock
  signal: AbortSignal
}

/**
 * Writes a stream that can be read only once to a private file (0600), since an import reads its file twice. The file is removed by
 * `remove`, or when the process ends without that; only what a SIGKILL left lies there until a later import finds it a day old.
 * @throws CampError INTERRUPTED, UNREACHABLE: the disk is full; DATA: no place to write to
 */
export async function spool(input: NodeJS.ReadableStream, { home, clock, signal }: SpoolOptions): Promise<Spooled> {
  const { path, handle } = await openSpool(home, clock)
  const removeNow = () => rmSync(path, { force: true })
  process.once('exit', removeNow)
  const remove = async () => {
    await rm(path, { force: true })
    process.off('exit', removeNow)
  }
  try {
    await pipeline(input, handle.createWriteStream(), { signal })
    return { path, remove }
  } catch (error) {
    await remove()
    if (signal.aborted)
      throw new CampError('INTERRUPTED', 'the import was interrupted', { hint: NOTHING, cause: error })
    throw writeFailed(`standard input cannot be kept in ${path}`, error, {
      hint: `${NOTHING} Make room there, or set CAMP_HOME to a place that has some.`,
    })
  }
}

const NOTHING = 'Nothing was imported.'
const FOLDER = 'spool'
const PREFIX = 'camp-stdin-'

async function openSpool(home: string, clock: Clock) {
  const name = `${PREFIX}${randomBytes(9).toString('hex')}`
  const folder = join(home, FOLDER)
  const create = async (path: string) => ({ path, handle: await open(path, 'wx', 0o600) })
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await removeForgotten(folder, clock)
    return await create(join(folder, name))
  } catch {
    return create(join(tmpdir(), name)).catch(error => {
      throw writeFailed(`standard input can be kept neither in ${folder} nor in ${tmpdir()}`, error, {
        hint: `${NOTHING} Set CAMP_HOME to a folder that camp may write to.`,
      })
    })
  }
}

const FORGOTTEN_MS = 24 * 3_600_000

async function removeForgotten(folder: string, clock: Clock): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(PREFIX)) continue
    const path = join(folder, name)
    const there = await stat(path).catch(() => undefined) // another import was quicker
    if (there && clock.now().getTime() - there.mtimeMs > FORGOTTEN_MS) await rm(path, { force: true })
  }
}
