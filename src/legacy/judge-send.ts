import type { ArchivedOutcome } from '../lifecycle/archived-leads.ts'
import { parseDocument } from '../recipient/document.ts'
import { canonicalPhone } from '../recipient/phone.ts'
import { parseDateTime } from '../time/parse-date-time.ts'
import type { BrokerRef, Brokers } from './brokers.ts'
import { undoDoubleEncoding } from './dump/charset.ts'
import type { LegacyRow } from './source/row.ts'
import { outcomeOf } from './statuses.ts'
import { wholeNumber } from './survey.ts'
import type { RejectCode } from './tally.ts'
import type { WalletRef, Wallets } from './wallets.ts'

/** A message of the old system that can be kept. */
export interface Send {
  legacyId: number
  /** The old campaign. */
  agendamento: string
  provider: string
  campaignName: string
  wallet: WalletRef
  broker: BrokerRef
  phone: string
  nome: string | null
  cpf_cnpj: string | null
  idcob_contrato: string | null
  text: string | null
  outcome: ArchivedOutcome
  registeredAt: Date | null
  sentAt: Date | null
}

export interface Refused {
  code: RejectCode
  detail: string
}

export interface Judge {
  wallets: Wallets
  brokers: Brokers
  timezone: string
  doubleEncoded: boolean
}

/** A row of envios_pendentes as a message, or why it is refused. */
export function judgeSend(row: LegacyRow, judge: Judge): Send | Refused {
  const legacyId = wholeNumber(row.id)
  if (legacyId === undefined) return { code: 'ID_UNUSABLE', detail: 'its id is not a whole number up to 2147483647' }
  const texts = textsOf(row, judge.doubleEncoded)
  if ('code' in texts) return texts
  const { agendamento_id: agendamento, status, fornecedor: provider, nome, mensagem: text, nome_campanha } = texts
  if (!agendamento) return { code: 'NO_CAMPAIGN', detail: 'it has no agendamento_id' }
  const outcome = outcomeOf(status ?? '')
  if (!outcome)
    return { code: 'STATUS_UNKNOWN', detail: status ? `the status ${status.slice(0, 40)}` : 'it has no status' }
  const broker = judge.brokers.of(provider ?? '')
  if (!('id' in broker)) return broker
  const wallet = walletOf(row, judge.wallets)
  if (!wallet) return { code: 'WALLET_UNKNOWN', detail: 'no wallet has its id_carteira or its idgis_ambiente' }
  const { phone, problem } = canonicalPhone(row.telefone ?? '')
  if (phone === undefined) return { code: 'INVALID_PHONE', detail: problem }
  const dates = [row.data_cadastro, row.data_disparo].map(date => dateOf(date, judge.timezone))
  const [registeredAt, sentAt] = dates
  if (registeredAt === undefined || sentAt === undefined)
    return { code: 'INVALID_DATE', detail: 'its data_cadastro or data_disparo is not a date and a time' }
  return {
    ...{ legacyId, agendamento, provider: provider!, wallet, broker, phone, nome: nome || null, text: text || null },
    campaignName: nome_campanha || agendamento,
    cpf_cnpj: parseDocument(row.cpf_cnpj ?? '').document ?? null,
    // The old system writes 0 for a contract that it does not have.
    idcob_contrato: row.idcob_contrato && row.idcob_contrato !== '0' ? row.idcob_contrato : null,
    ...{ outcome, registeredAt, sentAt: outcome.status === 'ERROR' ? null : (sentAt ?? registeredAt) },
  }
}

const TEXTS = ['agendamento_id', 'status', 'fornecedor', 'nome', 'mensagem', 'nome_campanha', 'idcob_contrato'] as const

function textsOf(row: LegacyRow, doubleEncoded: boolean): Record<(typeof TEXTS)[number], string | null> | Refused {
  const texts = {} as Record<(typeof TEXTS)[number], string | null>
  for (const column of TEXTS) {
    const value = row[column] ?? null
    if (value?.includes('\ufffd')) return { code: 'BAD_ENCODING', detail: `${column} has a byte that is no character` }
    if (value?.includes('\0')) return { code: 'BAD_TEXT', detail: `${column} has a NUL, which cannot be stored` }
    texts[column] = value !== null && doubleEncoded ? (undoDoubleEncoding(value) ?? value) : value
  }
  return texts
}

function walletOf(row: LegacyRow, { byCarteira, byIdgis }: Wallets): WalletRef | undefined {
  const own = row.id_carteira ? byCarteira.get(row.id_carteira.trim()) : undefined
  if (own) return own
  const idgis = wholeNumber(row.idgis_ambiente)
  return idgis === undefined ? undefined : byIdgis.get(idgis)
}

/** @returns null for none, also MySQL's zero date; undefined if it is no date */
function dateOf(text: string | null | undefined, timezone: string): Date | null | undefined {
  if (!text || text.startsWith('0000-00-00')) return null
  try {
    return parseDateTime(text.replace(/\.\d+$/, ''), timezone)
  } catch {
    return undefined
  }
}
