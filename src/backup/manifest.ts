import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { CampError, codeOf, messageOf } from '../errors.ts'
import { t } from '../language/text.ts'

const manifest = z.object({
  format: z.literal(1),
  /** The version of camp that made the backup. */
  camp: z.string(),
  created_at: z.iso.datetime(),
  /** The server's version. */
  postgres: z.string(),
  migrations: z.array(z.string()),
  /** A known word, sealed with the secret of the database; null: no process had needed the secret. */
  fingerprint: z.unknown(),
  /** Which installation it is, and how far it had come; null: no worker had run. */
  installation: z.object({ id: z.string(), generation: z.number().int(), mark: z.number().int() }).nullable(),
  bytes: z.number().int(),
  sha256: z.string(),
})

/** What stands beside a backup, in FILE.json: enough to refuse a restore before it begins. */
export type Manifest = z.infer<typeof manifest>

export function manifestFile(file: string): string {
  return `${file}.json`
}

/** @throws CampError FILE_NOT_FOUND, FILE_DAMAGED; also if the backup is not the one that the manifest describes */
export async function readManifest(file: string): Promise<Manifest> {
  const path = manifestFile(file)
  const text = await readFile(path, 'utf8').catch(error => {
    throw notReadable(path, error)
  })
  let read: Manifest
  try {
    read = manifest.parse(JSON.parse(text))
  } catch (cause) {
    throw new CampError('FILE_DAMAGED', t`${path} is not the manifest of a backup that this camp can read`, { cause })
  }
  const { bytes, sha256 } = await digestOf(file).catch(error => {
    throw notReadable(file, error)
  })
  if (bytes === read.bytes && sha256 === read.sha256) return read
  throw new CampError(
    'FILE_DAMAGED',
    t`${file} is not the backup that ${path} describes: it was changed, or is incomplete`,
    {
      hint: t`Copy both files again from where they were made.`,
    },
  )
}

export async function digestOf(file: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    hash.update(chunk)
    bytes += chunk.length
  }
  return { bytes, sha256: hash.digest('hex') }
}

function notReadable(path: string, error: unknown): CampError {
  const isMissing = codeOf(error) === 'ENOENT'
  return new CampError(
    isMissing ? 'FILE_NOT_FOUND' : 'FILE_UNREADABLE',
    isMissing ? t`there is no ${path}` : t`${path} cannot be read: ${messageOf(error)}`,
    { hint: t`A backup is two files: the one that camp backup was given, and the same name with .json.`, cause: error },
  )
}
