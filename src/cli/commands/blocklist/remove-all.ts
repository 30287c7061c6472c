import { clearSource, countBySource, UNKNOWN_PERSON } from '../../../blocklist/blocklist.ts'
import { transaction } from '../../../database/pool.ts'
import { CampError } from '../../../errors.ts'
import { recordAudit } from '../../../security/audit-log.ts'
import type { Context } from '../../context.ts'
import { confirm } from '../../prompt.ts'

/**
 * Takes all entries of one source off: a list that is no longer to count, or opt-outs of phones that no lead has, where a callback URL
 * is known to others.
 * @throws CampError USAGE where each entry is a person's own word, NOT_FOUND where the source has none
 */
export async function removeAll(context: Context, source: string): Promise<void> {
  const actor = await context.admin()
  if (source === 'manual' || (source.startsWith('broker:') && !source.endsWith(UNKNOWN_PERSON))) {
    throw new CampError(
      'SOURCE_RESERVED',
      `the entries of ${source} are people's own words: they are not taken off as a whole`,
      {
        hint: 'Take one off with --phone or --document.',
      },
    )
  }
  const pool = await context.pool()
  const count = (await countBySource(pool)).find(one => one.source === source)
  if (!count)
    throw new CampError('BLOCKLIST_SOURCE_NOT_FOUND', `no entry has the source ${source}`, {
      hint: 'See: camp blocklist stats',
    })
  await confirm(context, `Take all ${count.phones + count.documents} entries of ${source} off the blocklist?`)
  const removed = await transaction(pool, async tx => {
    const gone = await clearSource(tx, source)
    const event = { userId: actor.id, action: 'blocklist.remove', subject: 'Blocklist', subjectId: source }
    await recordAudit(tx, { ...event, detail: { source, all: true, removed: gone } })
    return gone
  })
  context.out.result({ removed, source }, `${removed} entries of ${source} removed.`)
}
