import type { Keys } from '../blocklist/by-hand.ts'
import { CampError } from '../errors.ts'
import { storedText } from '../language/stored/stored-text.ts'
import { t } from '../language/text.ts'
import { parseDocument } from '../recipient/document.ts'
import { canonicalPhone } from '../recipient/phone.ts'

/**
 * The person of a value whose kind shows: a phone, a CPF or CNPJ.
 * @throws CampError DATA if it is none of them, or may be two
 */
export function valueOfPerson(value: string): Keys {
  const [phone, document] = [canonicalPhone(value), parseDocument(value)]
  if (phone.phone !== undefined && document.document !== undefined) {
    throw new CampError('INVALID_ARGUMENT', t`"${value}" may be a phone or a CPF`, {
      hint: t`Say which it is, with --phone or --document.`,
    })
  }
  if (phone.phone !== undefined) return { phones: [phone.phone], documents: [] }
  if (document.document !== undefined) return { phones: [], documents: [document.document] }
  throw new CampError('INVALID_PHONE', t`"${value}" is not a phone, a CPF or a CNPJ`, {
    hint: t`As a phone: ${storedText(phone.problem)}. As a document: ${storedText(document.problem)}.`,
  })
}

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
    if (read.phone === undefined)
      throw new CampError('INVALID_PHONE', t`"${phone}" is not a phone: ${storedText(read.problem)}`)
    keys.phones.push(read.phone)
  }
  if (document !== undefined) {
    const read = parseDocument(document)
    if (read.document === undefined)
      throw new CampError('INVALID_DOCUMENT', t`"${document}" is not a CPF or CNPJ: ${storedText(read.problem)}`)
    keys.documents.push(read.document)
  }
  return keys
}
