import { copyValue } from '../database/copy.ts'
import type { LeadStatus } from './lead-status.ts'
import type { RefusalCodeBy } from './refusal-codes.ts'

/** The leads of ARCHIVED campaigns: another system sent them, or did not, and camp keeps what it says. */

/** What the other system says of a message. SENT and IN_DOUBT count for the frequency cap. */
export type ArchivedOutcome =
  | { status: 'SENT' | 'IN_DOUBT'; code: null; detail: string | null }
  | { status: 'ERROR'; code: RefusalCodeBy<'legacy'>; detail: string }

export const ARCHIVED_STATUSES = ['SENT', 'IN_DOUBT', 'ERROR'] as const satisfies readonly LeadStatus[]

export interface ArchivedLead {
  id: string
  campaignId: string
  /** Its id in the other system: seq and source_line. */
  legacyId: number
  /** Canonical. */
  phone: string
  nome: string | null
  cpf_cnpj: string | null
  idcob_contrato: string | null
  text: string | null
  outcome: ArchivedOutcome
  sentAt: Date | null
}

/** One row for each `archivedLine`. */
export const COPY_ARCHIVED = `COPY "CampaignLead" (id, campaign_id, seq, source_line, phone, nome, cpf_cnpj, idcob_contrato, custom_message,
                         status, error_code, error_message, sent_at) FROM STDIN`

/** A lead as a line of COPY_ARCHIVED. */
export function archivedLine(lead: ArchivedLead): string {
  const { outcome, legacyId } = lead
  const cells = [
    ...[lead.id, lead.campaignId, String(legacyId), String(legacyId), lead.phone],
    ...[lead.nome, lead.cpf_cnpj, lead.idcob_contrato, lead.text].map(copyValue),
    ...[outcome.status, copyValue(outcome.code), copyValue(outcome.detail)],
    lead.sentAt ? lead.sentAt.toISOString() : '\\N',
  ]
  return `${cells.join('\t')}\n`
}
