/**
 * Every error that a person is meant to see. The kind decides the exit code (the table below is the README's); the message
 * says what and where, the hint what to do next.
 */
export const EXIT_CODES = {
  UNEXPECTED: 1,
  USAGE: 2,
  NOT_FOUND: 3,
  STATE: 4,
  DATA: 5,
  BUDGET: 6,
  AUTH: 7,
  UNREACHABLE: 8,
  INTERRUPTED: 130,
} as const

export type ErrorKind = keyof typeof EXIT_CODES

export class CampError extends Error {
  override readonly name = 'CampError'
  readonly kind: ErrorKind
  readonly hint: string | undefined

  /** @param options.hint a line, or several: a line break within one, as a name may have it, begins no other */
  constructor(
    kind: ErrorKind,
    message: string,
    options: { hint?: string | readonly string[] | undefined; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.kind = kind
    const { hint } = options
    this.hint = hint === undefined ? undefined : [hint].flat().map(onOneLine).join('\n')
  }

  get exitCode(): number {
    return EXIT_CODES[this.kind]
  }
}

/** A person said no to a question: nothing was done, and nothing went wrong. */
export class Declined extends CampError {
  constructor() {
    super('INTERRUPTED', 'Nothing was changed.')
  }
}

function onOneLine(line: string): string {
  return line
    .split(/[\r\n]+/)
    .map(part => part.trim())
    .join(' ⏎ ')
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0])
  return error instanceof Error ? error.message : String(error)
}

/** Node's or PostgreSQL's code of an error (ECONNREFUSED, 23505), if it has one. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  if ('code' in error && typeof error.code === 'string') return error.code
  if (error instanceof AggregateError) return codeOf(error.errors[0])
  return 'cause' in error ? codeOf(error.cause) : undefined
}

/** The end of an exhaustive switch: a compile error where a case is missing. */
export function unreachable(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`)
}
