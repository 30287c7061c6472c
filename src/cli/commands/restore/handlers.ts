import { readManifest } from '../../../backup/manifest.ts'
import { assertRestorable, restoreDump, restoredFrom } from '../../../backup/restore.ts'
import { holdInstallation } from '../../../installation/hold.ts'
import { holdOf } from '../../../installation/installation.ts'
import { t } from '../../../language/text.ts'
import { openKeys } from '../../../security/keys.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { confirm } from '../../prompt.ts'
import type * as commands from './index.ts'

/** It needs no login: there may be no user yet, and the rights of the database allow the same by pg_restore. */
export async function restore(
  context: Context,
  file: string,
  options: OptionsOf<typeof commands.restore>,
): Promise<void> {
  const manifest = await readManifest(file)
  const url = context.config.directUrl ?? (await context.databaseUrl())
  const pool = await context.separatePool(url, { max: 2 })
  const isCopy = options.copy ?? false
  try {
    const deps = { pool, url, keys: await openKeys(context.config), signal: context.signal }
    const tables = await assertRestorable(deps, manifest)
    if (tables > 0)
      await confirm(context, t`Replace all ${tables} tables of this database by the backup of ${manifest.created_at}?`)
    await restoreDump(deps, file, manifest)
    const applied = await context.migrate()
    const reason = restoredFrom(manifest, isCopy)
    // A backup of a held database is held already.
    if (!(await holdOf(pool))) await holdInstallation(pool, { userId: null, reason, kind: isCopy ? 'COPY' : 'PERSON' })
    context.out.result({ restored: true, replaced: tables, applied, copy: isCopy, reason }, [
      t`Restored the backup of ${manifest.created_at}. Nothing is sent from it until an ADMIN accepts it.`,
    ])
    context.out.talk(t`Next: camp db accept-restore --show, then camp db accept-restore`)
    context.out.talk(t`This machine may remember newer records: camp audit verify --accept-head (ADMIN) after a check.`)
  } finally {
    await pool.end()
  }
}
