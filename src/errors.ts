import { ERROR_CODES, type ErrorCode, type ErrorKind, EXIT_CODES } from './error-codes.ts'

/**
 * Every error that a user is meant to see. Programs branch on the code, which also decides the kind and the exit code
 * (error-codes.ts); the message says what and where, the hint what to do next.
 */
export class CampError extends Error {
  override readonly name = 'CampError'
  readonly code: ErrorCode
  readonly hint: string | undefined

  /** @param options.hint one or several lines; a line break within a line, as in a name, is replaced */
  constructor(
    code: ErrorCode,
    message: string,
    options: { hint?: string | readonly string[] | undefined; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    const { hint } = options
    this.hint = hint === undefined ? undefined : [hint].flat().map(onOneLine).join('\n')
  }

  get kind(): ErrorKind {
    return ERROR_CODES[this.code]
  }

  get exitCode(): number {
    return EXIT_CODES[this.kind]
  }
}

/** The user declined a question: nothing was done, and nothing went wrong. */
export class Declined extends CampError {
  constructor(message: string) {
    super('DECLINED', message)
  }
}

function onOneLine(line: string): string {
  return line
    .split(/[\r\n]+/)
    .map(part => part.trim())
    .join(' ⏎ ')
}

/** The format of an error for programs: on stderr with --json, and from a server to its client. Documented in docs/errors.md. */
export interface ErrorDocument {
  error: { code: ErrorCode; message: string; hint: string | null }
}

export function errorDocument({ code, message, hint }: CampError): ErrorDocument {
  return { error: { code, message, hint: hint ?? null } }
}

/** The message of any thrown value. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0])
  return error instanceof Error ? error.message : String(error)
}

/** Node's or PostgreSQL's code of an error (ECONNREFUSED, 23505), if it or its cause has one. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  if (!(error instanceof CampError) && 'code' in error && typeof error.code === 'string') return error.code
  if (error instanceof AggregateError) return codeOf(error.errors[0])
  return 'cause' in error ? codeOf(error.cause) : undefined
}

/** The end of an exhaustive switch: a compile error if a case is missing. */
export function unreachable(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`)
}
