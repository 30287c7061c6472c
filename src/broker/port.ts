import type { z } from 'zod'
import type { ErrorCode } from '../error-codes.ts'
import type { Http } from '../http/client.ts'
import type { TextRules } from '../message/text-rules.ts'
import type { CodeTable } from './codes.ts'

/**
 * The interface of every broker's adapter: it turns leads into requests and answers into outcomes, and knows neither the
 * database nor the queue. The wire format is the adapter's alone; outcomes are defined in docs/design.md#claim-send-settle.
 */
export interface Adapter<Credential = unknown> {
  /** As in `camp broker add --adapter`. */
  readonly name: string
  /** Strict: an unknown key is refused. */
  readonly credential: z.ZodType<Credential>
  /** Keys of the credential that are never displayed. */
  readonly secrets: readonly string[]
  /** The kind of content that a campaign needs here. */
  readonly content: ContentKind
  /** Limits of its channel for texts and template variables, which an import enforces; absent: none are known. */
  readonly texts?: TextRules
  /** Maximum of messages per request: 1 at a one-message broker, whose requests of one batch run concurrently. */
  readonly messagesPerRequest: number
  /** Messages per request unless the broker's max_batch sets it; absent: the maximum. */
  readonly usualBatch?: number
  /** Requests per second and credential of a new broker, unless set; absent: no limit. */
  readonly usualRate?: number
  /** Requests in flight at once per credential of a new broker, unless set; absent: no limit. */
  readonly usualConcurrency?: number
  /** One request carries one text: its leads must share it (GOSAC, CDA). */
  readonly oneTextPerRequest: boolean
  /** A lead without a valid document is refused at import. */
  readonly documentRequired: boolean
  /**
   * Whether messages sent with this credential are SMS, which the broker bills by segment (src/message/sms-segments.ts);
   * absent: never.
   */
  billsSegments?(credential: Credential): boolean
  /** What a new broker is billed by, unless said; absent: ACCEPTED. */
  readonly usualBilling?: 'ACCEPTED' | 'DELIVERED'
  /** Longer than the usual 30 s if the broker needs it. */
  readonly timeoutMs?: number
  /** Whether callbacks carry only the broker's message id, which must then be indexed. */
  readonly correlatesByProviderId: boolean
  /** The most bytes of a callback's body, for a broker that reports many messages in one; absent: 1 MiB. */
  readonly callbackBytes?: number
  /** The meaning of its codes, in answers and in callbacks. */
  readonly codes: CodeTable

  /** Sends one request. It never throws for a failure of the broker or the network: that is a SendResult. */
  send(request: SendRequest, credential: Credential, http: Http): Promise<SendResult>

  /** A last step, once per campaign after its last request; absent: the broker has none. */
  readonly closing?: Closing<Credential>

  /** A read that tells whether the broker has a message whose request was not answered. Absent: not supported. */
  find?(message: DoubtfulMessage, credential: Credential, http: Http): Promise<FindResult>

  /** What speaks against a campaign with this credential, which its import then refuses. Absent: nothing does. */
  objection?(campaign: PlannedSending, credential: Credential): Objection | undefined

  /** The broker's cheapest read, to check a credential; returns a sentence for the operator. Absent: not supported. */
  test?(credential: Credential, http: Http): Promise<TestResult>

  /**
   * What a person should know of a valid credential: that it stops working, that a value is not sent. Shown when it is set or
   * tested, and by camp doctor. Absent: nothing.
   * @param publicUrl CAMP_PUBLIC_URL
   */
  warnings?(credential: Credential, publicUrl: string | undefined): string[]

  /**
   * A GET of the callback URL by which the broker proves that it was told a secret of a credential → what it is answered with 200;
   * undefined: it was not. Absent: the broker has no such call.
   * @param credentials those of all wallets at this broker
   */
  handshake?(url: URL, credentials: readonly Credential[]): string | undefined

  /** A callback about statuses or replies → events. @throws CallbackRefused if it is not one of this broker's */
  callback?(request: CallbackRequest, context: CallbackContext<Credential>): CallbackEvent[]
}

/**
 * TEXT: free text. TEMPLATE: an approved template only. EITHER: one of them. NONE: neither, the broker has the text
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
  /** Rendered for this person; null if the campaign uses a template. */
  text: string | null
  /** Template variables by name, rendered for this person. */
  variables: Readonly<Record<string, string>>
  /** The file's other columns. */
  columns: Readonly<Record<string, string>>
  /** An earlier request with it may have been accepted: the answer "repeated" then means accepted. */
  doubtfulBefore: boolean
}

export interface Template {
  code: string
  /** The names of its variables (the keys of Message.variables), in the broker's order. */
  variables: readonly string[]
}

