import type { z } from 'zod'
import type { Http } from '../http/client.ts'
import type { TextRules } from '../message/text-rules.ts'

/**
 * The port that every broker's adapter implements: it turns leads into requests and answers into outcomes, and knows neither
 * the database nor the queue. What the wire looks like is the adapter's alone; what an outcome means stands in
 * docs/design.md#claim-send-settle.
 */
export interface Adapter<Credential = unknown> {
  /** As in `camp broker add --adapter`. */
  readonly name: string
  /** Strict: an unknown key is refused. */
  readonly credential: z.ZodType<Credential>
  /** Keys of the credential that are never shown. */
  readonly secrets: readonly string[]
  /** What a campaign says here. */
  readonly content: ContentKind
  /** What its channel refuses in a text or in a template's variables, which an import then refuses; absent: nothing is known. */
  readonly texts?: TextRules
  /** The most messages that one request may carry: 1 at a one-message broker, whose requests of one batch run concurrently. */
  readonly messagesPerRequest: number
  /** Messages in a request unless the broker's max_batch says otherwise; absent: as many as it may carry. */
  readonly usualBatch?: number
  /** Requests per second and credential that a new broker gets unless told otherwise; absent: no limit. */
  readonly usualRate?: number
  /** One request carries one text: its leads must share it (GOSAC, CDA). */
  readonly oneTextPerRequest: boolean
  /** A lead without a valid document is refused at import. */
  readonly documentRequired: boolean
  /** Whether messages sent with this credential are SMS, of which the broker bills each (lead/sms.ts); absent: never. */
  billsSegments?(credential: Credential): boolean
  /** Longer than the usual 30 s where the broker needs it. */
  readonly timeoutMs?: number
  /** Whether callbacks bring only the broker's own message id, so that it must be kept findable. */
  readonly correlatesByProviderId: boolean

  /** Sends one request. Never throws for what a broker or a network can do: that is a SendResult. */
  send(request: SendRequest, credential: Credential, http: Http): Promise<SendResult>

  /** A last step once per campaign, after its last request; absent: the broker has none. */
  readonly closing?: Closing<Credential>

  /** A read that tells whether the broker has a message whose request was not answered. Absent: the broker has none. */
  find?(message: DoubtfulMessage, credential: Credential, http: Http): Promise<FindResult>

  /** The broker's cheapest read, to check a credential; a sentence for the operator. Absent: the broker has none. */
  test?(credential: Credential, http: Http): Promise<TestResult>

  /** A status callback → events. @throws CallbackRefused when it is not this broker's */
  callback?(request: CallbackRequest, context: CallbackContext<Credential>): CallbackEvent[]
}

/**
 * TEXT: free text. TEMPLATE: an approved template, and nothing else. EITHER. NONE: neither, the broker's side knows what to say
 * (Salesforce's automation).
 */
export type ContentKind = 'TEXT' | 'TEMPLATE' | 'EITHER' | 'NONE'

/** A lead as the broker needs it. */
export interface Message {
  leadId: string
  /** E.164 digits, no plus: 5511987654321. */
  phone: string
  nome: string | null
  cpf_cnpj: string | null
  idcob_contrato: string | null
  /** Rendered for this person; null where the campaign uses a template. */
  text: string | null
  /** Template variables, by name, rendered for this person. */
  variables: Readonly<Record<string, string>>
  /** The file's other columns. */
  columns: Readonly<Record<string, string>>
  /** An earlier request with it may have been taken: "repeated" is then an answer that it was. */
  doubtfulBefore: boolean
}

export interface Template {
  code: string
  /** The names of its variables (the keys of Message.variables), in the order in which the broker counts them. */
  variables: readonly string[]
}

export interface SendRequest {
  /** Deterministic and findable at the broker: campaign handle and batch number ("camp-7F3KQ2-0001"). */
  name: string
  agendamentoId: string
  batchNumber: number
  wallet: { id: string; idgisAmbiente: number }
  template: Template | null
  messages: readonly Message[]
  /**
   * Where the broker may report; undefined without CAMP_PUBLIC_URL. With a lead's id it holds an opaque, signed key, and a call
   * to it brings CallbackRequest.leadId: for brokers that give nothing else of ours back.
   */
  callbackUrl: (leadId?: string) => string | undefined
}

/** What became of one message. Closed: every adapter folds its broker's answers into these. */
export type Outcome =
  | { kind: 'ACCEPTED'; providerId?: string | undefined }
  /** Refused for good; the others of its request stand. optOut: its person asked not to be contacted, and is blocked. */
  | { kind: 'REJECTED'; code: string; detail: string; optOut?: boolean }
  /** Certainly not taken: may be sent again. */
  | { kind: 'NOT_ACCEPTED'; reason: string }
  /** Nobody can know: never sent again by itself. */
  | { kind: 'IN_DOUBT'; reason: string }

