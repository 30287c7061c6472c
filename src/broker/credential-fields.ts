import { z } from 'zod'

/** What several brokers' wires have in common. */

/** A credential's URL. */
export const httpUrl = z.url({ protocol: /^https?$/ })

/** A credential's key that must not be empty. */
export const filled = z.string().trim().min(1)

/** A credential's key that goes into a header: what no header can hold would never be sent. */
export const headerText = filled.regex(/^[\x20-\x7e]+$/, 'must be printable ASCII')

/** A whole number in a credential: `camp credential set` gives every value as text. */
export const count = (most: number) => z.coerce.number().int().min(0).max(most)
