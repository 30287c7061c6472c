import { parsePurpose } from '../../../blocklist/purpose.ts'
import type { SyncRequest, SyncResult } from '../../../blocklist/sync/request.ts'
import { syncBlocklist } from '../../../blocklist/sync/sync.ts'
import { untilInForce } from '../../../dispatch/finish/stop-in-force.ts'
import { CampError } from '../../../errors.ts'
import { t } from '../../../language/text.ts'
import { parseDelimiter } from '../../../tabular/delimiter.ts'
import { parseEncoding } from '../../../tabular/encoding.ts'
import { MEGABYTE } from '../../../tabular/gunzip.ts'
import { fields, type Human } from '../../blocks.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { parsePairs } from '../../parse-pairs.ts'
import { assertPiped } from '../../prompt.ts'
import { number } from '../campaign/text.ts'
import type * as commands from './index.ts'
import { progressOf, warnOfList, withRefusals } from './list-text.ts'

type SyncOptions = OptionsOf<typeof commands.sync>

export async function sync(context: Context, from: string, options: SyncOptions): Promise<void> {
  const actor = await context.admin()
  if (context.host.files && from !== '-') {
    throw new CampError('NOT_SERVED', t`on a server a list is read from standard input only`, {
      hint: t`Run: camp blocklist sync - --source ${options.source} < LIST. To fetch a URL, run camp blocklist sync
        on the server itself.`,
    })
  }
  assertPiped(context.host)
  const rejects = options.rejects === undefined ? undefined : await context.outputFile(options.rejects)
  const request = requestOf(from, { ...options, ...(rejects !== undefined && { rejects }) }, actor.id)
  const progress = progressOf(context)
  const result = await syncBlocklist(
    {
      pool: await context.pool(),
      clock: context.clock,
      home: context.config.home,
      signal: context.signal,
      stdin: context.host.streams.stdin as AsyncIterable<Buffer | string>,
      timeoutMs: context.config.httpTimeoutMs ?? USUAL_TIMEOUT_MS,
      onProgress: progress,
    },
    request,
  )
  await untilInForce(await context.pool())
  if (result.status === 'APPLIED') {
    warnOfList(context, { ...result, ...result.figures })
    warnOfDates(context, result)
  }
  context.out.result(viewOf(result), () => textOf(result))
}

const USUAL_TIMEOUT_MS = 30_000

function requestOf(from: string, options: SyncOptions, userId: string): SyncRequest {
  if (options.allowShrink && !options.replace)
    throw new CampError('OPTIONS_CONFLICT', t`--allow-shrink requires --replace`, {
      hint: t`Without --replace no entry is removed.`,
    })
  return {
    from,
    source: options.source,
    preset: options.preset ?? null,
    purpose: options.purpose === undefined ? null : parsePurpose('--purpose', options.purpose),
    replace: options.replace ?? false,
    allowShrink: options.allowShrink ?? false,
    refetch: options.refetch ?? false,
    only: options.type ?? null,
    map: parsePairs('--map', options.map ?? []),
    encoding: options.encoding === undefined ? null : parseEncoding(options.encoding),
    delimiter: options.delimiter === undefined ? null : parseDelimiter(options.delimiter),
    sheet: options.sheet ?? null,
    mostBytes: options.maxSize * MEGABYTE,
    rejects: options.rejects ?? null,
    overwrite: options.overwrite ?? false,
    userId,
  }
}

/** Such a person is blocked up to 30 days early, and stays so: the list is at fault, or the column is another one. */
function warnOfDates({ out }: Context, { figures, firstUndated }: SyncResult): void {
  if (!figures.undated || firstUndated === null) return
  out.warn(
    t`${number(figures.undated)} rows have no registration date that can be read (the first: line ${firstUndated}), and bind
      at once; another column: --map date=COLUMN`,
  )
}

function viewOf({
  status,
  source,
  from,
  purpose,
  preset,
  replace,
  figures,
  refusals,
  rejects,
  otherSheets,
  notes,
}: SyncResult) {
  return {
    status,
    source,
    from,
    purpose,
    preset,
    replace,
    ...figures,
    refusals,
    rejects,
    other_sheets: otherSheets,
    notes,
  }
}

function textOf(result: SyncResult): Human {
  const { status, source, from, purpose, preset, figures, refusals, rejects } = result
  if (status === 'NOT_MODIFIED')
    return t`The list at ${from} is unchanged, and so are the ${number(figures.phones + figures.documents)} entries
      of ${source}.`
  const counts = fields([
    [t`source`, source],
    [t`from`, from],
    [t`applies to`, purpose === null ? t`every campaign` : t`campaigns for ${purpose}, and those without a purpose`],
    [t`preset`, preset ?? undefined],
    [
      t`contains`,
      t`${number(figures.phones)} phones, ${number(figures.documents)} documents in ${number(figures.rows)} rows`,
    ],
    [t`added`, number(figures.added)],
    [t`changed`, number(figures.changed)],
    [t`unchanged`, number(figures.unchanged)],
    [t`removed`, number(figures.removed)],
    [t`not yet`, figures.waiting ? t`${number(figures.waiting)} rows, which bind later` : undefined],
    [t`refused`, figures.refused > 0 ? t`${number(figures.refused)} rows` : undefined],
    [t`rejects`, rejects && t`${number(rejects.rows)} rows in ${rejects.file}`],
  ])
  return withRefusals(counts, refusals)
}
