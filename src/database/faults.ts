import type { ErrorCode } from '../error-codes.ts'
import { CampError, messageOf } from '../errors.ts'
import { type FaultRule, faultOf, hintOf, type PublicWord, ruleFor } from './fault.ts'
import { DATABASE_FAULTS } from './fault-table.ts'

/**
 * @param user the one that camp connects as, where it is known: hints name it
 * @returns the error that tells a person what the database has said; undefined where it is none of its faults
 */
export function databaseError(thrown: unknown, user?: string): CampError | undefined {
  const fault = faultOf(thrown)
  const rule = ruleFor(DATABASE_FAULTS, fault)
  if (!rule) return undefined
  return new CampError(errorCodeOf(rule), `${rule.says}: ${fault.message}`, {
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

/** What a log is given of any error: the database's in the table's words, with its own as the cause. */
export function namedError(thrown: unknown): unknown {
  return thrown instanceof CampError ? thrown : (databaseError(thrown) ?? thrown)
}

/** The same in one line. */
export function sentenceOf(thrown: unknown): string {
  return messageOf(namedError(thrown))
}

/** The word for those who may not know more; never a host, a user or the server's own words. Takes the queue's errors, too. */
export function publicWord(thrown: unknown): PublicWord {
  if (!(thrown instanceof CampError)) return ruleFor(DATABASE_FAULTS, faultOf(thrown))?.word ?? 'failing'
  const rule = thrown.cause === undefined ? undefined : ruleFor(DATABASE_FAULTS, faultOf(thrown.cause))
  return rule?.word ?? (thrown.kind === 'AUTH' ? 'refused' : thrown.kind === 'UNREACHABLE' ? 'unreachable' : 'failing')
}

// Connections that fail or end (classes 08 and 57P), that are too many, and the sockets' own errors.
const AWAY = /^(08...|57P0[1-3]|25P03|53300|ECONN\w+|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/

/** Whether an error means that the database (or the way to it) is away, as opposed to a statement that is wrong. */
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
 * Whether an error is the fault of the values that a statement was given: PostgreSQL refuses them (classes 22 and 23), or they could
 * not be made into a statement. The same statement with other values may succeed.
 */
export function isDataError(thrown: unknown): boolean {
  return thrown instanceof RangeError || thrown instanceof TypeError || /^2[23]...$/.test(faultOf(thrown).code ?? '')
}

/**
 * Whether the same statement may succeed a moment later: all errors but those of its values, of its own text (class 42) and of a
 * pool that this process has closed. A full disk, a statement or a lock that took too long and a connection that is cut all pass.
 */
export function isPassing(thrown: unknown): boolean {
  const { code, message } = faultOf(thrown)
  return !isDataError(thrown) && !/^42...$/.test(code ?? '') && !message.includes('after calling end on the pool')
}

/** @returns who a connection URL says it is; undefined where it says nothing, or is none */
export function userOf(url: string | undefined): string | undefined {
  try {
    return url === undefined ? undefined : decodeURIComponent(new URL(url).username) || undefined
  } catch {
    return undefined
  }
}
