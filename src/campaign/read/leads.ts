import type pg from 'pg'
import { pagesOf } from '../../database/pages.ts'
import type { LeadStatus } from '../../lifecycle/lead-status.ts'

/** A lead as `leads --json` prints it. */
export interface LeadView {
  id: string
  phone: string
  nome: string | null
  cpf_cnpj: string | null
  idcob_contrato: string | null
  status: LeadStatus
  error_code: string | null
  error_message: string | null
  source_line: number | null
  seq: number
  provider_msg_id: string | null
  sent_at: Date | null
  delivered_at: Date | null
  read_at: Date | null
  is_fish: boolean
  /** When its personal data was replaced; its phone is then the word "erased". */
  erased_at: Date | null
}

export interface LeadFilter {
  status?: LeadStatus | undefined
  code?: string | undefined
  limit?: number | undefined
}

const PAGE = 5_000

/** A campaign's leads in the order of the file (fish last), page by page: a million leads need a few megabytes of memory. */
export function leadPages(pool: pg.Pool, campaignId: string, filter: LeadFilter): AsyncGenerator<LeadView[]> {
  return pagesOf(
    pool,
    client =>
      client.query(
        `DECLARE page NO SCROLL CURSOR FOR
       SELECT id, phone, nome, cpf_cnpj, idcob_contrato, status, error_code, error_message, source_line, seq, provider_msg_id,
              sent_at, delivered_at, read_at, is_fish, erased_at
       FROM "CampaignLead"
       WHERE campaign_id = $1 AND ($2::text IS NULL OR status::text = $2) AND ($3::text IS NULL OR error_code = $3)
       ORDER BY source_line NULLS LAST, seq LIMIT $4`,
        [campaignId, filter.status ?? null, filter.code ?? null, filter.limit ?? null],
      ),
    client => client.query<LeadView>(`FETCH ${PAGE} FROM page`),
  )
}
