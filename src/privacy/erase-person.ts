import type pg from 'pg'
import { locking } from '../database/lock-order.ts'
import { type Sql, type Tx, transaction } from '../database/pool.ts'
import { FREQUENCY_CAP_SQL } from '../dispatch/claim/frequency-cap.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import { cancelErasedLeads } from '../lifecycle/erased-leads.ts'
import { recordAudit } from '../security/audit-log.ts'
import type { Keys } from '../security/keys.ts'
import { hashesOf } from './export-person.ts'
import {
  contactKeysOf,
  leadsOfPerson,
  type Person,
  type PersonLead,
  patternsOf,
  REPLY_OF_PERSON,
} from './find-person.ts'
import { ERASED_COLUMNS } from './replacement.ts'

export interface Erasure {
  /** Leads whose personal data is replaced; their status, cost and times stay. */
  leads: number
  /** Of these, leads that were still to be sent: they are not sent. */
  cancelled: number
  /** Handles. */
  campaigns: string[]
  callbacks: number
  /** What they answered, deleted. */
  replies: number
  /** Callbacks that are not applied yet: they stay, and name the person until `camp prune` deletes them. */
  callbacks_left: number
  contacts: number
  /** Entries of the frequency cap from the last 24 hours: they stay until `camp prune`. */
  contacts_left: number
  /** Entries that stay, so that the person remains blocked. */
  blocklist: number
  /** Leads with the phones of these leads, but another document or none: erased only if the phone is given, too. */
  same_phones: number
}

/** What `erasePerson` would do. @throws as it does */
export async function findErasable(sql: Sql, person: Person): Promise<Erasure> {
  const leads = await leadsOfPerson(sql, person)
  assertSettled(leads)
  const ids = leads.map(lead => lead.id)
  const { rows } = await sql.query<
    Pick<
      Erasure,
      'callbacks' | 'callbacks_left' | 'replies' | 'contacts' | 'contacts_left' | 'blocklist' | 'same_phones'
    >
  >(
    `WITH reply AS (SELECT 1 FROM "InboundMessage" m WHERE ${REPLY_OF_PERSON}), callback AS (
       SELECT applied_at FROM "WebhookEvent" WHERE lead_id = ANY($1::uuid[]) OR phone = ANY($2) OR payload::text LIKE ANY($3)
         OR reply::text LIKE ANY($3)
     ), contact AS (
       SELECT last_sent_at > now() - ${FREQUENCY_CAP_SQL} AS holds FROM "Contact" WHERE key = ANY($4)
     )
     SELECT (SELECT count(*)::int FROM callback WHERE applied_at IS NOT NULL) AS callbacks,
            (SELECT count(*)::int FROM callback WHERE applied_at IS NULL) AS callbacks_left,
            (SELECT count(*)::int FROM reply) AS replies,
            (SELECT count(*)::int FROM contact WHERE NOT holds) AS contacts,
            (SELECT count(*)::int FROM contact WHERE holds) AS contacts_left,
            (SELECT count(*)::int FROM "Blocklist" WHERE phone = ANY($2) OR cpf_cnpj = ANY($5)) AS blocklist,
            (SELECT count(*)::int FROM "CampaignLead" WHERE phone = ANY($6) AND id <> ALL($1::uuid[]) AND NOT is_fish) AS same_phones`,
    [ids, person.phones, patternsOf(person), contactKeysOf(person, leads), person.documents, phonesOf(leads)],
  )
  return {
    leads: leads.length,
    cancelled: leads.filter(lead => lead.status === 'PENDING').length,
    campaigns: campaignsOf(leads),
    ...rows[0]!,
  }
}

/**
 * Replaces a person's data so that they are not found by it again, in one transaction. Statuses, costs, times and blocklist
 * entries stay; what is still to be sent to them is cancelled. The audit records it under a keyed hash of each number, and, for
 * the comparison of the records (src/budget/reconcile-recipients.ts), the seqs by campaign.
 * @throws CampError STATE: a message to them is being sent, or is in doubt; NOT_FOUND: there is nothing to erase
 */
