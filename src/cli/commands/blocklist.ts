import type { Entry } from '../../blocklist/blocklist.ts'
import { CampError } from '../../errors.ts'
import type { Column } from '../blocks.ts'
import { asks, later, leaf, type Register } from '../command.ts'
import type { Context } from '../context.ts'
import { collect, nameArgument, oneOf, wholeNumber } from '../options.ts'

const SOURCE = 'manual'

export const register: Register = (program, action) => {
  const blocklist = program
    .command('blocklist')
    .description('who must never be contacted: add, remove, check, stats, sync')
  leaf(blocklist, 'add', 'never contact this phone or document again (any user may)')
    .option('--phone <phone>', 'a Brazilian number, however it is written')
    .option('--document <document>', 'a CPF or CNPJ')
    .option('--reason <reason>', 'why')
    .option('--purpose <word>', 'only for campaigns of this purpose, and those without one; without it, for all')
    .action(action(add))
  asks(leaf(blocklist, 'remove', 'let a phone or document be contacted again (ADMIN)'))
    .option('--phone <phone>', 'a Brazilian number, however it is written')
    .option('--document <document>', 'a CPF or CNPJ')
    .option('--source <name>', 'only the entry of this source; without it, of all')
    .option('--all', 'with --source and without the others: all that this source names')
    .action(action(remove))
  leaf(blocklist, 'check <value>', 'whether a phone or document is blocked, by whom and why').action(action(check))
  leaf(blocklist, 'stats', 'what each source blocks, and when its list last came from where').action(
    action(later(async () => (await import('./blocklist/stats.ts')).stats)),
  )
  leaf(blocklist, 'sync <from>', "bring a source's entries up to its list: a file, an http(s) URL or - (ADMIN)")
    .requiredOption('--source <name>', 'whose list it is; entries of other sources are not touched', nameArgument)
    .option('--purpose <word>', 'what its entries bind: campaigns of this purpose, and those without one')
    .option('--replace', 'the list is all that the source names: what it does not name goes')
    .option('--allow-shrink', 'with --replace: even if more than half of the entries go')
    .option('--refetch', 'the whole list, even if the server says that nothing is new')
    .option('--type <type>', 'what a list without column names holds: phone or document', oneOf(['phone', 'document']))
    .option('--map <field=column>', 'which column is what: phone=TEL,document=CPF,reason=MOTIVO', collect)
    .option('--encoding <name>', 'utf-8, utf-16le, utf-16be or windows-1252; without it, detected')
    .option('--delimiter <sign>', '; , tab or |; without it, detected')
    .option('--sheet <name>', 'of a workbook; without it, the one on which Excel opens')
    .option(
      '--max-size <megabytes>',
      'a list that is longer, packed or unpacked, is refused',
      wholeNumber(1, 1_000_000),
      1024,
    )
    .option('--rejects <file>', 'write the rows there that could not be read')
    .option('--overwrite', 'replace a file that stands where --rejects writes')
    .action(action(later(async () => (await import('./blocklist/sync.ts')).sync)))
}

type Target = { phone?: string; document?: string }

async function add(context: Context, options: Target & { reason?: string; purpose?: string }): Promise<void> {
  const { addToBlocklist, entriesFor } = await import('../../blocklist/blocklist.ts')
  const { untilInForce } = await import('../../dispatch/stop.ts')
  const { parsePurpose } = await import('../../blocklist/purpose.ts')
  const { transaction } = await import('../../database/pool.ts')
  const { recordAudit } = await import('../../security/audit.ts')
  const actor = await context.actor()
  const pool = await context.pool()
  const keys = await keysOf(options)
  const reason = options.reason?.trim() || null
  const purpose = options.purpose === undefined ? null : parsePurpose('--purpose', options.purpose)
  const added = await transaction(pool, async tx => {
    const count = await addToBlocklist(tx, { ...keys, reason, source: SOURCE, purpose })
    const detail = { ...keys, reason, source: SOURCE, purpose, added: count }
    await recordAudit(tx, {
      userId: actor.id,
      action: 'blocklist.add',
      subject: 'Blocklist',
      subjectId: subjectOf(keys),
      detail,
    })
    return count
  })
  await untilInForce(pool)
  const entries = (await entriesFor(pool, keys)).filter(entry => entry.source === SOURCE)
  context.out.result(
    { added, entries },
    added > 0 ? `Blocked ${subjectOf(keys)}.` : `${subjectOf(keys)} was blocked already.`,
  )
}

