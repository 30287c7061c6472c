import { unreachable } from '../errors.ts'
import type { CodeOverrides } from './code-overrides.ts'
import type { CodeClass, CodeRule, CodeTable } from './codes.ts'
import type { Outcome, Quota, SendResult } from './port.ts'

/** The codes of one broker: its adapter's table, and the broker's overrides of it. */
export interface CodeBook {
  readonly table: CodeTable
  readonly overrides: CodeOverrides
}

/** Ends the campaign's sending: it is paused, or it fails because nothing can be sent with its credential. */
export interface CodeStop {
  readonly ends: 'PAUSE' | 'FAIL'
  /** Names the code, its meaning and the cure. */
  readonly reason: string
}

/** byShare, of a REJECTED one: its code's rule, if it is the recipient's refusal only while few messages of the campaign have it. */
export type ClassifiedOutcome = Outcome & { byShare?: CodeRule }

/** What follows from the answer to one request. */
export interface ClassifiedResult {
  /** One per message, in the request's order. */
  outcomes: ClassifiedOutcome[]
  /** The request was refused as a whole, and one of its messages may be the cause: they are NOT_ACCEPTED, to be sent in halves. */
  halve: boolean
  /** The credential waits this long. */
  retryAfterMs?: number | undefined
  /** Its messages are NOT_ACCEPTED, and nothing more of the campaign is sent. */
  stop?: CodeStop | undefined
  /** The broker's own name for what it took. */
  reference?: string | undefined
  /** The account's quota of requests, if the broker says that it nears its end. */
  quota?: Quota | undefined
}

/** Wait of the class `wait` if neither the answer nor the rule says one. */
const WAIT_MS = 60_000

/** A code that neither the table nor an override contains. */
const UNLISTED: CodeRule = { class: 'record', byShare: true, meaning: 'not in the table of codes' }

/** The rule of a code; undefined: neither the table nor an override contains it. An override is not judged by share. */
export function listedRule({ table, overrides }: CodeBook, code: string): CodeRule | undefined {
  const listed = Object.hasOwn(table, code) ? table[code] : undefined
  if (!Object.hasOwn(overrides, code)) return listed
  const { class: overridden, afterMs } = overrides[code]!
  return {
    class: overridden,
    meaning: listed?.meaning ?? UNLISTED.meaning,
    ...(listed?.cure !== undefined && { cure: listed.cure }),
    ...(afterMs !== undefined && { afterMs }),
  }
}

/** The rule of a failure's code: of one that is not listed, or missing, record by share. */
export function ruleOf(book: CodeBook, code: string | undefined): CodeRule {
  return (code === undefined ? undefined : listedRule(book, code)) ?? UNLISTED
}

/**
 * Decides what follows from the answer to one request. A code decides only about messages that the broker certainly did not take:
 * an answer in doubt stays in doubt.
 * @param messages how many the request carried
 */
export function classifyResult(book: CodeBook, result: SendResult, messages: number): ClassifiedResult {
  switch (result.kind) {
    case 'ANSWERED': {
      const verdicts = result.outcomes.map(outcome => verdictOf(book, outcome))
      return {
        outcomes: verdicts.map(verdict => verdict.outcome),
        halve: false,
        retryAfterMs: longest(verdicts.map(verdict => verdict.retryAfterMs)),
        stop: gravest(verdicts.map(verdict => verdict.stop)),
        reference: result.reference,
        quota: result.quota,
      }
    }
    case 'REJECTED':
    case 'NOT_ACCEPTED':
    case 'FATAL':
    case 'IN_DOUBT': {
      const { outcome, retryAfterMs, stop } = verdictOf(book, result)
      const halve = outcome.kind === 'REJECTED' && messages > 1
      const each: Outcome = halve ? { kind: 'NOT_ACCEPTED', reason: outcome.detail } : outcome
      return { outcomes: new Array<Outcome>(messages).fill(each), halve, retryAfterMs, stop }
    }
    default:
      return unreachable(result)
  }
}

