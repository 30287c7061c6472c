import { CampError } from '../errors.ts'

/**
 * What a campaign or a list is for ("collection", "offers"), as it is compared: without capitals and accents, so that Cobrança
 * and cobranca are one. An entry binds a campaign when it has no purpose, when theirs are the same, or when the campaign has none.
 * @param flag for the error @throws CampError USAGE
 */
export function parsePurpose(flag: string, text: string): string {
  const purpose = text.normalize('NFD').replace(/\p{M}/gu, '').trim().toLowerCase()
  if (/^[a-z][a-z0-9_-]{0,39}$/.test(purpose)) return purpose
  throw new CampError('INVALID_ARGUMENT', `${flag} "${text}" is not a purpose`, {
    hint: 'One word of letters, digits, - and _ that begins with a letter: collection, offers, …',
  })
}
