import type { ImportCode } from '../lifecycle/refusal-codes.ts'
import type { Row } from '../tabular/csv.ts'
import { REFUSED_BLOCK } from './sequence.ts'

export interface Refusal {
  code: ImportCode
  detail: string
  /** The column at fault; undefined where none is. */
  column: number | undefined
}

/** A row as a lead: to be sent, or refused with a reason. */
export interface Lead {
  row: Row
  /** The row's cells as texts carry them (lead/value.ts). */
  values: readonly string[]
  /** Canonical, or as it was written where it is no phone. */
  phone: string
  /** The column that it is from. */
  phoneColumn: number
  /** With --all-phones: its row has others, which are leads of their own. */
  oneOfSeveral: boolean
  nome: string | null
  cpf_cnpj: string | null
  idcob_contrato: string | null
  custom_message: string | null
  /** A JSON object's text. */
  variables: string | null
  /** Where it stands in the dispatch order (sequence.ts). */
  block: number
  refusal: Refusal | null
}

/** A refused lead goes behind all that are sent. */
export function refuse(lead: Lead, code: ImportCode, detail: string, column: number | undefined): Lead {
  lead.block = REFUSED_BLOCK
  lead.refusal = { code, detail, column }
  return lead
}

/** Where leads go, in the file's order. */
export interface LeadSink {
  add: (leads: readonly Lead[]) => Promise<void>
}
