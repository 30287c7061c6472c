import { existsSync } from 'node:fs'
import { chmod, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import type pg from 'pg'
import type { Clock } from '../clock.ts'
import { campVersion } from '../config.ts'
import { QUEUE_SCHEMA, schemaState, serverVersion } from '../database/migrations.ts'
import { CampError } from '../errors.ts'
import { removeAtExit, replacePrivate, writeFailed } from '../files.ts'
import { readInstallation } from '../installation/installation.ts'
import { t } from '../language/text.ts'
import { sealedFingerprint } from '../security/fingerprint.ts'
import { digestOf, type Manifest, manifestFile } from './manifest.ts'
import { connectionOf, findTools, toolFailed } from './tools.ts'

export interface BackupDeps {
  pool: pg.Pool
  /** Of the database, without a pooler: pg_dump needs one session. */
  url: string
  clock: Clock
  signal: AbortSignal
}

/**
 * Writes a dump of the database in pg_dump's custom format to `file` (0600), and its manifest beside it; the manifest comes
 * last, so that a dump without one is incomplete. The queue is not in it: the sweep enqueues again what is open.
 * @throws CampError FILE_EXISTS, BACKUP_TOOLS_MISSING, BACKUP_TOOL_FAILED; then neither file is there
 */
export async function makeBackup(deps: BackupDeps, file: string): Promise<Manifest> {
  const { pool, clock } = deps
  for (const path of [file, manifestFile(file)]) {
    if (!existsSync(path)) continue
    throw new CampError('FILE_EXISTS', t`${path} is there already`, { hint: t`Name another file, or move this one.` })
  }
  const postgres = await serverVersion(pool)
  // Read before the dump: the dump is not older than its manifest.
  const [{ applied }, fingerprint, installation] = await Promise.all([
    schemaState(pool),
    sealedFingerprint(pool),
    readInstallation(pool),
  ])
  const createdAt = clock.now().toISOString()
  const draft = `${file}.partial`
  const forget = removeAtExit(draft)
  try {
    // It exists before pg_dump opens it, so that its content is never readable by others.
    await writeFile(draft, '', { mode: 0o600, flag: 'wx' }).catch(error => {
      throw writeFailed(t`${file} cannot be written`, error, {
        hint: t`Name a file in a folder that this user may write to.`,
      })
    })
    await chmod(draft, 0o600)
    await dump(deps, Number.parseInt(postgres, 10), draft)
    const manifest: Manifest = {
      format: 1,
      camp: campVersion(),
      created_at: createdAt,
      postgres,
      migrations: applied,
      fingerprint: fingerprint ?? null,
      installation: installation
        ? { id: installation.id, generation: installation.generation, mark: installation.mark }
        : null,
      ...(await digestOf(draft)),
    }
    await rename(draft, file)
    await replacePrivate(manifestFile(file), `${JSON.stringify(manifest, null, 2)}\n`)
    return manifest
  } finally {
    await rm(draft, { force: true })
    forget()
  }
}

async function dump({ pool, url, signal }: BackupDeps, serverMajor: number, draft: string): Promise<void> {
  const tools = await findTools(serverMajor)
  const connection = connectionOf(url)
  const { rows } = await pool.query<{ schema: string }>(`SELECT current_schema() AS schema`)
  await execa(
    join(tools.folder, 'pg_dump'),
    [
      '--format=custom',
      '--no-owner',
      '--no-privileges',
      `--schema="${rows[0]!.schema}"`,
      `--exclude-schema=${QUEUE_SCHEMA}`,
      `--file=${draft}`,
      `--dbname=${connection.url}`,
    ],
    { env: connection.env, cancelSignal: signal },
  ).catch(error => {
    throw toolFailed('pg_dump', error)
  })
}
