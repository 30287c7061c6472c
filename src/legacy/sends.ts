import { cancelledBy } from '../database/cancel.ts'
import { startCopy } from '../database/copy.ts'
import { cryptoRandom, uuids } from '../database/ids.ts'
import { locking } from '../database/lock-order.ts'
import { type Sql, type Tx, transaction } from '../database/pool.ts'
import { FREQUENCY_CAP_MS, holdContacts, lockContacts } from '../dispatch/claim/frequency-cap.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import { type ArchivedLead, archivedLine, COPY_ARCHIVED } from '../lifecycle/archived-leads.ts'
import type { Brokers } from './brokers.ts'
import { archive, campaignKey, countLeads, findArchived, insertArchived } from './campaigns.ts'
import type { Step } from './deps.ts'
import { judgeSend, type Send } from './judge-send.ts'
import type { LegacyRow, LegacySource } from './source/row.ts'
import { LARGE } from './tables.ts'
import type { Wallets } from './wallets.ts'

const TABLE = 'envios_pendentes'
/** Few enough that most of their memory is freed while it is young: a full collection comes late. */
const ROWS_IN_A_TRANSACTION = 5_000

export interface SendsDeps extends Step {
  wallets: Wallets
  brokers: Brokers
  /** After each transaction. */
  onPart: () => Promise<void>
}

/**
 * Takes the old messages as leads of archived campaigns, some thousand in a transaction. A message is found again by its id, which is
 * its seq: after an interruption the next import goes on.
 * @returns how many campaigns are new
 */
export async function takeSends(step: SendsDeps, source: LegacySource): Promise<number> {
  const { deps, request, tally, wallets, brokers } = step
  const judge = { wallets, brokers, timezone: deps.timezone, doubleEncoded: request.doubleEncoded }
  const opened = new Set<string>()
  let [waiting, read]: [Send[], number] = [[], 0]
  const flush = async () => {
    deps.signal.throwIfAborted()
    const part = await takePart(step, waiting)
    for (const key of part.opened) opened.add(key)
    if (part.taken > 0) tally.taken(TABLE, part.taken)
    if (part.already > 0) tally.already(TABLE, part.already)
    waiting = []
    await step.onPart()
    deps.onProgress(read)
  }
  const judged = (row: LegacyRow) => {
    const send = judgeSend(row, judge)
    if ('code' in send) tally.refused({ table: TABLE, id: row.id ?? '', ...send })
    else waiting.push(send)
  }
  for await (const { rows } of source.read({ envios_pendentes: LARGE.envios_pendentes })) {
    for (const row of rows) judged(row)
    read += rows.length
    if (waiting.length >= ROWS_IN_A_TRANSACTION) await flush()
    else await step.onPart()
  }
  await flush()
  return opened.size
}

interface Part {
  taken: number
  already: number
  /** Keys of new campaigns. */
  opened: string[]
}

async function takePart(step: SendsDeps, sends: readonly Send[]): Promise<Part> {
  if (sends.length === 0) return { taken: 0, already: 0, opened: [] }
  const { deps, request } = step
  const byKey = sendsByKey(sends)
  if (request.dryRun) {
    const fresh = await freshSends(deps.pool, byKey)
    const taken = fresh.reduce((sum, part) => sum + part.sends.length, 0)
    return { taken, already: sends.length - taken, opened: fresh.filter(part => !part.id).map(part => part.key) }
  }
  return transaction(deps.pool, tx =>
    cancelledBy(deps.signal, deps.pool, tx, async () => {
      await claimImport(tx)
      const fresh = await freshSends(tx, byKey)
      const taken = await writeFresh(tx, step, fresh)
      return { taken, already: sends.length - taken, opened: fresh.filter(part => !part.id).map(part => part.key) }
    }),
  )
}

/** Until the transaction ends no other import writes messages. @throws CampError LEGACY_IMPORT_RUNNING */
async function claimImport(tx: Tx): Promise<void> {
  const { rows } = await tx.query<{ free: boolean }>(
    `SELECT pg_try_advisory_xact_lock(hashtextextended('camp legacy import', 0)) AS free`,
  )
  if (rows[0]!.free) return
  throw new CampError('LEGACY_IMPORT_RUNNING', t`another import from the old system is running now`, {
    hint: t`Repeat it when the other one has ended: it continues with what is left.`,
  })
}

