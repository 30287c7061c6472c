import { createHmac } from 'node:crypto'
import { constantTimeEqual } from '../constant-time.ts'
import { canonicalJson } from './canonical.ts'
import type { Keys } from './keys.ts'

/** The fields of an audit event that are signed by the process that writes it; its time is the database's. */
export interface SignedEvent {
  id: string
  user_id: string | null
  action: string
  subject: string
  subject_id: string
  /** As it comes back from JSON. */
  detail: unknown
}

/** @returns base64url */
export function eventMac(keys: Pick<Keys, 'records'>, event: SignedEvent): string {
  const { id, user_id, action, subject, subject_id, detail } = event
  const signed = canonicalJson(['event', id, user_id, action, subject, subject_id, detail])
  return createHmac('sha256', keys.records).update(signed).digest('base64url')
}

/** Whether a process with this secret has written it in this form. */
export function isSigned(keys: Pick<Keys, 'records'>, event: SignedEvent, mac: string | null): boolean {
  return constantTimeEqual(eventMac(keys, event), mac ?? '')
}
