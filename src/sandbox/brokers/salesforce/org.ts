import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Control } from '../../control.ts'
import type { RequestContext } from '../../simulated-broker.ts'

/** Switches that only Salesforce has (docs/wire/salesforce.md). */
export const quirks = z.strictObject({
  /** The core's token request is refused, as for a wrong password. */
  invalid_grant: z.boolean().default(false),
  /** A core token is valid for this many requests, then INVALID_SESSION_ID; 0: no limit. */
  session_requests: z.number().int().min(0).default(0),
  /** The org has used up its requests of 24 hours. */
  request_limit: z.boolean().default(false),
  /** By phone: the statusCode with which its record is refused. */
  record_errors: z.record(z.string(), z.string()).default({}),
  /** Whether a run clears disparo__c; if not, the next run writes to all contacts again (depends on the org). */
  resets_flag: z.boolean().default(false),
  /** This many reads show the automation as running at first, and again after each run. */
  busy_reads: z.number().int().min(0).default(0),
  /** The status with which a run is refused while the automation is running (docs/wire/salesforce.md#marketing-cloud-run). */
  busy_status: z.union([z.literal(400), z.literal(403)]).default(400),
  /** Existing automations, each with the Operacao__c that it selects; null: any id exists and selects all contacts. */
  automations: z.record(z.string(), z.string()).nullable().default(null),
  /** The key that signs callbacks (docs/wire/salesforce.md#callbacks); null: not signed. */
  ens_key: z.string().min(1).nullable().default(null),
})

export function quirksOf(control: Control): z.infer<typeof quirks> {
  return quirks.parse(control.quirks)
}

export interface Contact {
  id: string
  /** Our key if it was upserted, else its phone. */
  key: string
  phone: string
  fields: Readonly<Record<string, unknown>>
  flagged: boolean
}

export interface Automation {
  runs: number
  lastRunAt: Date | undefined
  /** Since it was last started. */
  reads: number
}

/** Salesforce's complete state. */
export interface Org {
  /** Core tokens, and how often each was used. */
  sessions: Map<string, number>
  marketingTokens: Set<string>
  contacts: Map<string, Contact>
  /** Contact ids by external id. */
  byExternalId: Map<string, string>
  automations: Map<string, Automation>
}

export function orgOf(desk: RequestContext): Org {
  return desk.memory(() => ({
    sessions: new Map(),
    marketingTokens: new Set(),
    contacts: new Map(),
    byExternalId: new Map(),
    automations: new Map(),
  }))
}

export function automationOf(org: Org, id: string): Automation {
  const known = org.automations.get(id) ?? { runs: 0, lastRunAt: undefined, reads: 0 }
  org.automations.set(id, known)
  return known
}

export function newToken(): string {
  return randomBytes(24).toString('base64url')
}

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** 18 characters, like the Contact ids of docs/wire/salesforce.md#import. */
export function newContactId(): string {
  return `003${Array.from(randomBytes(12), byte => LETTERS[byte % LETTERS.length]).join('')}AAA`
}

/** The token of `Authorization: Bearer …`. */
export function bearerOf(headers: Readonly<Record<string, string | undefined>>): string | undefined {
  return /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1]
}
