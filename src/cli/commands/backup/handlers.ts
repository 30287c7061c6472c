import { makeBackup } from '../../../backup/backup.ts'
import { manifestFile } from '../../../backup/manifest.ts'
import { fixedText } from '../../../language/format.ts'
import { t } from '../../../language/text.ts'
import type { Context } from '../../context.ts'

/** It needs no login: the database's own rights allow the same by pg_dump. */
export async function backup(context: Context, file: string): Promise<void> {
  const { clock, signal, config } = context
  const pool = await context.pool()
  const url = config.directUrl ?? (await context.databaseUrl())
  const manifest = await makeBackup({ pool, url, clock, signal }, file)
  context.out.result(
    { file, manifest: manifestFile(file), ...manifest },
    t`Wrote ${file} (${fixedText(manifest.bytes / 1024 ** 2, 1)} MB) and ${manifestFile(file)}.`,
  )
}
