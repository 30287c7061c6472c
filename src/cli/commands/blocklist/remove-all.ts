import { findClearableSource, unblockSource } from '../../../blocklist/by-hand.ts'
import { t } from '../../../language/text.ts'
import type { Context } from '../../context.ts'
import { confirm } from '../../prompt.ts'

/**
 * Removes all entries of one source: a list that no longer applies, or opt-outs of phones that no lead has, after a callback URL
 * has become known to others.
 * @throws CampError USAGE if each entry is the request of a person, NOT_FOUND if the source has none
 */
export async function removeAll(context: Context, source: string): Promise<void> {
  const actor = await context.admin()
  const pool = await context.pool()
  const count = await findClearableSource(pool, source)
  await confirm(context, t`Remove all ${count.phones + count.documents} entries of ${source} from the blocklist?`)
  const removed = await unblockSource(pool, actor, count)
  context.out.result({ removed, source }, t`${removed} entries of ${source} removed.`)
}
