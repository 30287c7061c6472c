import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Control } from '../../control.ts'
import type { RequestContext } from '../../simulated-broker.ts'

/** What only Salesforce does (docs/wire/salesforce.md). */
export const quirks = z.strictObject({
  /** The core's token request is refused, as for a wrong password. */
  invalid_grant: z.boolean().default(false),
  /** A core token is good for so many requests, then INVALID_SESSION_ID; 0: for ever. */
  session_requests: z.number().int().min(0).default(0),
  /** The org has used up its requests of 24 hours. */
  request_limit: z.boolean().default(false),
  /** By phone: the statusCode with which its record is refused. */
  record_errors: z.record(z.string(), z.string()).default({}),
  /** Whether a run clears disparo__c; where it does not, the next one writes to everybody again (the org's business). */
  resets_flag: z.boolean().default(false),
  /** So many reads show the automation as running at first, and again after each run. */
  busy_reads: z.number().int().min(0).default(0),
  /** With which status a run is refused while the automation is running (docs/wire/salesforce.md#marketing-cloud-run). */
  busy_status: z.union([z.literal(400), z.literal(403)]).default(400),
  /** The automations that there are, each with the Operacao__c that it selects; null: any, and each selects everybody. */
  automations: z.record(z.string(), z.string()).nullable().default(null),
  /** Callbacks are signed with it (docs/wire/salesforce.md#callbacks); null: not signed. */
  ens_key: z.string().min(1).nullable().default(null),
})

export function quirksOf(control: Control): z.infer<typeof quirks> {
  return quirks.parse(control.quirks)
}

export interface Contact {
  id: string
  /** Our key where it was upserted, else its phone. */
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

/** All that Salesforce knows. */
export interface Org {
  /** Core tokens, and how often each was used. */
  sessions: Map<string, number>
  marketingTokens: Set<string>
  contacts: Map<string, Contact>
  /** Contact ids, by external id. */
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

/** 18 characters, as the Contact ids of docs/wire/salesforce.md#import. */
export function newContactId(): string {
  return `003${Array.from(randomBytes(12), byte => LETTERS[byte % LETTERS.length]).join('')}AAA`
}

/** A token of `Authorization: Bearer …`. */
export function bearerOf(headers: Readonly<Record<string, string | undefined>>): string | undefined {
  return /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1]
}
