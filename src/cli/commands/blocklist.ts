import type { Entry } from '../../blocklist/blocklist.ts'
import { CampError } from '../../errors.ts'
import { leaf, type Register } from '../command.ts'
import type { Context } from '../context.ts'
import type { Column } from '../output.ts'

const SOURCE = 'manual'

export const register: Register = (program, action) => {
  const blocklist = program.command('blocklist').description('who must never be contacted: add, remove, check, stats')
  leaf(blocklist, 'add', 'never contact this phone or document again (any user may)')
    .option('--phone <phone>', 'a Brazilian number, however it is written')
    .option('--document <document>', 'a CPF or CNPJ')
    .option('--reason <reason>', 'why')
    .action(action(add))
  leaf(blocklist, 'remove', 'let a phone or document be contacted again, whatever source blocked it')
    .option('--phone <phone>', 'a Brazilian number, however it is written')
    .option('--document <document>', 'a CPF or CNPJ')
    .action(action(remove))
  leaf(blocklist, 'check <value>', 'whether a phone or document is blocked, by whom and why').action(action(check))
  leaf(blocklist, 'stats', 'how many phones and documents each source blocks').action(action(stats))
}

type Target = { phone?: string; document?: string }

async function add(context: Context, options: Target & { reason?: string }): Promise<void> {
  const { addToBlocklist, entriesFor } = await import('../../blocklist/blocklist.ts')
  const { transaction } = await import('../../database/pool.ts')
  const { recordAudit } = await import('../../security/audit.ts')
  const actor = await context.actor()
  const pool = await context.pool()
  const keys = await keysOf(options)
  const reason = options.reason?.trim() || null
  const added = await transaction(pool, async sql => {
    const count = await addToBlocklist(sql, { ...keys, reason, source: SOURCE })
    const detail = { ...keys, reason, source: SOURCE, added: count }
    await recordAudit(sql, {
      userId: actor.id,
      action: 'blocklist.add',
      subject: 'Blocklist',
      subjectId: subjectOf(keys),
      detail,
    })
    return count
  })
  const entries = (await entriesFor(pool, keys)).filter(entry => entry.source === SOURCE)
  context.out.result(
    { added, entries },
    added > 0 ? `Blocked ${subjectOf(keys)}.` : `${subjectOf(keys)} was blocked already.`,
  )
}

async function remove(context: Context, options: Target): Promise<void> {
  const { entriesFor, removeFromBlocklist } = await import('../../blocklist/blocklist.ts')
  const { transaction } = await import('../../database/pool.ts')
  const { recordAudit } = await import('../../security/audit.ts')
  const { confirm } = await import('../prompt.ts')
  const actor = await context.admin()
  const pool = await context.pool()
  const keys = await keysOf(options)
  if ((await entriesFor(pool, keys)).length === 0)
    throw new CampError('NOT_FOUND', `${subjectOf(keys)} is not on the blocklist`)
  await confirm(context, `Take ${subjectOf(keys)} off the blocklist?`)
  const removed = await transaction(pool, async sql => {
    const entries = await removeFromBlocklist(sql, keys)
    const detail = { ...keys, sources: entries.map(entry => entry.source) }
    await recordAudit(sql, {
      userId: actor.id,
      action: 'blocklist.remove',
      subject: 'Blocklist',
      subjectId: subjectOf(keys),
      detail,
    })
    return entries
  })
  context.out.result(
    { removed: removed.length, entries: removed },
    `Unblocked ${subjectOf(keys)}: ${removed.length} entries removed.`,
  )
}

/** Eleven digits may be a mobile and a CPF: both are looked up. */
async function check(context: Context, value: string): Promise<void> {
  const { entriesFor } = await import('../../blocklist/blocklist.ts')
  const { canonicalPhone } = await import('../../lead/phone.ts')
  const { parseDocument } = await import('../../intake/document.ts')
  const { table } = await import('../output.ts')
  await context.actor()
  const { phone } = canonicalPhone(value)
  const { document } = parseDocument(value)
  if (phone === undefined && document === undefined) {
    throw new CampError('DATA', `"${value}" is neither a phone nor a CPF or CNPJ`)
  }
  const keys = { phones: phone === undefined ? [] : [phone], documents: document === undefined ? [] : [document] }
  const entries = await entriesFor(await context.pool(), keys)
  const view = { value, phone: phone ?? null, cpf_cnpj: document ?? null, blocked: entries.length > 0, entries }
  context.out.result(view, () =>
    view.blocked ? `Blocked.\n${table(entries, COLUMNS, context.out.color)}` : `Not blocked: ${subjectOf(keys)}.`,
  )
}

const COLUMNS: readonly Column<Entry>[] = [
  { title: 'PHONE', value: entry => entry.phone ?? '' },
  { title: 'DOCUMENT', value: entry => entry.cpf_cnpj ?? '' },
  { title: 'SOURCE', value: entry => entry.source },
  { title: 'REASON', value: entry => entry.reason ?? '' },
  { title: 'SINCE', value: entry => entry.created_at.toISOString() },
]

async function stats(context: Context): Promise<void> {
  const { countBySource } = await import('../../blocklist/blocklist.ts')
  await context.actor()
  const sources = await countBySource(await context.pool())
  const total = (pick: 'phones' | 'documents') => sources.reduce((sum, source) => sum + source[pick], 0)
  context.out.list(
    sources,
    [
      { title: 'SOURCE', value: row => row.source },
      { title: 'PHONES', value: row => String(row.phones), align: 'right' },
      { title: 'DOCUMENTS', value: row => String(row.documents), align: 'right' },
    ],
    'The blocklist is empty.',
    { phones: total('phones'), documents: total('documents'), sources },
  )
}

interface Keys {
  phones: string[]
  documents: string[]
}

/** @throws CampError USAGE when neither is given, DATA when one is none */
async function keysOf({ phone, document }: Target): Promise<Keys> {
  const { canonicalPhone } = await import('../../lead/phone.ts')
  const { parseDocument } = await import('../../intake/document.ts')
  if (phone === undefined && document === undefined) throw new CampError('USAGE', 'give --phone, --document or both')
  const keys: Keys = { phones: [], documents: [] }
  if (phone !== undefined) {
    const read = canonicalPhone(phone)
    if (read.phone === undefined) throw new CampError('DATA', `"${phone}" is not a phone: ${read.problem}`)
    keys.phones.push(read.phone)
  }
  if (document !== undefined) {
    const read = parseDocument(document)
    if (read.document === undefined) throw new CampError('DATA', `"${document}" is not a CPF or CNPJ: ${read.problem}`)
    keys.documents.push(read.document)
  }
  return keys
}

function subjectOf({ phones, documents }: Keys): string {
  return [...phones, ...documents].join(' and ')
}