export function erasePerson(
  { pool, keys }: { pool: pg.Pool; keys: Pick<Keys, 'records'> },
  person: Person,
  { userId, now }: { userId: string; now: Date },
): Promise<Erasure> {
  return transaction(pool, async tx => {
    const planned = await findErasable(tx, person)
    assertAnything(planned)
    const leads = await leadsOfPerson(tx, person)
    const ids = leads.map(lead => lead.id)
    await deleteCallbacks(tx, person, ids)
    await deleteReplies(tx, person, ids)
    await deleteContacts(tx, contactKeysOf(person, leads))
    await lockSettled(tx, ids)
    const cancelled = await cancelErasedLeads(tx, ids)
    await replaceLeads(tx, ids, now)
    await tx.query(`UPDATE "Blocklist" SET reason = NULL WHERE phone = ANY($1) OR cpf_cnpj = ANY($2)`, [
      person.phones,
      person.documents,
    ])
    await recordErasure(tx, leads, hashesOf(keys, person), userId)
    return { ...planned, cancelled }
  })
}

export function assertAnything({ leads, callbacks, replies, contacts }: Erasure): void {
  if (leads + callbacks + replies + contacts === 0)
    throw new CampError('LEAD_NOT_FOUND', t`camp has no data to erase with this phone or document`)
}

function assertSettled(leads: readonly Pick<PersonLead, 'status' | 'campaign'>[]): void {
  const open = leads.filter(lead => ['SENDING', 'IN_DOUBT'].includes(lead.status))
  if (open.length === 0) return
  const handles = [...new Set(open.map(lead => lead.campaign))]
  throw new CampError(
    'PERSON_NOT_SETTLED',
    t`${open.length} messages to this person are being sent or in doubt, in ${handles.join(', ')}`,
    { hint: t`Wait until they are sent; decide on those in doubt: camp campaign resolve ${handles[0]!}` },
  )
}

const phonesOf = (leads: readonly PersonLead[]) => [...new Set(leads.map(lead => lead.phone))]
const campaignsOf = (leads: readonly PersonLead[]) => [...new Set(leads.map(lead => lead.campaign))]

async function deleteCallbacks(tx: Tx, person: Person, ids: readonly string[]): Promise<void> {
  await locking(tx, 'WebhookEvent').query(
    `DELETE FROM "WebhookEvent"
     WHERE applied_at IS NOT NULL AND (lead_id = ANY($1::uuid[]) OR phone = ANY($2) OR payload::text LIKE ANY($3)
       OR (broker_id, provider_msg_id) IN (SELECT broker_id, provider_msg_id FROM "ProviderMessage" WHERE lead_id = ANY($1::uuid[])))`,
    [ids, person.phones, patternsOf(person)],
  )
}

async function deleteReplies(tx: Tx, person: Person, ids: readonly string[]): Promise<void> {
  await tx.query(`DELETE FROM "InboundMessage" m WHERE ${REPLY_OF_PERSON}`, [ids, person.phones, patternsOf(person)])
}

/** The cap of a message of the last 24 hours stays: another message must not follow it. */
async function deleteContacts(tx: Tx, keys: readonly string[]): Promise<void> {
  await locking(tx, 'Contact').query(
    `DELETE FROM "Contact" WHERE key = ANY($1) AND last_sent_at <= now() - ${FREQUENCY_CAP_SQL}`,
    [keys],
  )
}

/** A claim may have taken one since it was read. */
async function lockSettled(tx: Tx, ids: readonly string[]): Promise<void> {
  const { rows } = await locking(tx, 'CampaignLead').query<{ status: string; campaign: string }>(
    `SELECT l.status::text AS status, c.agendamento_id AS campaign FROM "CampaignLead" l JOIN "Campaign" c ON c.id = l.campaign_id
     WHERE l.id = ANY($1::uuid[]) ORDER BY l.campaign_id, l.seq FOR UPDATE OF l`,
    [ids],
  )
  assertSettled(rows)
}

async function replaceLeads(tx: Tx, ids: readonly string[], now: Date): Promise<void> {
  await tx.query(`DELETE FROM "ProviderMessage" WHERE lead_id = ANY($1::uuid[])`, [ids])
  await tx.query(`UPDATE "CampaignLead" SET ${ERASED_COLUMNS}, erased_at = $2 WHERE id = ANY($1::uuid[])`, [ids, now])
}

async function recordErasure(
  tx: Tx,
  leads: readonly PersonLead[],
  hashes: readonly string[],
  userId: string,
): Promise<void> {
  for (const campaign of new Set(leads.map(lead => lead.campaign_id))) {
    const seqs = leads.filter(lead => lead.campaign_id === campaign).map(lead => lead.seq)
    await recordAudit(tx, { userId, action: 'data.erase', subject: 'Campaign', subjectId: campaign, detail: { seqs } })
  }
  for (const hash of hashes) {
    await recordAudit(tx, {
      userId,
      action: 'data.erase',
      subject: 'Person',
      subjectId: hash,
      detail: { leads: leads.length },
    })
  }
}
