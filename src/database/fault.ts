import { z } from 'zod'
import { codeOf, messageOf } from '../errors.ts'

/**
 * An error of the server or its connection, unwrapped: from pg, Prisma's adapter, a cause, or several attempts of one
 * connection.
 */
export interface Fault {
  /** A SQLSTATE, or Node's code (ECONNREFUSED); undefined if there is neither. */
  code: string | undefined
  message: string
  /** PostgreSQL ended the connection with it, or refused to open one. */
  isFatal: boolean
}

/** Prisma's own code (P1001) is less specific than its adapter's error. */
const wrapped = z.object({
  meta: z.object({
    driverAdapterError: z.object({
      cause: z.object({
        kind: z.string().optional(),
        originalCode: z.string().optional(),
        originalMessage: z.string().optional(),
        reason: z.string().optional(),
        severity: z.string().optional(),
        host: z.string().optional(),
        port: z.number().optional(),
      }),
    }),
  }),
})

/** For errors without a code in the adapter. */
const CODE_OF_KIND: Readonly<Record<string, string>> = {
  DatabaseNotReachable: 'ECONNREFUSED',
  ConnectionClosed: '08006',
  SocketTimeout: 'ETIMEDOUT',
}

export function faultOf(error: unknown): Fault {
  const prisma = wrapped.safeParse(error)
  if (prisma.success) {
    const {
      kind = '',
      originalCode,
      originalMessage,
      reason,
      severity,
      host,
      port,
    } = prisma.data.meta.driverAdapterError.cause
    return {
      code: originalCode ?? CODE_OF_KIND[kind],
      message: originalMessage ?? reason ?? (host === undefined ? kind : `${host}:${port} does not answer`),
      isFatal: isFatal(severity),
    }
  }
  return { code: codeOf(error), message: messageOf(error), isFatal: isFatal(severityOf(error)) }
}

function severityOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'severity' in error ? error.severity : undefined
}

function isFatal(severity: unknown): boolean {
  return severity === 'FATAL' || severity === 'PANIC'
}

/** One word for unauthenticated callers (/healthz needs no login). */
export type PublicWord = 'unreachable' | 'refused' | 'busy' | 'full' | 'read-only' | 'failing'

/** A kind of fault: how it is recognised, and what it says. docs/errors.md is this table; a test compares them. */
export interface FaultRule {
  /** The name of the server's error in the documentation. */
  name: string
  /** Matches the fault's code; without it, the message alone decides. */
  code?: RegExp
  message?: RegExp
  kind: 'AUTH' | 'UNREACHABLE'
  word: PublicWord
  /** The first half of the sentence; the server's own words follow. */
  says: () => string
  /** What to do next. {user} is the one that camp connects as; {role}, {schema} and {database} are groups of `message`. */
  hint: () => string
}

/** @returns the first matching rule; undefined if it is not known as a fault of the server */
export function ruleFor(rules: readonly FaultRule[], { code, message, isFatal }: Fault): FaultRule | undefined {
  return rules.find(
    rule =>
      (rule.code === undefined || (code !== undefined && rule.code.test(code))) &&
      (rule.message === undefined || rule.message.test(message)) &&
      (rule.code !== undefined || rule.message !== undefined || isFatal),
  )
}

/** @param user undefined if unknown */
export function hintOf({ hint, message }: FaultRule, fault: Fault, user: string | undefined): string {
  const groups: Record<string, string | undefined> = { ...message?.exec(fault.message)?.groups, user }
  return hint().replace(PLACEHOLDER, (_, name: string) => groups[name] ?? name.toUpperCase())
}

/** Other braces belong to the hint: {camp} begins the names of the queue's keys. */
export const PLACEHOLDER = /\{(user|role|schema|database)\}/g
