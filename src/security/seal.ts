import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import type { Keys } from './keys.ts'

const base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/)
const envelope = z.object({ v: z.literal(1), iv: base64, tag: base64, data: base64 })

/** JSON under AES-256-GCM, as stored in the database. */
export type Sealed = z.infer<typeof envelope>

/** Seals `value` for the row `rowId`: it cannot be opened in another row. */
export function sealJson(keys: Pick<Keys, 'sealing'>, value: unknown, rowId: string): Sealed {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', keys.sealing, iv).setAAD(Buffer.from(rowId))
  const data = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()])
  return {
    v: 1,
    iv: iv.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    data: data.toString('base64'),
  }
}

/** Whether `keys` open it: sealed with their secret, for the row `rowId`. */
export function opens(keys: Pick<Keys, 'sealing'>, sealed: unknown, rowId: string): boolean {
  try {
    openSealed(keys, sealed, rowId)
    return true
  } catch {
    return false
  }
}

/** @throws CampError STATE if it was sealed with another secret, for another row, or is not a sealed value */
export function openSealed(keys: Pick<Keys, 'sealing'>, sealed: unknown, rowId: string): unknown {
  const read = envelope.safeParse(sealed)
  if (!read.success) throw new CampError('CREDENTIAL_UNREADABLE', t`what is stored for ${rowId} is not a sealed value`)
  const { iv, tag, data } = read.data
  try {
    const decipher = createDecipheriv('aes-256-gcm', keys.sealing, Buffer.from(iv, 'base64'), { authTagLength: 16 })
      .setAAD(Buffer.from(rowId))
      .setAuthTag(Buffer.from(tag, 'base64'))
    const json = Buffer.concat([decipher.update(Buffer.from(data, 'base64')), decipher.final()])
    return JSON.parse(json.toString('utf8'))
  } catch (cause) {
    throw new CampError(
      'CREDENTIAL_UNREADABLE',
      t`a sealed value cannot be opened (${rowId}): CAMP_SECRET is not the one it was sealed with`,
      {
        hint: t`Set the credential again, with all its keys: camp credential set`,
        cause,
      },
    )
  }
}
