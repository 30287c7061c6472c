import { numberText } from '../../../language/format.ts'
import { t } from '../../../language/text.ts'
import { findPrunable, type Pruning, prune as pruneData } from '../../../privacy/prune.ts'
import { type Block, fields } from '../../blocks.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { confirm } from '../../prompt.ts'
import type * as commands from './index.ts'

const DAY_MS = 86_400_000

export async function prune(context: Context, options: OptionsOf<typeof commands.prune>): Promise<void> {
  const actor = await context.admin()
  const pool = await context.pool()
  const now = context.clock.now()
  const before = new Date(now.getTime() - options.olderThan * DAY_MS)
  const planned = await findPrunable(pool, before)
  if (options.dryRun) {
    context.out.result(planned, () => pruningText(planned))
    context.out.talk(t`Nothing was written: this was a dry run.`)
    return
  }
  const question = t`Replace the personal data of ${planned.leads} leads of ${planned.campaigns} campaigns? It
    cannot be restored.`
  await confirm(context, question)
  const bar = await context.out.bar(`{value}/{total} ${t`leads`}`)
  try {
    const pruned = await pruneData(pool, {
      before,
      now,
      userId: actor.id,
      signal: context.signal,
      onProgress: leads => bar?.update(planned.leads, leads, {}),
    })
    bar?.end()
    context.out.result(pruned, () => pruningText(pruned))
  } finally {
    bar?.end()
  }
}

function pruningText(pruning: Pruning): Block {
  return fields([
    [t`campaigns`, numberText(pruning.campaigns)],
    [t`leads`, numberText(pruning.leads)],
    [t`callbacks`, numberText(pruning.callbacks)],
    [t`replies`, numberText(pruning.replies)],
    [t`last sends`, numberText(pruning.contacts)],
    [
      t`left`,
      pruning.campaigns_left > 0
        ? t`${numberText(pruning.campaigns_left)} campaigns with leads in doubt or to be sent`
        : null,
    ],
  ])
}