function sendsByKey(sends: readonly Send[]): Map<string, Send[]> {
  const groups = new Map<string, Send[]>()
  for (const send of sends) {
    const name = `${send.wallet.idgis} ${send.broker.name} ${send.agendamento}`
    const known = groups.get(name)
    if (known) known.push(send)
    else groups.set(name, [send])
  }
  return new Map([...groups.values()].map(group => [campaignKey(group[0]!), group]))
}

interface Fresh {
  key: string
  /** undefined: there is no such campaign yet. */
  id: string | undefined
  /** Those that it does not have, each once. */
  sends: Send[]
}

async function freshSends(sql: Sql, byKey: ReadonlyMap<string, readonly Send[]>): Promise<Fresh[]> {
  const campaigns = await findArchived(sql, [...byKey.keys()])
  const parts: Fresh[] = []
  for (const [key, sends] of byKey) {
    const id = campaigns.get(key)
    const seen = id === undefined ? new Set<number>() : await storedSeqs(sql, id, sends)
    const fresh = sends.filter(({ legacyId }) => !seen.has(legacyId) && seen.add(legacyId))
    if (fresh.length > 0) parts.push({ key, id, sends: fresh })
  }
  return parts
}

async function storedSeqs(sql: Sql, campaignId: string, sends: readonly Send[]): Promise<Set<number>> {
  const { rows } = await sql.query<{ seq: number }>(
    `SELECT seq FROM "CampaignLead" WHERE campaign_id = $1 AND seq = ANY($2::int[])`,
    [campaignId, sends.map(send => send.legacyId)],
  )
  return new Set(rows.map(row => row.seq))
}

async function writeFresh(tx: Tx, step: SendsDeps, fresh: readonly Fresh[]): Promise<number> {
  const { deps, request, brokers } = step
  const now = deps.clock.now()
  const nextId = uuids(now, cryptoRandom)
  const parts = fresh.map(part => ({ ...part, leads: part.sends.map(send => ({ send, id: nextId() })) }))
  await holdCap(
    tx,
    parts.flatMap(part => part.leads),
    now,
  )
  const opened = []
  for (const part of parts) {
    const send = part.sends[0]!
    const source = `${request.prefix}${TABLE}`
    const campaign = { send, key: part.key, source, price: brokers.priceOf(send.provider), userId: request.userId, now }
    const id = part.id ?? (await insertArchived(tx, campaign))
    opened.push({ id, campaign, isNew: part.id === undefined, leads: part.leads })
  }
  const copy = startCopy(tx, COPY_ARCHIVED)
  for (const { id: campaignId, leads } of opened)
    await copy.write(leads.map(({ send, id }) => archivedLine(leadOf(send, id, campaignId))).join(''))
  await copy.end()
  // Campaigns are locked in the order of their ids, as by other imports.
  for (const { id, campaign, isNew, leads } of opened.sort((a, b) => a.id.localeCompare(b.id))) {
    if (isNew) await archive(tx, id, campaign)
    await countLeads(locking(tx, 'Campaign'), id, leads.length)
  }
  return parts.reduce((sum, part) => sum + part.leads.length, 0)
}

/** A message that the old system may have sent within the last 24 hours holds its phone and its document. */
async function holdCap(tx: Tx, leads: readonly { send: Send; id: string }[], now: Date): Promise<void> {
  const recent = leads.flatMap(({ send: { phone, cpf_cnpj, sentAt }, id }) =>
    sentAt && sentAt.getTime() > now.getTime() - FREQUENCY_CAP_MS ? [{ leadId: id, phone, cpf_cnpj, sentAt }] : [],
  )
  await lockContacts(tx, recent)
  await holdContacts(tx, recent)
}

function leadOf(send: Send, id: string, campaignId: string): ArchivedLead {
  const { legacyId, phone, nome, cpf_cnpj, idcob_contrato, text, outcome, sentAt } = send
  return { id, campaignId, legacyId, phone, nome, cpf_cnpj, idcob_contrato, text, outcome, sentAt }
}
