import type { ErrorCode } from '../error-codes.ts'
import { CampError, messageOf } from '../errors.ts'
import { type FaultRule, faultOf, hintOf, type PublicWord, ruleFor } from './fault.ts'
import { DATABASE_FAULTS } from './fault-table.ts'

/**
 * @param user the one that camp connects as, if known: hints name it
 * @returns the error to report for a fault of the database; undefined if it is not one
 */
export function databaseError(thrown: unknown, user?: string): CampError | undefined {
  const fault = faultOf(thrown)
  const rule = ruleFor(DATABASE_FAULTS, fault)
  if (!rule) return undefined
  return new CampError(errorCodeOf(rule), `${rule.says()}: ${fault.message}`, {
    hint: hintOf(rule, fault, user),
    cause: thrown,
  })
}

const CODES = {
  refused: 'DATABASE_REFUSED',
  unreachable: 'DATABASE_UNREACHABLE',
  busy: 'DATABASE_BUSY',
  full: 'DATABASE_FULL',
  'read-only': 'DATABASE_READ_ONLY',
  failing: 'DATABASE_FAILING',
} as const satisfies Record<PublicWord, ErrorCode>

function errorCodeOf({ kind, word }: FaultRule): ErrorCode {
  return kind === 'AUTH' ? 'DATABASE_ACCESS_DENIED' : CODES[word]
}

/** The error to log: a fault of the database in the table's words, with the original as the cause. */
export function namedError(thrown: unknown): unknown {
  return thrown instanceof CampError ? thrown : (databaseError(thrown) ?? thrown)
}

/** The same in one line. */
export function sentenceOf(thrown: unknown): string {
  return messageOf(namedError(thrown))
}

/** The word for unauthenticated callers; never a host, a user or the server's own words. Accepts the queue's errors, too. */
export function publicWord(thrown: unknown): PublicWord {
  if (!(thrown instanceof CampError)) return ruleFor(DATABASE_FAULTS, faultOf(thrown))?.word ?? 'failing'
  const rule = thrown.cause === undefined ? undefined : ruleFor(DATABASE_FAULTS, faultOf(thrown.cause))
  return rule?.word ?? (thrown.kind === 'AUTH' ? 'refused' : thrown.kind === 'UNREACHABLE' ? 'unreachable' : 'failing')
}

// Connections that fail or end (classes 08 and 57P), too many connections, and socket errors.
const AWAY = /^(08...|57P0[1-3]|25P03|53300|ECONN\w+|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/

/** Whether an error means that the database (or the network to it) is unavailable, as opposed to a wrong statement. */
export function isUnreachable(thrown: unknown): boolean {
  const { code, message } = faultOf(thrown)
  return (
    AWAY.test(code ?? '') ||
    /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/.test(
      message,
    )
  )
}

/**
 * Whether an error is caused by a statement's values: PostgreSQL refuses them (classes 22 and 23), or they could not be
 * serialised. The same statement with other values may succeed.
 */
export function isDataError(thrown: unknown): boolean {
  return thrown instanceof RangeError || thrown instanceof TypeError || /^2[23]...$/.test(faultOf(thrown).code ?? '')
}

/**
 * Whether the same statement may succeed later: all errors but those of its values, of its own text (class 42) and of a pool
 * that this process has closed. A full disk, a timeout of a statement or a lock and a lost connection are temporary.
 */
export function isPassing(thrown: unknown): boolean {
  const { code, message } = faultOf(thrown)
  return !isDataError(thrown) && !/^42...$/.test(code ?? '') && !message.includes('after calling end on the pool')
}

/** @returns the user in a connection URL; undefined if it has none, or is not a URL */
export function userOf(url: string | undefined): string | undefined {
  try {
    return url === undefined ? undefined : decodeURIComponent(new URL(url).username) || undefined
  } catch {
    return undefined
  }
}
