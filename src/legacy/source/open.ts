import { open, stat } from 'node:fs/promises'
import { CampError, codeOf, messageOf } from '../../errors.ts'
import { t } from '../../language/text.ts'
import { openBytes } from '../../tabular/open-bytes.ts'
import { readDump } from '../dump/read-dump.ts'
import type { LegacySource, Wanted } from './row.ts'

/**
 * A value that is a slice of a chunk's text keeps that text alive. Texts of more than 128 KB are large objects for V8, which only a full
 * collection frees; of these a slow one let pile up.
 */
const CHUNK = 64 * 1024

export interface SourceOptions {
  /** A dump's path, or mysql://… */
  from: string
  password: string | undefined
  prefix: string
  signal: AbortSignal
}

/** @throws CampError FILE_NOT_FOUND, FILE_UNREADABLE; as `openMysql` */
export async function openSource(options: SourceOptions): Promise<LegacySource> {
  if (/^(?:mysql|mariadb):/.test(options.from)) {
    const { openMysql } = await import('./mysql.ts')
    return openMysql({ url: options.from, password: options.password, prefix: options.prefix })
  }
  return openDump(options)
}

async function openDump({ from: path, prefix, signal }: SourceOptions): Promise<LegacySource> {
  const before = await look(path)
  return {
    name: path,
    async *read(wanted) {
      const now = await look(path)
      if (now.size !== before.size || now.mtimeMs !== before.mtimeMs) throw changed(path)
      const { chunks } = openBytes({ path, file: path, gzip: before.gzip, chunk: CHUNK, signal })
      yield* readDump(chunks, tablesOf(wanted, prefix))
    },
    close: async () => undefined,
  }
}

function tablesOf(wanted: Wanted, prefix: string) {
  return new Map(Object.entries(wanted).map(([table, columns]) => [`${prefix}${table}`, { table, columns }]))
}

async function look(path: string): Promise<{ size: number; mtimeMs: number; gzip: boolean }> {
  try {
    const { size, mtimeMs } = await stat(path)
    const file = await open(path)
    try {
      const head = Buffer.alloc(2)
      await file.read(head, 0, 2, 0)
      return { size, mtimeMs, gzip: head.equals(GZIP) }
    } finally {
      await file.close()
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw new CampError('FILE_NOT_FOUND', t`${path}: no such file`)
    throw new CampError('FILE_UNREADABLE', t`${path} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

const GZIP = Buffer.from([0x1f, 0x8b])

function changed(path: string): CampError {
  return new CampError('FILE_CHANGED', t`${path} has changed while it was read`, {
    hint: t`Wait until the dump is complete, and import it again.`,
  })
}
