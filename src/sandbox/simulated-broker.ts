import type { z } from 'zod'
import type { Control, SimulatedFault, SimulatedOutcome } from './control.ts'

/**
 * How one broker looks from outside: its paths, what it demands of a request, how it answers, how it calls back. What is the
 * same for all (counting, faults, latency, delays) is the engine's.
 */
export interface SimulatedBroker {
  /** The adapter's name. */
  readonly name: string
  readonly routes: readonly Route[]
  /** Switches of this broker alone (control.quirks), each with its default. */
  readonly quirks?: z.ZodType<Readonly<Record<string, unknown>>>
  /** In the broker's own style; the others in a plain one. */
  readonly errors?: Partial<Record<StyledError, (control: Control) => Reply>>
  /** The answer without its last message, for a broker that answers per message. */
  dropLast?(body: unknown): unknown
  /** The broker's id for a message it takes; a UUID where absent. */
  idOf?(message: InboundMessage): string
  /** Absent: the broker never calls back. */
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
  /** It sends messages (or what becomes messages): it is counted, and messages may poison it. Others are reads and tokens. */
  sends: boolean
  /** Instead of the face's, where a broker has more than one style. */
  errors?: SimulatedBroker['errors']
  /** @returns POISONED where `desk.poisoned` says so: it is answered with `errors['400']` */
  take(request: Inbound, desk: RequestContext): Reply | typeof POISONED
}

export const POISONED = Symbol('poisoned')

export interface Inbound {
  /** Of `path`, its groups. */
  parts: readonly string[]
  query: URLSearchParams
  headers: Readonly<Record<string, string | undefined>>
  body: string
}

export interface Reply {
  status: number
  headers?: Readonly<Record<string, string>>
  /** JSON, or a string as it is. */
  body: unknown
}

/** What the engine does for a face. */
export interface RequestContext {
  readonly control: Control
  now(): Date
  /** Whether the request holds a poisoned key or phone: it is to be refused whole. */
  poisoned(messages: readonly InboundMessage[]): boolean
  /** Takes the messages: some are refused as the control says, the others are counted, kept, and told of later. */
  accept(messages: readonly InboundMessage[]): readonly TakenMessage[]
  /** Whether the control has this one refused: for a broker that takes messages in one request and sends them in another. */
  refuses(message: InboundMessage): boolean
  /** How often a key was accepted. */
  countOf(key: string): number
  /** The request breaks the broker's rules: counted, and listed in /stats. @returns the text */
  violation(what: string): string
  /** A face's own memory, the same object for every request of this sandbox. */
  memory<Memory>(make: () => Memory): Memory
}

export interface InboundMessage {
  /** By which it is counted: our own key where the broker's wire carries it, else the phone. */
  key: string
  /** E.164 digits. */
  phone: string
  /** What the person received, for GET /messages. */
  content?: unknown
  /** Where to tell of it, where the request says so. */
  callbackUrl?: string | undefined
}

export interface TakenMessage {
  message: InboundMessage
  accepted: boolean
  /** The broker's id for it. */
  id: string
}

export interface CallbackStyle {
  /** Events in one request to one URL. */
  readonly perRequest: number
  /** Each message's story; the usual one: delivered, then perhaps read; or failed. */
  statuses?(fate: SimulatedOutcome): CallbackStatus[]
  /** All that is remembered of a message until it is told: short, a million may wait. */
  tokenOf(taken: TakenMessage): string
  /** @param events at most `perRequest` */
  write(events: readonly ToldEvent[], context: TellContext): CallbackPost
  /** An event of a message that nobody knows. */
  unknownToken(): string
}

export interface ToldEvent {
  token: string
  status: CallbackStatus
}

export interface TellContext {
  url: string
  at: Date
  control: Control
  /** To be signed wrongly, where the broker signs. */
  forged: boolean
  /** Desk.memory: what was learnt from requests. */
  memory: RequestContext['memory']
}

export interface CallbackPost {
  headers: Readonly<Record<string, string>>
  body: string
}

export type CallbackStatus = 'accepted' | 'sent' | 'delivered' | 'read' | 'failed' | 'opt_out'
