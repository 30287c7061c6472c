import type { z } from 'zod'
import type { Desk, Inbound } from '../face.ts'

/** @returns undefined where it is no JSON */
export function jsonOf(text: string): unknown {
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
  desk: Desk,
): { body: Body; wrong?: undefined } | { body?: undefined; wrong: string } {
  if (!headers['content-type']?.startsWith('application/json')) {
    return { wrong: desk.violation('the content-type is not application/json') }
  }
  const read = contract.safeParse(jsonOf(body))
  if (read.success) return { body: read.data }
  const issue = read.error.issues[0]
  return { wrong: desk.violation(`${issue?.path.join('.') || 'body'}: ${issue?.message}`) }
}
