import type { ImportCode } from '../lifecycle/refusal-codes.ts'
import type { Row } from '../tabular/csv.ts'
import { REFUSED_BLOCK } from './sequence.ts'

export interface Refusal {
  code: ImportCode
  detail: string
  /** The column at fault, if any. */
  column: number | undefined
}

/** A lead made from a row: to be sent, or refused with a reason. */
export interface Lead {
  row: Row
  /** The row's cells, cleaned for texts (src/message/value.ts). */
  values: readonly string[]
  /** Canonical; as written where it is not a valid phone. */
  phone: string
  /** The phone's column. */
  phoneColumn: number
  /** With --all-phones: the row has further leads. */
  oneOfSeveral: boolean
  nome: string | null
  cpf_cnpj: string | null
  idcob_contrato: string | null
  custom_message: string | null
  /** JSON object as text. */
  variables: string | null
  /** Its block in the dispatch order (sequence.ts). */
  block: number
  refusal: Refusal | null
}

/** Refuses a lead and moves it behind the leads to send. */
export function refuse(lead: Lead, code: ImportCode, detail: string, column: number | undefined): Lead {
  lead.block = REFUSED_BLOCK
  lead.refusal = { code, detail, column }
  return lead
}

/** Takes leads in the file's order. */
export interface LeadSink {
  add: (leads: readonly Lead[]) => Promise<void>
}
