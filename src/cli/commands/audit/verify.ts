import { CampError } from '../../../errors.ts'
import { storedText } from '../../../language/stored/stored-text.ts'
import { t } from '../../../language/text.ts'
import { acceptHead, formatHead, parseHead } from '../../../security/kept-head.ts'
import { verifyRecords } from '../../../security/verify-records.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { confirm } from '../../prompt.ts'
import type * as commands from './index.ts'

/**
 * Checks the records of audit, ledger and attempts against their checkpoints, and what this machine and the caller remember of
 * them. Ends with exit code 6 if anything does not agree.
 */
export async function verify(context: Context, options: OptionsOf<typeof commands.verify>): Promise<void> {
  const expected = options.expect === undefined ? undefined : parseHead(options.expect)
  if (options.acceptHead) await acceptNewest(context)
  else await context.actor()
  const deps = { pool: await context.pool(), keys: await context.keys(), keeper: context.keeper }
  const { records, wrong } = await verifyRecords(deps, expected, async () => ({ differences: [] }))
  const head = records.head && formatHead(records.head)
  if (options.head && wrong === 0) {
    context.out.result({ head }, head ?? t`no checkpoint yet`)
    return
  }
  const { checkpoints, findings, notes } = records
  context.out.result({ ok: wrong === 0, checkpoints, head, findings, notes }, () => [
    ...(wrong === 0
      ? [t`Nothing was changed: ${checkpoints} checkpoints of audit, ledger and attempts agree.`]
      : findings.map(storedText)),
    ...notes.map(note => t`note: ${storedText(note)}`),
  ])
  if (wrong === 0) return
  throw new CampError('RECORDS_CHANGED', t`${wrong} finding(s): records were changed, deleted or inserted`, {
    hint: t`Stop the workers, keep a copy of the database, and compare with a backup (docs/security.md).`,
  })
}

async function acceptNewest(context: Context): Promise<void> {
  const actor = await context.admin()
  await confirm(
    context,
    t`Forget the checkpoint that this machine has seen? Do this only after you have restored a backup.`,
  )
  const deps = { pool: await context.pool(), keys: await context.keys(), keeper: context.keeper }
  await acceptHead(deps, actor.id)
}
