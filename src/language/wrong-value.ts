import type { z } from 'zod'
import { t } from './text.ts'

/**
 * What is wrong with a value that a person gave, in the language of the run: `must be a whole number`. To be passed to a parse as
 * `error`; a message of the schema's own precedes it. @returns undefined where zod's own words are as good
 */
export function wrongValue(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected]?.()
    case 'too_small':
      return tooSmall(issue)
    case 'too_big':
      return tooBig(issue)
    case 'invalid_value':
      return issue.values.length === 1
        ? t`must be ${String(issue.values[0])}`
        : t`must be one of ${issue.values.map(String).join(', ')}`
    case 'invalid_format':
      return issue.format === 'url' ? t`must be a URL such as https://example.com` : t`has the wrong form`
    default:
      return undefined
  }
}

const TYPES: Partial<Record<string, () => string>> = {
  int: () => t`must be a whole number`,
  number: () => t`must be a number`,
  string: () => t`must be text`,
  boolean: () => t`must be true or false`,
}

function tooSmall({ origin, minimum, inclusive }: z.core.$ZodRawIssue<z.core.$ZodIssueTooSmall>): string {
  const least = String(minimum)
  if (origin !== 'string') return inclusive ? t`must be at least ${least}` : t`must be more than ${least}`
  return least === '1' ? t`must not be empty` : t`must have at least ${least} characters`
}

function tooBig({ origin, maximum, inclusive }: z.core.$ZodRawIssue<z.core.$ZodIssueTooBig>): string {
  const most = String(maximum)
  if (origin !== 'string') return inclusive ? t`must be at most ${most}` : t`must be less than ${most}`
  return t`must have at most ${most} characters`
}