/** Why a campaign is stopped by a code: `132015: the template is paused. Cure: wait until Meta resumes it, or use another one`. */
export function stopReason(code: string, rule: CodeRule, detail: string | undefined): string {
  const { meaning, cure = rule.byShare && CURE_BY_SHARE } = rule
  const said = meaning === UNLISTED.meaning && detail ? detail : meaning
  const what = `${code}: ${said}`
  return cure === undefined ? what : `${what}. Cure: ${cure}`
}

const CURE_BY_SHARE =
  'ask the broker what it means, then resume; if it is about single recipients: camp broker set NAME --code CODE=record'

/** What follows for one message. */
interface Verdict {
  outcome: ClassifiedOutcome
  retryAfterMs?: number | undefined
  stop?: CodeStop
}

function verdictOf(book: CodeBook, result: Outcome | Exclude<SendResult, { kind: 'ANSWERED' }>): Verdict {
  switch (result.kind) {
    case 'ACCEPTED':
      return besideAcceptance(book, result)
    case 'IN_DOUBT':
      return { outcome: result }
    case 'REJECTED':
      return byRule(ruleOf(book, result.code), result)
    case 'NOT_ACCEPTED': {
      const { code, reason: detail } = result
      const retryAfterMs = 'retryAfterMs' in result ? result.retryAfterMs : undefined
      const rule = code === undefined ? undefined : listedRule(book, code)
      if (code === undefined || !rule) return { outcome: { kind: 'NOT_ACCEPTED', reason: detail }, retryAfterMs }
      return byRule(rule, { code, detail, retryAfterMs })
    }
    case 'FATAL': {
      const { code, reason: detail } = result
      const rule = code === undefined ? undefined : listedRule(book, code)
      if (code !== undefined && rule) return byRule(rule, { code, detail })
      return { outcome: { kind: 'NOT_ACCEPTED', reason: detail }, stop: { ends: 'FAIL', reason: detail } }
    }
    default:
      return unreachable(result)
  }
}

/** The message is taken; the code is about the campaign. */
function besideAcceptance(book: CodeBook, { code, ...outcome }: Outcome & { kind: 'ACCEPTED' }): Verdict {
  const rule = code === undefined ? undefined : listedRule(book, code)
  if (code === undefined || (rule?.class !== 'stop' && rule?.class !== 'fatal')) return { outcome }
  return { outcome, stop: { ends: ENDS[rule.class], reason: stopReason(code, rule, undefined) } }
}

/** A refusal, which proves that the message was not taken. */
interface Refusal {
  code: string
  detail: string
  optOut?: boolean
  retryAfterMs?: number | undefined
}

function byRule(rule: CodeRule, { code, detail, optOut, retryAfterMs }: Refusal): Verdict {
  const refused: ClassifiedOutcome = { kind: 'REJECTED', code, detail }
  const reason = `${code}: ${detail}`
  switch (rule.class) {
    case 'record':
    case 'later':
      return { outcome: { ...refused, ...(optOut && { optOut }), ...(rule.byShare && { byShare: rule }) } }
    case 'opt-out':
      return { outcome: { ...refused, optOut: true } }
    case 'wait':
      return { outcome: { kind: 'NOT_ACCEPTED', reason }, retryAfterMs: retryAfterMs ?? rule.afterMs ?? WAIT_MS }
    case 'stop':
    case 'fatal': {
      const ends = ENDS[rule.class]
      return { outcome: { kind: 'NOT_ACCEPTED', reason }, stop: { ends, reason: stopReason(code, rule, detail) } }
    }
    case 'doubt':
      return { outcome: { kind: 'IN_DOUBT', reason } }
    default:
      return unreachable(rule.class)
  }
}

const ENDS = { stop: 'PAUSE', fatal: 'FAIL' } as const satisfies Partial<Record<CodeClass, CodeStop['ends']>>

function longest(waits: readonly (number | undefined)[]): number | undefined {
  const known = waits.filter(wait => wait !== undefined)
  return known.length === 0 ? undefined : Math.max(...known)
}

/** A wrong key concerns every campaign of its credential, and is reported before anything that concerns one. */
export function gravest(stops: readonly (CodeStop | undefined)[]): CodeStop | undefined {
  return stops.find(stop => stop?.ends === 'FAIL') ?? stops.find(stop => stop !== undefined)
}
