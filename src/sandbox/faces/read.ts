import type { z } from 'zod'

/** @returns undefined where it is no JSON */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The first thing that is wrong with a request, and where. */
export function wrongIn({ issues: [first] }: z.ZodError): string {
  return `${first?.path.join('.') || 'the request'}: ${first?.message}`
}