export interface SendRequest {
  /** Deterministic, and can be searched for at the broker: campaign handle and batch number ("camp-7F3KQ2-0001"). */
  name: string
  agendamentoId: string
  batchNumber: number
  wallet: { id: string; idgisAmbiente: number }
  /** Its recipients' contact hours on this day: for a broker that sends later than it takes. `to` is at most a day ahead. */
  window: { from: Date; to: Date }
  template: Template | null
  messages: readonly Message[]
  /**
   * The callback URL; undefined without CAMP_PUBLIC_URL. With a lead's id it contains an opaque, signed key, and a call to it
   * has CallbackRequest.leadId: for brokers that return no other key of ours.
   */
  callbackUrl: (leadId?: string) => string | undefined
}

/** Outcome of one message. A closed set: every adapter maps its broker's answers to these. */
export type Outcome =
  /**
   * code: what the broker says beside, of more than this message. Only its class stop or fatal has an effect: nothing more of the
   * campaign is sent.
   */
  | { kind: 'ACCEPTED'; providerId?: string | undefined; code?: string | undefined }
  /**
   * The broker said that it did not take it; the other messages of its request stand. What follows is decided by the code's class
   * (codes.ts). optOut: the recipient asked not to be contacted, and is blocked.
   */
  | { kind: 'REJECTED'; code: string; detail: string; optOut?: boolean; retryAfterMs?: number | undefined }
  /** Certainly not accepted: may be sent again. */
  | { kind: 'NOT_ACCEPTED'; reason: string; code?: string | undefined }
  /** Unknown: never sent again automatically. */
  | { kind: 'IN_DOUBT'; reason: string; code?: string | undefined }

/** Requests of 24 hours that an account has used, and may use. */
export interface Quota {
  used: number
  limit: number
}

/**
 * What the broker said about one request. A code's class (codes.ts) decides what follows; without one, the kind does. An adapter
 * reports the answer, not the consequence.
 */
export type SendResult =
  /** One outcome per message, in the request's order. quota: nears its end, and has not been told of before. */
  | { kind: 'ANSWERED'; outcomes: Outcome[]; reference?: string | undefined; quota?: Quota | undefined }
  /** Nothing was accepted (connect error, 429): the whole request may be repeated, after `retryAfterMs`. */
  | { kind: 'NOT_ACCEPTED'; reason: string; code?: string | undefined; retryAfterMs?: number | undefined }
  /** Refused as a whole (400, 422): a single lead may be the cause, so the request is halved, unless its code's class forbids it. */
  | { kind: 'REJECTED'; code: string; detail: string; retryAfterMs?: number | undefined }
  /** The key, the permission or the configuration is wrong (401, 403): nothing more is sent with it. */
  | { kind: 'FATAL'; reason: string; code?: string | undefined }
  /** Unknown (timeout after writing, 5xx, unreadable answer). */
  | { kind: 'IN_DOUBT'; reason: string; code?: string | undefined }

/**
 * Salesforce: run the automation that sends what was imported. GOSAC, if configured: start the campaigns that were created.
 * Never repeated in doubt: a second run may send everything twice. The mark that `look` returned before a run is stored before
 * the run begins, so that a later look can tell whether the run happened.
 */
export interface Closing<Credential> {
  /** undefined: nothing to do with this credential. */
  plan(credential: Credential): ClosingPlan | undefined
  /**
   * Each accepted request is closed separately, with its own reference and within the credential's rate, so that the outcome of
   * one says nothing about another. Absent: one run for all.
   */
  readonly perReference?: boolean
  /**
   * A read without side effects that tells whether a run has happened. Absent: not supported.
   * @param before an earlier mark, which is returned again if nothing has run since
   */
  look?(credential: Credential, http: Http, before?: string): Promise<ClosingLook>
  run(request: ClosingRequest, credential: Credential, http: Http): Promise<ClosingResult>
  /** What happens to accepted messages if it is never run: shown when the campaign is cancelled. */
  readonly unrun?: string
}

export interface ClosingPlan {
  /** Counted from the end of the campaign's last request. */
  delayMs: number
  /** Campaigns with the same key close one after the other (one automation serves several); null: no restriction. */
  lockKey: string | null
}

export interface ClosingRequest {
  name: string
  agendamentoId: string
  /** The broker's references of the requests accepted since the last closing (SendResult's reference), in order. */
  references: readonly string[]
}

export type ClosingLook =
  /**
   * `mark` changes with each run, and when a run ends in an error; `busy`: a run is in progress, and another would be refused or
   * send everything twice; `failed`: the newest run ended in an error, in the broker's words.
   */
  | { kind: 'SEEN'; mark: string; busy: boolean; failed?: string | undefined }
  | { kind: 'NOT_ACCEPTED'; reason: string; retryAfterMs?: number | undefined }
  | { kind: 'FATAL'; reason: string }

