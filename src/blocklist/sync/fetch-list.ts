import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { t } from '../../language/text.ts'
import { isGzip, plainBytes, tooLong, type UnpackOptions } from '../../tabular/gunzip.ts'
import { type Inspection, inspectFile } from '../../tabular/inspect.ts'
import { spool } from '../../tabular/spool.ts'
import type { Sync } from '../sync-log.ts'
import { openDownload, type Validators } from './download.ts'
import type { Location } from './location.ts'
import type { ListRequest, SyncDeps } from './request.ts'

/** A complete, unpacked local copy of a list. */
export interface Fetched {
  kind: 'LIST'
  source: Inspection
  validators: Validators
  /** Removes the local copy. */
  remove: () => Promise<void>
}

/**
 * Fetches the list completely before any row is read: an incomplete download changes nothing.
 * @param last the last sync from this location, to allow "not modified"
 * @throws CampError UNREACHABLE, NOT_FOUND, DATA (cut, too long, no text)
 */
export async function fetchList(
  deps: SyncDeps,
  request: ListRequest,
  location: Location,
  last: Sync | undefined,
): Promise<Fetched | { kind: 'NOT_MODIFIED' }> {
  const unpacking = { name: location.name, mostBytes: request.mostBytes, signal: deps.signal }
  switch (location.kind) {
    case 'FILE':
      if (!(await isPacked(location.path))) return inspected(deps, request, location.path, NONE, async () => undefined)
      return spooled(deps, request, createReadStream(location.path), NONE, {
        ...unpacking,
        name: location.name.replace(/\.gz$/i, ''),
      })
    case 'STDIN':
      return spooled(deps, request, buffers(deps.stdin), NONE, unpacking)
    case 'URL': {
      const known = last && (last.etag ?? last.lastModified) !== null ? last : null
      const { download, close } = await openDownload(location.url, { ...deps, known })
      try {
        if (download.kind === 'NOT_MODIFIED') return download
        return await spooled(deps, request, download.bytes, download.validators, unpacking)
      } finally {
        await close()
      }
    }
  }
}

const NONE: Validators = { etag: null, lastModified: null }

async function spooled(
  deps: SyncDeps,
  request: ListRequest,
  bytes: AsyncIterable<Buffer>,
  validators: Validators,
  unpacking: UnpackOptions,
): Promise<Fetched> {
  const { path, remove } = await spool(plainBytes(bytes, unpacking), {
    ...deps,
    what: unpacking.name,
    unchanged: t`The blocklist is unchanged.`,
  })
  try {
    return await inspected(deps, { ...request, fileName: unpacking.name }, path, validators, remove)
  } catch (error) {
    await remove()
    throw error
  }
}

async function inspected(
  { signal }: SyncDeps,
  request: ListRequest & { fileName?: string },
  path: string,
  validators: Validators,
  remove: () => Promise<void>,
): Promise<Fetched> {
  const source = await inspectFile(path, { ...request, signal })
  if (source.bytes > request.mostBytes) throw tooLong(source.file, request.mostBytes)
  return { kind: 'LIST', source, validators, remove }
}

/** A file that cannot be opened is left to the inspection, which reports why. */
async function isPacked(path: string): Promise<boolean> {
  let file: FileHandle | undefined
  try {
    file = await open(path)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0)
    return isGzip(buffer.subarray(0, bytesRead))
  } catch {
    return false
  } finally {
    await file?.close()
  }
}

async function* buffers(chunks: AsyncIterable<Buffer | string>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) yield Buffer.from(chunk as Buffer)
}