async function remove(context: Context, options: Target & { source?: string; all?: boolean }): Promise<void> {
  if (options.all) {
    if (options.source === undefined || options.phone !== undefined || options.document !== undefined)
      throw new CampError('OPTIONS_CONFLICT', '--all goes with --source alone')
    return (await import('./blocklist/remove-all.ts')).removeAll(context, options.source)
  }
  const { entriesFor, removeFromBlocklist } = await import('../../blocklist/blocklist.ts')
  const { listSyncs } = await import('../../blocklist/syncs.ts')
  const { table } = await import('../blocks.ts')
  const { transaction } = await import('../../database/pool.ts')
  const { recordAudit } = await import('../../security/audit.ts')
  const { confirm } = await import('../prompt.ts')
  const actor = await context.admin()
  const pool = await context.pool()
  const keys = await keysOf(options)
  const { source } = options
  const of = source === undefined ? 'the blocklist' : `the blocklist of ${source}`
  if ((await entriesFor(pool, { ...keys, source })).length === 0)
    throw new CampError('BLOCKLIST_ENTRY_NOT_FOUND', `${subjectOf(keys)} is not on ${of}`)
  await confirm(context, `Take ${subjectOf(keys)} off ${of}?`)
  const removed = await transaction(pool, async tx => {
    const entries = await removeFromBlocklist(tx, { ...keys, source })
    const detail = { ...keys, sources: entries.map(entry => entry.source) }
    await recordAudit(tx, {
      userId: actor.id,
      action: 'blocklist.remove',
      subject: 'Blocklist',
      subjectId: subjectOf(keys),
      detail,
    })
    return entries
  })
  const left = await entriesFor(pool, keys)
  const synced = new Set((await listSyncs(pool)).map(sync => sync.source))
  for (const { source } of removed.filter(entry => synced.has(entry.source)))
    context.out.warn(`the list of ${source} may name it still: then its next sync blocks it again`)
  context.out.result({ removed: removed.length, entries: removed, left }, () =>
    left.length === 0
      ? `Unblocked ${subjectOf(keys)}: ${removed.length} entries removed.`
      : [`${removed.length} entries removed. Still blocked:`, table(left, COLUMNS)],
  )
}

/** Eleven digits may be a mobile and a CPF: both are looked up. */
async function check(context: Context, value: string): Promise<void> {
  const { entriesFor } = await import('../../blocklist/blocklist.ts')
  const { canonicalPhone } = await import('../../lead/phone.ts')
  const { parseDocument } = await import('../../lead/document.ts')
  const { table } = await import('../blocks.ts')
  await context.actor()
  const { phone } = canonicalPhone(value)
  const { document } = parseDocument(value)
  if (phone === undefined && document === undefined) {
    throw new CampError('INVALID_VALUE', `"${value}" is neither a phone nor a CPF or CNPJ`)
  }
  const keys = { phones: phone === undefined ? [] : [phone], documents: document === undefined ? [] : [document] }
  const entries = await entriesFor(await context.pool(), keys)
  const view = { value, phone: phone ?? null, cpf_cnpj: document ?? null, blocked: entries.length > 0, entries }
  context.out.result(view, () =>
    view.blocked ? ['Blocked.', table(entries, COLUMNS)] : `Not blocked: ${subjectOf(keys)}.`,
  )
}

const COLUMNS: readonly Column<Entry>[] = [
  { title: 'PHONE', value: entry => entry.phone ?? '' },
  { title: 'DOCUMENT', value: entry => entry.cpf_cnpj ?? '' },
  { title: 'SOURCE', value: entry => entry.source },
  { title: 'BINDS', value: entry => entry.purpose ?? 'everything' },
  { title: 'REASON', value: entry => entry.reason ?? '' },
  { title: 'SINCE', value: entry => entry.created_at.toISOString() },
]

interface Keys {
  phones: string[]
  documents: string[]
}

/** @throws CampError USAGE when neither is given, DATA when one is none */
async function keysOf({ phone, document }: Target): Promise<Keys> {
  const { canonicalPhone } = await import('../../lead/phone.ts')
  const { parseDocument } = await import('../../lead/document.ts')
  if (phone === undefined && document === undefined)
    throw new CampError('ARGUMENT_MISSING', 'give --phone, --document or both')
  const keys: Keys = { phones: [], documents: [] }
  if (phone !== undefined) {
    const read = canonicalPhone(phone)
    if (read.phone === undefined) throw new CampError('INVALID_PHONE', `"${phone}" is not a phone: ${read.problem}`)
    keys.phones.push(read.phone)
  }
  if (document !== undefined) {
    const read = parseDocument(document)
    if (read.document === undefined)
      throw new CampError('INVALID_DOCUMENT', `"${document}" is not a CPF or CNPJ: ${read.problem}`)
    keys.documents.push(read.document)
  }
  return keys
}

function subjectOf({ phones, documents }: Keys): string {
  return [...phones, ...documents].join(' and ')
}
