import { findClearableSource, unblockSource } from '../../../blocklist/by-hand.ts'
import type { Context } from '../../context.ts'
import { confirm } from '../../prompt.ts'

/**
 * Takes all entries of one source off: a list that is no longer to count, or opt-outs of phones that no lead has, where a callback URL
 * is known to others.
 * @throws CampError USAGE where each entry is a person's own word, NOT_FOUND where the source has none
 */
export async function removeAll(context: Context, source: string): Promise<void> {
  const actor = await context.admin()
  const pool = await context.pool()
  const count = await findClearableSource(pool, source)
  await confirm(context, `Remove all ${count.phones + count.documents} entries of ${source} from the blocklist?`)
  const removed = await unblockSource(pool, actor, count)
  context.out.result({ removed, source }, `${removed} entries of ${source} removed.`)
}
