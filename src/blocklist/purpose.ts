import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'

/**
 * Normalizes the purpose of a campaign or list ("collection", "offers"): lower case without accents, so Cobrança equals cobranca. An
 * entry binds a campaign when one of the two has no purpose or both are equal.
 * @param flag for the error @throws CampError USAGE
 */
export function parsePurpose(flag: string, text: string): string {
  const purpose = text.normalize('NFD').replace(/\p{M}/gu, '').trim().toLowerCase()
  if (/^[a-z][a-z0-9_-]{0,39}$/.test(purpose)) return purpose
  throw new CampError('INVALID_ARGUMENT', t`${flag} "${text}" is not a purpose`, {
    hint: t`One word of letters, digits, - and _ that begins with a letter: collection, offers, …`,
  })
}