/** What became of one request. */
export type SendResult =
  /** One outcome per message, in the request's order. */
  | { kind: 'ANSWERED'; outcomes: Outcome[]; reference?: string | undefined }
  /** Nothing was taken (connect error, 429): the whole request may be repeated, not before `retryAfterMs`. */
  | { kind: 'NOT_ACCEPTED'; reason: string; retryAfterMs?: number | undefined }
  /** Refused for good as a whole (400, 422): one lead may poison it, so it is halved. */
  | { kind: 'REJECTED'; code: string; detail: string }
  /** The key, the permission or the configuration is wrong (401, 403): nothing more is sent with it. */
  | { kind: 'FATAL'; reason: string }
  /** Nobody can know (timeout after writing, 5xx, an answer that cannot be understood). */
  | { kind: 'IN_DOUBT'; reason: string }

/**
 * Salesforce: run the automation that sends what was imported. GOSAC, where it is set so: start the campaigns that were created.
 * Never repeated in doubt: a second run may send everything twice. What `look` saw before a run is kept before the run begins, so
 * that afterwards a look can tell whether it happened.
 */
export interface Closing<Credential> {
  /** undefined: with this credential there is nothing to do. */
  plan(credential: Credential): ClosingPlan | undefined
  /**
   * Each accepted request is closed by itself, with its own reference alone and in its turn of the credential's rate, so that what
   * becomes of one says nothing about another. Absent: one run for all.
   */
  readonly perReference?: boolean
  /** A read that tells whether a run has happened, without doing anything. Absent: the broker has none. */
  look?(credential: Credential, http: Http): Promise<ClosingLook>
  run(request: ClosingRequest, credential: Credential, http: Http): Promise<ClosingResult>
  /** What becomes of the messages that were taken where it is never run, for whoever cancels the campaign. */
  readonly unrun?: string
}

export interface ClosingPlan {
  /** Counted from the end of the campaign's last request. */
  delayMs: number
  /** Campaigns with the same key close one after the other (one automation serves several); null: no matter. */
  lockKey: string | null
}

export interface ClosingRequest {
  name: string
  agendamentoId: string
  /** What the broker called each request accepted since the last closing (SendResult's reference), in their order. */
  references: readonly string[]
}

export type ClosingLook =
  /** `mark` changes with each run; `busy`: one is going on, and another would be refused or do everything twice. */
  | { kind: 'SEEN'; mark: string; busy: boolean }
  | { kind: 'NOT_ACCEPTED'; reason: string; retryAfterMs?: number | undefined }
  | { kind: 'FATAL'; reason: string }

export type ClosingResult =
  | { kind: 'DONE'; reference?: string | undefined }
  | { kind: 'NOT_ACCEPTED'; reason: string; retryAfterMs?: number | undefined }
  | { kind: 'FATAL'; reason: string }
  | { kind: 'IN_DOUBT'; reason: string }

/** A message in doubt, as somebody would look for it at the broker. */
export interface DoubtfulMessage {
  /** E.164 digits. */
  phone: string
  /** null where it was a template. */
  text: string | null
  /** When its request was given up: it began within a request's longest time before. */
  givenUpAt: Date
}

export type FindResult =
  | { kind: 'FOUND'; providerId: string }
  /** The broker has been asked and has nothing like it. */
  | { kind: 'ABSENT' }
  /** More than one could be it, or the broker does not say. */
  | { kind: 'UNKNOWN'; reason: string }

export type TestResult =
  | { ok: true; detail: string }
  /** REFUSED: it answered, and does not take this credential. */
  | { ok: false; cause: 'REFUSED' | 'UNREACHABLE'; detail: string }

export interface CallbackRequest {
  /** The public URL as the broker called it, query string included. */
  url: URL
  headers: Readonly<Record<string, string | undefined>>
  body: Buffer
  /** The lead whose URL was called (SendRequest.callbackUrl), its signature checked; undefined: the broker's common URL. */
  leadId: string | undefined
}

export interface CallbackContext<Credential> {
  /** The credentials of every wallet at this broker: a signature is checked with each. */
  credentials: readonly Credential[]
  receivedAt: Date
  /** Something that a person should read in the log. */
  notice: (text: string) => void
}

export interface CallbackEvent {
  event: 'SENT' | 'DELIVERED' | 'READ' | 'FAILED' | 'OPT_OUT'
  /** Our own key, where the broker gives it back. */
  leadId?: string | undefined
  providerMsgId?: string | undefined
  /** Another id of the broker's under which later callbacks may speak of the same message. */
  alias?: string | undefined
  /** Of an OPT_OUT that is about a person and no message: E.164 digits. */
  phone?: string | undefined
  /** The failure is not this message's alone (template disabled, wallet empty): its campaign is paused. */
  stops?: boolean | undefined
  code?: string | undefined
  detail?: string | undefined
  occurredAt: Date
  /** The element as it came, kept where no lead is found for it. */
  payload: unknown
}

/** Not stored and not believed: 401 for a signature, 400 for a shape. */
export class CallbackRefused extends Error {
  override readonly name = 'CallbackRefused'
  readonly status: 400 | 401

  constructor(status: 400 | 401, message: string) {
    super(message)
    this.status = status
  }
}
