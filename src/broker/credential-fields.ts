import { z } from 'zod'
import { t } from '../language/text.ts'

/** Field schemas that several brokers' credentials share. */

/** A credential's URL. */
export const httpUrl = z.url({ protocol: /^https?$/ })

/** A credential field that must not be empty. */
export const filled = z.string().trim().min(1)

/** A credential field that goes into a header: other characters could never be sent. */
export const headerText = filled.regex(/^[\x20-\x7e]+$/, { error: () => t`must be printable ASCII` })

/** A whole number in a credential: `camp credential set` passes every value as text. */
export const count = (most: number) => z.coerce.number().int().min(0).max(most)
