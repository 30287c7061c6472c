import type { Keys } from '../blocklist/by-hand.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import { parseDocument } from '../recipient/document.ts'
import { canonicalPhone } from '../recipient/phone.ts'

/**
 * The person that --phone and --document name, canonical.
 * @throws CampError USAGE if both are missing, DATA if one cannot be read
 */
export function personValues({ phone, document }: { phone?: string | undefined; document?: string | undefined }): Keys {
  if (phone === undefined && document === undefined)
    throw new CampError('ARGUMENT_MISSING', t`--phone, --document or both are required`)
  const keys: Keys = { phones: [], documents: [] }
  if (phone !== undefined) {
    const read = canonicalPhone(phone)
    if (read.phone === undefined) throw new CampError('INVALID_PHONE', t`"${phone}" is not a phone: ${read.problem}`)
    keys.phones.push(read.phone)
  }
  if (document !== undefined) {
    const read = parseDocument(document)
    if (read.document === undefined)
      throw new CampError('INVALID_DOCUMENT', t`"${document}" is not a CPF or CNPJ: ${read.problem}`)
    keys.documents.push(read.document)
  }
  return keys
}
