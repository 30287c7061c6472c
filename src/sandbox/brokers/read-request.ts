import type { z } from 'zod'
import type { Inbound, RequestContext } from '../simulated-broker.ts'

/** @returns undefined if it is not JSON */
export function requestJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * A request's JSON, checked against the broker's contract. Violations are counted.
 * @returns what is wrong with it, if anything
 */
export function readJson<Body>(
  { headers, body }: Inbound,
  contract: z.ZodType<Body>,
  desk: RequestContext,
): { body: Body; wrong?: undefined } | { body?: undefined; wrong: string } {
  if (!headers['content-type']?.startsWith('application/json')) {
    return { wrong: desk.violation('the content-type is not application/json') }
  }
  const read = contract.safeParse(requestJson(body))
  if (read.success) return { body: read.data }
  return { wrong: desk.violation(wrongIn(read.error)) }
}

/** The first error in a request, and its location. */
export function wrongIn({ issues: [first] }: z.ZodError): string {
  return `${first?.path.join('.') || 'body'}: ${first?.message}`
}
