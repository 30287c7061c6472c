import { t } from '../../../language/text.ts'
import { assertAnything, type Erasure, erasePerson, findErasable } from '../../../privacy/erase-person.ts'
import { exportPerson, type PersonData } from '../../../privacy/export-person.ts'
import { type Block, fields } from '../../blocks.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { personValues } from '../../person-values.ts'
import { confirm } from '../../prompt.ts'
import { storyText } from '../campaign/story-text.ts'
import type * as commands from './index.ts'

export async function exportData(context: Context, options: OptionsOf<typeof commands.exportData>): Promise<void> {
  const person = personValues(options)
  const actor = await context.admin()
  const deps = { sql: await context.pool(), keys: await context.keys() }
  const data = await exportPerson(deps, person, { userId: actor.id, now: context.clock.now() })
  context.out.result(data, () => [summary(data), ...data.stories.flatMap(story => ['', ...storyText(context, story)])])
}

function summary({ leads, callbacks, replies, contacts, audit }: PersonData): Block {
  return fields([
    [t`leads`, String(leads.length)],
    [t`callbacks`, String(callbacks.length)],
    [t`replies`, String(replies.length)],
    [
      t`last sends`,
      contacts.map(({ key, last_sent_at }) => `${key} ${last_sent_at?.toISOString() ?? t`released`}`).join(', '),
    ],
    [t`audit entries`, String(audit.length)],
  ])
}

export async function erase(context: Context, options: OptionsOf<typeof commands.erase>): Promise<void> {
  const person = personValues(options)
  const actor = await context.admin()
  const pool = await context.pool()
  const planned = await findErasable(pool, person)
  assertAnything(planned)
  if (options.dryRun) {
    context.out.result(planned, () => erasureText(planned))
    context.out.talk(t`Nothing was written: this was a dry run.`)
    return
  }
  await confirm(context, t`Erase the person's data in ${planned.leads} lead(s)? It cannot be restored.`)
  const deps = { pool, keys: await context.keys() }
  const erased = await erasePerson(deps, person, { userId: actor.id, now: context.clock.now() })
  context.out.result(erased, () => erasureText(erased))
  if (erased.same_phones > 0)
    context.out.warn(t`${erased.same_phones} more leads have the same phones: to erase them, add --phone`)
  if (erased.callbacks_left > 0)
    context.out.warn(t`${erased.callbacks_left} callbacks are not applied yet and stay: erase again when they are`)
}

function erasureText(erasure: Erasure): Block {
  return fields([
    [t`leads`, t`${erasure.leads}, of these cancelled: ${erasure.cancelled}`],
    [t`campaigns`, erasure.campaigns.join(', ')],
    [t`callbacks`, t`${erasure.callbacks} deleted, ${erasure.callbacks_left} not applied yet`],
    [t`replies`, t`${erasure.replies} deleted`],
    [t`last sends`, t`${erasure.contacts} deleted, ${erasure.contacts_left} within 24 hours stay`],
    [t`blocklist`, t`${erasure.blocklist} entries stay, without their reason`],
    [t`same phones`, t`${erasure.same_phones} other leads`],
  ])
}