export type ClosingResult =
  | { kind: 'DONE'; reference?: string | undefined }
  /** The broker took the request to run it. Later looks show the result: for a closing with a look. */
  | { kind: 'TAKEN' }
  | { kind: 'NOT_ACCEPTED'; reason: string; retryAfterMs?: number | undefined }
  | { kind: 'FATAL'; reason: string }
  | { kind: 'IN_DOUBT'; reason: string }

/** A message in doubt, described as one would search for it at the broker. */
export interface DoubtfulMessage {
  /** E.164 digits. */
  phone: string
  /** null if it was a template. */
  text: string | null
  /** When the request was given up: it began at most one request timeout earlier. */
  givenUpAt: Date
}

export type FindResult =
  | { kind: 'FOUND'; providerId: string }
  /** The broker was queried and has no such message. */
  | { kind: 'ABSENT' }
  /** Several messages match, or the broker does not say. */
  | { kind: 'UNKNOWN'; reason: string }

/** A campaign before it is imported. Its counts are 0 until its file is read. */
export interface PlannedSending {
  messages: number
  /** The SMS that they are; `messages` unless the broker bills each SMS of a message. */
  segments: number
  /** Messages that camp hands over a second, at most; null: as many as the broker takes. */
  perSecond: number | null
  /** The template's code; null: free text. */
  template: string | null
}

/** For a person: a sentence, and what to do. */
export interface Objection {
  code: Extract<ErrorCode, 'MESSAGE_KIND_REFUSED' | 'SENDER_TOO_SLOW'>
  reason: string
  hint: string
}

export type TestResult =
  | { ok: true; detail: string }
  /** REFUSED: it answered and rejected this credential. */
  | { ok: false; cause: 'REFUSED' | 'UNREACHABLE'; detail: string }

export interface CallbackRequest {
  /** The public URL that the broker called, query string included. */
  url: URL
  headers: Readonly<Record<string, string | undefined>>
  body: Buffer
  /** The lead of the URL that was called (SendRequest.callbackUrl), its signature checked; undefined: the broker's common URL. */
  leadId: string | undefined
}

export interface CallbackContext<Credential> {
  /** The credentials of all wallets at this broker: a signature is checked with each. */
  credentials: readonly Credential[]
  receivedAt: Date
  /** Logs a notice for an operator. */
  notice: (text: string) => void
}

export interface CallbackEvent {
  /** REPLY: a person wrote, or pressed a button. */
  event: 'SENT' | 'DELIVERED' | 'READ' | 'FAILED' | 'OPT_OUT' | 'REPLY'
  /** Our own key, if the broker returns it. */
  leadId?: string | undefined
  /** Of a REPLY: the message of ours that it answers. */
  providerMsgId?: string | undefined
  /** Another broker id that later callbacks may use for the same message. */
  alias?: string | undefined
  /** Of a REPLY, or of an OPT_OUT of a person without a message: E.164 digits. */
  phone?: string | undefined
  /** Of a REPLY, and only there. */
  reply?: Reply | undefined
  /** The failure concerns more than this message (template disabled, wallet empty): its campaign is paused. */
  stops?: boolean | undefined
  /**
   * For a FAILED that is about no message: the broker has stopped this template, by the code or the name that it has there. Campaigns
   * that send it are paused.
   */
  template?: string | undefined
  /** false, of a DELIVERED or READ: the broker does not bill this message. */
  billable?: false | undefined
  code?: string | undefined
  detail?: string | undefined
  occurredAt: Date
  /** The element as received, kept if no lead is found for it. */
  payload: unknown
}

/** What a person wrote, or pressed. */
export interface Reply {
  /** The broker's id of it, by which one that comes twice is stored once; undefined: it has none. */
  id: string | undefined
  /** As the broker names it: text, button, image, audio, … */
  kind: string
  /** The text, or the button's title; undefined for media. */
  text?: string | undefined
  /** What the pressed button carries. */
  payload?: string | undefined
  /** What the broker itself made of it. STOP: it sends the person nothing more. START: it does again. */
  request?: 'STOP' | 'START' | 'HELP' | undefined
  /** How the broker names a person whose phone it does not tell. */
  sender?: string | undefined
}

/** Neither stored nor trusted: 401 for a signature, 400 for a shape. */
export class CallbackRefused extends Error {
  override readonly name = 'CallbackRefused'
  readonly status: 400 | 401

  constructor(status: 400 | 401, message: string) {
    super(message)
    this.status = status
  }
}
