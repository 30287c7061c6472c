import { entriesFor } from '../../../blocklist/blocklist.ts'
import { BY_HAND, block, type Keys, subjectOf, unblock } from '../../../blocklist/by-hand.ts'
import { parsePurpose } from '../../../blocklist/purpose.ts'
import { listSyncs } from '../../../blocklist/sync-log.ts'
import { untilInForce } from '../../../dispatch/finish/stop-in-force.ts'
import { CampError } from '../../../errors.ts'
import { t } from '../../../language/text.ts'
import { parseDocument } from '../../../recipient/document.ts'
import { canonicalPhone } from '../../../recipient/phone.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { personValues, valueOfPerson } from '../../person-values.ts'
import { confirm } from '../../prompt.ts'
import { table } from '../../table.ts'
import { addFile } from './add-file.ts'
import { entryColumns } from './columns.ts'
import type * as commands from './index.ts'
import { removeAll } from './remove-all.ts'

export async function add(
  context: Context,
  value: string | undefined,
  options: OptionsOf<typeof commands.add>,
): Promise<void> {
  if (options.file !== undefined) {
    if (value !== undefined) throw new CampError('OPTIONS_CONFLICT', t`--file excludes a phone or document beside it`)
    return addFile(context, options.file, options)
  }
  assertNoListOptions(options)
  const actor = await context.actor()
  const pool = await context.pool()
  const keys = keysOf(value, options)
  const reason = options.reason?.trim() || null
  const purpose = options.purpose === undefined ? null : parsePurpose('--purpose', options.purpose)
  const added = await block(pool, actor, keys, { reason, purpose })
  await untilInForce(pool)
  const entries = (await entriesFor(pool, keys)).filter(entry => entry.source === BY_HAND)
  context.out.result(
    { added, entries },
    added > 0 ? t`Blocked ${subjectOf(keys)}.` : t`${subjectOf(keys)} was already blocked.`,
  )
}

/** What is to be blocked: the value, the options or both. */
function keysOf(value: string | undefined, options: OptionsOf<typeof commands.add>): Keys {
  if (value === undefined) return personValues(options)
  const first = valueOfPerson(value)
  if (options.phone === undefined && options.document === undefined) return first
  const { phones, documents } = personValues(options)
  return { phones: [...first.phones, ...phones], documents: [...first.documents, ...documents] }
}

/** @throws CampError OPTIONS_CONFLICT: an option of a list, without one */
function assertNoListOptions({ type, map, rejects, overwrite }: OptionsOf<typeof commands.add>): void {
  if ([type, map, rejects, overwrite].every(option => option === undefined)) return
  throw new CampError('OPTIONS_CONFLICT', t`--type, --map, --rejects and --overwrite require --file`)
}

export async function remove(context: Context, options: OptionsOf<typeof commands.remove>): Promise<void> {
  if (options.all) {
    if (options.source === undefined || options.phone !== undefined || options.document !== undefined)
      throw new CampError('OPTIONS_CONFLICT', t`--all requires --source, and excludes --phone and --document`)
    return removeAll(context, options.source)
  }
  const actor = await context.admin()
  const pool = await context.pool()
  const keys = personValues(options)
  const { source } = options
  const of = source === undefined ? t`the blocklist` : t`the blocklist of ${source}`
  if ((await entriesFor(pool, { ...keys, source })).length === 0)
    throw new CampError('BLOCKLIST_ENTRY_NOT_FOUND', t`${subjectOf(keys)} is not on ${of}`)
  await confirm(context, t`Remove ${subjectOf(keys)} from ${of}?`)
  const removed = await unblock(pool, actor, keys, source)
  const left = await entriesFor(pool, keys)
  const synced = new Set((await listSyncs(pool)).map(sync => sync.source))
  for (const { source } of removed.filter(entry => synced.has(entry.source)))
    context.out.warn(t`if the list of ${source} still contains it, the next sync blocks it again`)
  context.out.result({ removed: removed.length, entries: removed, left }, () =>
    left.length === 0
      ? t`Unblocked ${subjectOf(keys)}: ${entryCount(removed.length)} removed.`
      : [t`${entryCount(removed.length)} removed. Still blocked:`, table(left, entryColumns(context.config.timezone))],
  )
}

function entryCount(n: number): string {
  return n === 1 ? t`1 entry` : t`${n} entries`
}

/** Eleven digits can be a mobile number or a CPF: both are looked up. */
export async function check(context: Context, value: string): Promise<void> {
  await context.actor()
  const { phone } = canonicalPhone(value)
  const { document } = parseDocument(value)
  if (phone === undefined && document === undefined) {
    throw new CampError('INVALID_VALUE', t`"${value}" is neither a phone nor a CPF or CNPJ`)
  }
  const keys = { phones: phone === undefined ? [] : [phone], documents: document === undefined ? [] : [document] }
  const entries = await entriesFor(await context.pool(), keys)
  const view = { value, phone: phone ?? null, cpf_cnpj: document ?? null, blocked: entries.length > 0, entries }
  context.out.result(view, () =>
    view.blocked
      ? [t`Blocked.`, table(entries, entryColumns(context.config.timezone))]
      : t`Not blocked: ${subjectOf(keys)}.`,
  )
}
