import type { z } from 'zod'
import type { Control, SimulatedFault, SimulatedOutcome } from './control.ts'

/**
 * The external behaviour of one broker: its paths, its request rules, its answers, its callbacks. What all brokers share
 * (counting, faults, latency, delays) is in the engine.
 */
export interface SimulatedBroker {
  /** The adapter's name. */
  readonly name: string
  readonly routes: readonly Route[]
  /** Switches of this broker alone (control.quirks), each with its default. */
  readonly quirks?: z.ZodType<Readonly<Record<string, unknown>>>
  /** Errors in the broker's own format; the others are in a plain one. */
  readonly errors?: Partial<Record<StyledError, (control: Control) => Reply>>
  /** The answer without its last message, for a broker that answers per message. */
  dropLast?(body: unknown): unknown
  /** The broker's id for an accepted message; a UUID if absent. */
  idOf?(message: InboundMessage): string
  /** Absent: the broker sends no callbacks. */
  readonly callbacks?: CallbackStyle
}

/** 400: one message poisons the request. */
export type StyledError =
  | Extract<SimulatedFault, '401' | '403' | '429' | '500' | '503' | 'accept-500' | 'accept-502'>
  | '400'

export interface Route {
  method: string
  /** The whole path. */
  path: RegExp
  /**
   * It sends messages (or imports them for sending): it is counted, and messages may poison it. Other routes are reads and
   * tokens.
   */
  sends: boolean
  /** Overrides the broker's, if it has more than one error format. */
  errors?: SimulatedBroker['errors']
  /** @returns POISONED if `desk.poisoned` returns true: it is answered with `errors['400']` */
  take(request: Inbound, desk: RequestContext): Reply | typeof POISONED
}

export const POISONED = Symbol('poisoned')

export interface Inbound {
  /** The groups of `path`. */
  parts: readonly string[]
  query: URLSearchParams
  headers: Readonly<Record<string, string | undefined>>
  body: string
}

export interface Reply {
  status: number
  headers?: Readonly<Record<string, string>>
  /** Sent as JSON; a string unchanged. */
  body: unknown
}

/** What the engine provides to a broker. */
export interface RequestContext {
  readonly control: Control
  now(): Date
  /** Whether the request contains a poisoned key or phone: then it must be refused as a whole. */
  poisoned(messages: readonly InboundMessage[]): boolean
  /** Accepts the messages: some are refused as the control demands, the others are counted, kept, and reported later. */
  accept(messages: readonly InboundMessage[]): readonly TakenMessage[]
  /** Whether the control refuses this message: for a broker that accepts messages in one request and sends them in another. */
  refuses(message: InboundMessage): boolean
  /** How often a key was accepted. */
  countOf(key: string): number
  /** Counts a violation of the broker's rules, and lists it in /stats. @returns the text */
  violation(what: string): string
  /** A broker's own state, the same object for every request of this sandbox. */
  memory<Memory>(make: () => Memory): Memory
}

export interface InboundMessage {
  /** The key by which it is counted: our own key if the wire format carries it, else the phone. */
  key: string
  /** E.164 digits. */
  phone: string
  /** What the person received, for GET /messages. */
  content?: unknown
  /** The callback URL, if the request contains one. */
  callbackUrl?: string | undefined
}

export interface TakenMessage {
  message: InboundMessage
  accepted: boolean
  /** The broker's id for it. */
  id: string
}

export interface CallbackStyle {
  /** Maximum of events per request to one URL. */
  readonly perRequest: number
  /** Each message's statuses; by default delivered, then perhaps read; or failed. */
  statuses?(fate: SimulatedOutcome): CallbackStatus[]
  /** All that is kept of a message until it is reported: short, because a million may be waiting. */
  tokenOf(taken: TakenMessage): string
  /** @param events at most `perRequest` */
  write(events: readonly ToldEvent[], context: TellContext): CallbackPost
  /** What a person answers to a message; absent: the broker has no replies. */
  reply?(told: ToldReply, context: TellContext): CallbackPost & { url: string }
  /** The token of an unknown message. */
  unknownToken(): string
}

export interface ToldEvent {
  token: string
  status: CallbackStatus
}

export interface ToldReply {
  token: string
  /** The broker's id of the reply. */
  id: string
  text: string
  /** Of a button that was pressed. */
  payload: string | undefined
}

export interface TellContext {
  url: string
  at: Date
  control: Control
  /** To be signed with a wrong key, if the broker signs. */
  forged: boolean
  /** RequestContext.memory: what earlier requests left. */
  memory: RequestContext['memory']
}

export interface CallbackPost {
  headers: Readonly<Record<string, string>>
  body: string
}

export type CallbackStatus = 'accepted' | 'sent' | 'delivered' | 'read' | 'failed' | 'opt_out'
