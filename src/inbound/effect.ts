import { type Addition, UNKNOWN_PERSON } from '../blocklist/blocklist.ts'
import type { Verdict } from './judge.ts'

/** Why an entry is on the blocklist. Stored: English in every language. */
const REASONS: ReadonlyMap<Verdict, string> = new Map([
  ['OPT_OUT', 'asked by a reply not to be contacted'],
  ['WRONG_PERSON', 'answered that the phone is not of the person'],
])

/** Whether a reply with this verdict blocks its phone. */
export function blocks(verdict: Verdict): boolean {
  return REASONS.has(verdict)
}

/**
 * The entries that replies to a broker's messages make: phones, for every purpose. A wrong person blocks the phone, not the document: the
 * debtor may have another phone (decision 80).
 * @param isKnown false: no campaign of the broker has the phones
 */
export function additionOf(
  { broker, verdict, isKnown }: { broker: string; verdict: Verdict; isKnown: boolean },
  phones: readonly string[],
): Addition {
  const source = `reply:${broker}${isKnown ? '' : UNKNOWN_PERSON}`
  return { phones, documents: [], reason: REASONS.get(verdict)!, source, purpose: null }
}

/** The phone that was written to, and the one that answered: normally the same. */
export function phonesOf(phones: readonly (string | null | undefined)[]): string[] {
  // The phone of an erased lead is a word.
  return [...new Set(phones.filter((phone): phone is string => phone != null && /^\d+$/.test(phone)))]
}
