import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf } from '../errors.ts'
import { writeFailed } from '../files.ts'
import { t } from '../language/text.ts'
import type { Unit } from './units.ts'

/**
 * ABSENT: there is no such file. CURRENT: what this camp would write. OURS: camp wrote it, with other options or another version.
 * EDITED: camp wrote it, and it was changed since. FOREIGN: camp did not write it.
 */
export type UnitState = 'ABSENT' | 'CURRENT' | 'OURS' | 'EDITED' | 'FOREIGN'

const MARK = /^# Written by camp service install \(([0-9a-f]{64})\)\n/

/** The file of a unit: its content below a line from which an edited file is recognised. */
export function fileText({ content }: Unit): string {
  return `# Written by camp service install (${digestOf(content)})\n${content}`
}

/** @throws Error if the file is there and cannot be read */
export async function stateOf(folder: string, unit: Unit): Promise<UnitState> {
  const text = await readFile(join(folder, unit.name), 'utf8').catch(error => {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return 'ABSENT'
  if (text === fileText(unit)) return 'CURRENT'
  const [line, digest] = MARK.exec(text) ?? []
  if (line === undefined) return 'FOREIGN'
  return digestOf(text.slice(line.length)) === digest ? 'OURS' : 'EDITED'
}

/** Writes the unit, replacing a file of its name. Another process sees the old file or the new one. @throws CampError */
export async function writeUnit(folder: string, unit: Unit): Promise<void> {
  const path = join(folder, unit.name)
  const draft = join(folder, `.${unit.name}.${process.pid}`)
  try {
    await mkdir(folder, { recursive: true })
    await writeFile(draft, fileText(unit), { mode: 0o644 })
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined)
    throw notWritable(path, error)
  }
}

/** @throws CampError */
export async function removeUnit(folder: string, name: string): Promise<void> {
  const path = join(folder, name)
  await rm(path, { force: true }).catch(error => {
    throw notWritable(path, error)
  })
}

function notWritable(path: string, error: unknown) {
  return writeFailed(t`${path} cannot be written`, error, {
    hint: t`System units belong to root: run it with sudo, or use --user, or --root FOLDER for a package.`,
  })
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
