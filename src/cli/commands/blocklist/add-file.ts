import { parsePurpose } from '../../../blocklist/purpose.ts'
import { addList } from '../../../blocklist/sync/add-list.ts'
import { untilInForce } from '../../../dispatch/finish/stop-in-force.ts'
import { CampError } from '../../../errors.ts'
import { t } from '../../../language/text.ts'
import { MEGABYTE } from '../../../tabular/gunzip.ts'
import { fields } from '../../blocks.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { parsePairs } from '../../parse-pairs.ts'
import { assertPiped } from '../../prompt.ts'
import { number } from '../campaign/text.ts'
import type * as commands from './index.ts'
import { progressOf, warnOfList, withRefusals } from './list-text.ts'

const STDIN = '-'

/** `camp blocklist add --file`: the entries of a list, as made by hand. */
export async function addFile(context: Context, file: string, options: OptionsOf<typeof commands.add>): Promise<void> {
  if (options.phone !== undefined || options.document !== undefined)
    throw new CampError('OPTIONS_CONFLICT', t`--file excludes --phone and --document`)
  if (file === STDIN) assertPiped(context.host)
  const actor = await context.actor()
  const pool = await context.pool()
  const added = await addList(
    {
      pool,
      clock: context.clock,
      home: context.config.home,
      signal: context.signal,
      stdin: context.host.streams.stdin as AsyncIterable<Buffer | string>,
      timeoutMs: Number.POSITIVE_INFINITY, // nothing is downloaded
      onProgress: progressOf(context),
    },
    {
      file: file === STDIN ? file : await context.inputFile(file),
      reason: options.reason?.trim() || null,
      purpose: options.purpose === undefined ? null : parsePurpose('--purpose', options.purpose),
      only: options.type ?? null,
      map: parsePairs('--map', options.map ?? []),
      mostBytes: options.maxSize * MEGABYTE,
      rejects: options.rejects === undefined ? null : await context.outputFile(options.rejects),
      overwrite: options.overwrite ?? false,
      userId: actor.id,
    },
  )
  await untilInForce(pool)
  warnOfList(context, added)
  const { rows, refused, phones, documents, otherSheets, ...rest } = added
  context.out.result({ rows, refused, phones, documents, ...rest, other_sheets: otherSheets }, () =>
    withRefusals(
      fields([
        [t`contains`, t`${number(phones)} phones, ${number(documents)} documents in ${number(rows)} rows`],
        [t`added`, number(added.added)],
        [t`known before`, number(phones + documents - added.added)],
        [t`refused`, refused > 0 ? t`${number(refused)} rows` : undefined],
        [t`rejects`, added.rejects && t`${number(added.rejects.rows)} rows in ${options.rejects!}`],
      ]),
      added.refusals,
    ),
  )
}
