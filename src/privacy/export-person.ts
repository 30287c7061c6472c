import { explainPhone, type LeadStory } from '../campaign/read/explain-phone.ts'
import type { Sql } from '../database/pool.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import { recordAudit } from '../security/audit-log.ts'
import type { Keys } from '../security/keys.ts'
import { personHash } from '../security/person-hash.ts'
import { contactKeysOf, leadsOfPerson, type Person, patternsOf, REPLY_OF_PERSON } from './find-person.ts'

/** Everything that camp has about a person. */
export interface PersonData {
  phones: readonly string[]
  documents: readonly string[]
  /** One for each phone and document: their messages with texts and attempts, and the blocklist entries that apply to them. */
  stories: LeadStory[]
  /** The rows of the leads, with the columns of the files. */
  leads: Record<string, unknown>[]
  callbacks: Record<string, unknown>[]
  /** What they answered. */
  replies: Record<string, unknown>[]
  contacts: { key: string; last_sent_at: Date | null }[]
  /** Audit entries that contain one of the numbers, or are about the person. */
  audit: Record<string, unknown>[]
}

/**
 * Collects the data, and records in the audit that it was read, under the person's hash.
 * @throws CampError NOT_FOUND: camp has nothing about the person
 */
export async function exportPerson(
  { sql, keys }: { sql: Sql; keys: Pick<Keys, 'records'> },
  person: Person,
  { userId, now }: { userId: string; now: Date },
): Promise<PersonData> {
  const leads = await leadsOfPerson(sql, person)
  const data: PersonData = {
    ...person,
    stories: await storiesOf(sql, keys, person, now),
    leads: await rowsOf(
      sql,
      leads.map(lead => lead.id),
    ),
    callbacks: await callbacksOf(
      sql,
      person,
      leads.map(lead => lead.id),
    ),
    replies: await repliesOf(
      sql,
      person,
      leads.map(lead => lead.id),
    ),
    contacts: await contactsOf(sql, contactKeysOf(person, leads)),
    audit: await auditOf(sql, keys, person),
  }
  if (Object.values(data).every(part => part === person.phones || part === person.documents || part.length === 0)) {
    throw new CampError('LEAD_NOT_FOUND', t`camp has no data with this phone or document`)
  }
  for (const hash of hashesOf(keys, person)) {
    await recordAudit(sql, {
      userId,
      action: 'data.export',
      subject: 'Person',
      subjectId: hash,
      detail: { leads: leads.length },
    })
  }
  return data
}

/** The names of a person in the audit, one for each phone and document. */
export function hashesOf(keys: Pick<Keys, 'records'>, { phones, documents }: Person): string[] {
  return [
    ...phones.map(phone => personHash(keys, 'phone', phone)),
    ...documents.map(document => personHash(keys, 'document', document)),
  ]
}

async function storiesOf(sql: Sql, keys: Pick<Keys, 'records'>, { phones, documents }: Person, now: Date) {
  const stories: LeadStory[] = []
  for (const value of [...phones, ...documents]) {
    const story = await explainPhone(sql, value, { now, keys }).catch(error => {
      if (error instanceof CampError && error.code === 'LEAD_NOT_FOUND') return undefined
      throw error
    })
    if (story) stories.push(story)
  }
  return stories
}

async function rowsOf(sql: Sql, ids: readonly string[]): Promise<Record<string, unknown>[]> {
  const { rows } = await sql.query<{ row: Record<string, unknown> }>(
    `SELECT to_jsonb(l) AS row FROM "CampaignLead" l WHERE id = ANY($1::uuid[]) ORDER BY id`,
    [ids],
  )
  return rows.map(({ row }) => row)
}

async function callbacksOf(sql: Sql, person: Person, ids: readonly string[]): Promise<Record<string, unknown>[]> {
  const { rows } = await sql.query<{ row: Record<string, unknown> }>(
    `SELECT to_jsonb(e) AS row FROM "WebhookEvent" e
     WHERE e.lead_id = ANY($1::uuid[]) OR e.phone = ANY($2) OR e.payload::text LIKE ANY($3) OR e.reply::text LIKE ANY($3)
       OR (e.broker_id, e.provider_msg_id) IN (
       SELECT broker_id, provider_msg_id FROM "ProviderMessage" WHERE lead_id = ANY($1::uuid[]))
     ORDER BY e.id`,
    [ids, person.phones, patternsOf(person)],
  )
  return rows.map(({ row }) => row)
}

async function repliesOf(sql: Sql, person: Person, ids: readonly string[]): Promise<Record<string, unknown>[]> {
  const { rows } = await sql.query<{ row: Record<string, unknown> }>(
    `SELECT to_jsonb(m) AS row FROM "InboundMessage" m WHERE ${REPLY_OF_PERSON} ORDER BY m.id`,
    [ids, person.phones, patternsOf(person)],
  )
  return rows.map(({ row }) => row)
}

async function contactsOf(sql: Sql, keys: readonly string[]): Promise<PersonData['contacts']> {
  const { rows } = await sql.query<PersonData['contacts'][number]>(
    `SELECT key, nullif(last_sent_at, '-infinity') AS last_sent_at FROM "Contact" WHERE key = ANY($1) ORDER BY key`,
    [keys],
  )
  return rows
}

async function auditOf(sql: Sql, keys: Pick<Keys, 'records'>, person: Person): Promise<Record<string, unknown>[]> {
  const { rows } = await sql.query<{ row: Record<string, unknown> }>(
    `SELECT to_jsonb(e) - 'mac' - 'n' AS row FROM "AuditEvent" e
     WHERE (e.subject = 'Person' AND e.subject_id = ANY($1)) OR e.detail::text LIKE ANY($2) OR e.subject_id LIKE ANY($2)
     ORDER BY e.at, e.id`,
    [hashesOf(keys, person), patternsOf(person)],
  )
  return rows.map(({ row }) => row)
}
