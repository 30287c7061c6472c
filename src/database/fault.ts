import { z } from 'zod'
import { codeOf, messageOf } from '../errors.ts'

/** What a server or the way to it said, out of whatever wraps it: pg, Prisma's adapter, a cause, several tries of one connection. */
export interface Fault {
  /** A SQLSTATE, or Node's code (ECONNREFUSED); undefined where there is neither. */
  code: string | undefined
  message: string
  /** PostgreSQL ended the connection with it, or did not open one. */
  isFatal: boolean
}

/** Prisma's own code (P1001) says less than what its adapter was told. */
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

/** What the adapter has no code for. */
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

/** One word for those who may not know more (/healthz is open to everybody). */
export type PublicWord = 'unreachable' | 'refused' | 'busy' | 'full' | 'read-only' | 'failing'

/** A kind of fault: how it is recognised, and what a person is told. docs/errors.md is this table; a test compares them. */
export interface FaultRule {
  /** As the documentation names what the server says. */
  name: string
  /** Of the fault's code; without it, its message alone decides. */
  code?: RegExp
  message?: RegExp
  kind: 'AUTH' | 'UNREACHABLE'
  word: PublicWord
  /** The first half of the sentence; the server's own words follow. */
  says: string
  /** What to do next. {user} is the one that camp connects as; {role}, {schema} and {database} are groups of `message`. */
  hint: string
}

/** @returns the first rule that fits; undefined where it is not a matter of the server, or not known to be one */
export function ruleFor(rules: readonly FaultRule[], { code, message, isFatal }: Fault): FaultRule | undefined {
  return rules.find(
    rule =>
      (rule.code === undefined || (code !== undefined && rule.code.test(code))) &&
      (rule.message === undefined || rule.message.test(message)) &&
      (rule.code !== undefined || rule.message !== undefined || isFatal),
  )
}

/** @param user undefined where it is not known */
export function hintOf({ hint, message }: FaultRule, fault: Fault, user: string | undefined): string {
  const groups: Record<string, string | undefined> = { ...message?.exec(fault.message)?.groups, user }
  return hint.replace(PLACEHOLDER, (_, name: string) => groups[name] ?? name.toUpperCase())
}

/** Other braces are the hint's own: {camp} begins the names of the queue's keys. */
export const PLACEHOLDER = /\{(user|role|schema|database)\}/g
