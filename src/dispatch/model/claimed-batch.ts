export interface ClaimedLead {
  id: string
  seq: number
  phone: string
  nome: string | null
  cpf_cnpj: string | null
  idcob_contrato: string | null
  custom_message: string | null
  variables: Record<string, string> | null
  is_fish: boolean
  /** An earlier request with it was in doubt. */
  doubtful_before: boolean
}

/** Not now. */
export interface ClaimWait {
  until: Date
  /** Outside the contact hours, no free slot, or the broker asked to wait. */
  why: 'HOURS' | 'PACE' | 'BROKER'
}

/** When a look at the database began. */
export interface LookedAt {
  /** Of a monotonic clock. */
  monotonic: number
  /** Of the clock that follows the database's: it goes on while the machine is suspended. */
  clock: Date
}

/**
 * The claim (docs/design.md#claim-send-settle): one transaction that makes a batch ours, or leaves everything as it was. Only
 * after its COMMIT may a request start. The order of its locks is the whole system's: batch, slots, contacts, leads, budget,
 * campaign.
 */
export type Claim =
  | { kind: 'CLAIMED'; batch: ClaimedBatch }
  /** All was written, and it is unknown whether it was committed: the connection broke, or the commit failed. Nothing may be sent. */
  | { kind: 'UNANSWERED'; batch: ClaimedBatch; error: unknown }
  /** Not now: outside the hours, no free slot, or the broker asked to wait. The batch is to be rung again as said. */
  | {
      kind: 'WAIT'
      until: Date
      why: ClaimWait['why']
      enqueue_seq: number
      campaign: ClaimedCampaign
      number: number
    }
  /** Nothing to do: another worker has it, it is done, or its campaign does not run. */
  | { kind: 'GONE' }
  /** It is the campaign's closing, which is claimed elsewhere (closing.ts). */
  | { kind: 'CLOSING' }
  /** Nobody in it may be contacted: every lead has its reason, and the batch is done. */
  | { kind: 'EMPTIED'; campaign: ClaimedCampaign; number: number }
  /** The campaign cannot go on: too little budget, no credential. */
  | { kind: 'FAILED'; campaign: ClaimedCampaign; handle: string; reason: string }

interface ClaimedCampaign {
  id: string
  brokerId: string
  paced: boolean
}

export interface ClaimedBatch {
  id: string
  attempt: number
  /** Of the claim's transaction. */
  xid: string
  number: number
  failures: number
  campaign: ClaimedCampaign & {
    agendamentoId: string
    baseMessage: string | null
    template: { code: string; content: string } | null
    templateVars: unknown
    walletId: string
    idgisAmbiente: number
  }
  /** Its name. */
  broker: string
  adapter: string
  /** config: opened, as the adapter takes it. */
  credential: { id: string; config: unknown; updatedAt: Date }
  /** When the first request may start: now, or a moment within slots.ts's look-ahead. */
  startAt: Date
  /** From one request's start to the next one's, by the broker's rate limit. */
  requestIntervalMs: number
  /** When its recipients' contact hours end, or a day later: no request may start from then on. */
  windowEndsAt: Date
  /** When the campaign's next batch may start, where it is paced. */
  nextAt: Date | null
  leaseUntil: Date
  /** How long the lease is, from the last request's moment. */
  leaseMs: number
  /** A decimal: what was booked for each message. */
  unitCost: string
  claimedAt: Date
  /** When its claim began to read: its requests may be written for a moment from then on (permit.ts). */
  lookedAt: LookedAt
  leads: ClaimedLead[]
  /** The broker has not answered for a while: this batch alone tries. */
  probe: boolean
  /**
   * Leads of its range that stayed PENDING: the budget did not pay for them all, a request may not hold them all, or the contact
   * hours end before.
   */
  left: number
}
