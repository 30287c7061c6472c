import type { Sql } from '../database/pool.ts'

/** Canonical phones and documents of one person. */
export interface Person {
  phones: readonly string[]
  documents: readonly string[]
}

export interface PersonLead {
  id: string
  campaign_id: string
  seq: number
  campaign: string
  status: string
  phone: string
  cpf_cnpj: string | null
}

/** All leads with one of the phones or documents, without fish, which are our own phones. Documents are found by a scan. */
export async function leadsOfPerson(sql: Sql, { phones, documents }: Person): Promise<PersonLead[]> {
  const { rows } = await sql.query<PersonLead>(
    `WITH found AS (
       SELECT id FROM "CampaignLead" WHERE phone = ANY($1)
       UNION SELECT id FROM "CampaignLead" WHERE cpf_cnpj = ANY($2)
     )
     SELECT l.id, l.campaign_id, l.seq, c.agendamento_id AS campaign, l.status::text AS status, l.phone, l.cpf_cnpj
     FROM found JOIN "CampaignLead" l ON l.id = found.id JOIN "Campaign" c ON c.id = l.campaign_id
     WHERE NOT l.is_fish ORDER BY c.agendamento_id, l.seq`,
    [phones, documents],
  )
  return rows
}

/** The keys of Contact for the person, and for the phones and documents of their leads. */
export function contactKeysOf({ phones, documents }: Person, leads: readonly PersonLead[]): string[] {
  const keys = [
    ...[...phones, ...leads.map(lead => lead.phone)].map(phone => `p:${phone}`),
    ...[...documents, ...leads.flatMap(lead => lead.cpf_cnpj ?? [])].map(document => `d:${document}`),
  ]
  return [...new Set(keys)].sort()
}

/** SQL: whether reply `m` is from or about the person. $1: their leads, $2: their phones, $3: `patternsOf` them. */
export const REPLY_OF_PERSON = `m.lead_id = ANY($1::uuid[]) OR m.phone = ANY($2)
       OR concat_ws(' ', m.text, m.payload, m.sender, m.words, m.reason) LIKE ANY($3)`

/** LIKE patterns that find the person's numbers in a text, the phones also without the country code. */
export function patternsOf({ phones, documents }: Person): string[] {
  return [...phones.map(phone => `%${phone.slice(2)}%`), ...documents.map(document => `%${document}%`)]
}
