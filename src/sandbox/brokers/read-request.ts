import type { z } from 'zod'
import type { Inbound, RequestContext } from '../simulated-broker.ts'

/** @returns undefined where it is no JSON */
export function requestJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * A request's JSON, as the broker's contract has it. What breaks the contract is counted.
 * @returns what it has wrong, where it does
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

/** The first thing that is wrong with a request, and where. */
export function wrongIn({ issues: [first] }: z.ZodError): string {
  return `${first?.path.join('.') || 'body'}: ${first?.message}`
}
