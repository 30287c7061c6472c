import type { CodeOverrides } from '../../broker/code-overrides.ts'

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
  /** An earlier request that contained this lead was in doubt. */
  doubtful_before: boolean
}

/** Why the batch cannot be claimed yet, and until when. */
export interface ClaimWait {
  until: Date
  /** Outside the contact hours, no free slot, or the broker asked to wait. */
  why: 'HOURS' | 'PACE' | 'BROKER'
}

/** When a look at the database began, by two clocks. */
export interface LookedAt {
  /** By a monotonic clock. */
  monotonic: number
  /** By the clock that follows the database's: it continues while the machine is suspended. */
  clock: Date
}

/**
 * What a claim (docs/design.md#claim-send-settle) made of a batch: one transaction that assigns it to this attempt, or changes
 * nothing. A request may start only after its COMMIT. It locks in the system's order: batch, slots, contacts, leads, budget,
 * campaign.
 */
export type Claim =
  | { kind: 'CLAIMED'; batch: ClaimedBatch }
  /**
   * Everything was written, but it is unknown whether it was committed: the connection broke, or the commit failed. Nothing may
   * be sent.
   */
  | { kind: 'UNANSWERED'; batch: ClaimedBatch; error: unknown }
  /** Outside contact hours, no free slot, or the broker asked to wait: the batch is to be enqueued again for `until`. */
  | {
      kind: 'WAIT'
      batchId: string
      until: Date
      why: ClaimWait['why']
      enqueue_seq: number
      campaign: ClaimedCampaign
      number: number
    }
  /**
   * The campaign's first batch since its start has no answer yet (first-batch.ts), or too many requests are in flight
   * (requests-at-once.ts): their settle enqueues this one again.
   */
  | { kind: 'PARKED' }
  /** Nothing to do: another worker has it, it is done, or its campaign does not run. */
  | { kind: 'GONE' }
  /** It is the campaign's closing, which has its own claim (src/dispatch/closing/claim.ts). */
  | { kind: 'CLOSING' }
  /** No lead in it may be contacted: each has its reason, and the batch is DONE. */
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
  /** The id of the claim's transaction. */
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
  /** The broker's name. */
  broker: string
  adapter: string
  /** The classes of its codes that an ADMIN has changed. */
  codeOverrides: CodeOverrides
  /** `config` is opened, as the adapter takes it. */
  credential: { id: string; config: unknown; updatedAt: Date }
  /** When the first request may start: now, or up to LOOKAHEAD_MS later (slots.ts). */
  startAt: Date
  /** Milliseconds from one request's start to the next one's, by the broker's rate limit. */
  requestIntervalMs: number
  /** When its recipients' contact hours began on the day of `startAt`. */
  windowStartsAt: Date
  /** When its recipients' contact hours end, at most a day after `startAt`: no request may start from then on. */
  windowEndsAt: Date
  /** When the campaign's next batch may start, if it is paced. */
  nextAt: Date | null
  leaseUntil: Date
  /** The lease's length in milliseconds, counted from the last request's slot. */
  leaseMs: number
  /** A decimal: the cost reserved for each message. */
  unitCost: string
  claimedAt: Date
  /** When its claim began to read: its requests may be written for a limited time from then on (permit.ts). */
  lookedAt: LookedAt
  /** The campaign's start, if it is in flight alone until its answer (first-batch.ts). */
  firstOf: string | null
  /** Others may wait for its end: its broker limits the requests in flight (requests-at-once.ts). */
  isLimited: boolean
  leads: ClaimedLead[]
  /** The circuit is open, and this batch alone is sent as the probe. */
  probe: boolean
  /**
   * Leads of its range that stayed PENDING: the budget does not pay for all of them, a request cannot hold all of them, or the
   * contact hours end before.
   */
  left: number
}
