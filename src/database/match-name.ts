import type { ErrorCode } from '../error-codes.ts'
import { CampError } from '../errors.ts'
import { anyOf } from '../language/format.ts'
import { t } from '../language/text.ts'
import { isUuid } from '../uuid.ts'

/** How records are found as a person names them: exactly, then in any case, or by id. */

/** Prisma's conditions on the column `name`: exact, and in any case. */
export function byName(ref: string) {
  return [{ name: ref }, { name: { equals: ref, mode: 'insensitive' as const } }]
}

/** Prisma's conditions on the id: none where `ref` is not written as one. */
export function byId(ref: string) {
  return isUuid(ref) ? [{ id: ref }] : []
}

/**
 * The row that `ref` names by the first of its names that fits. Compared here once more: Prisma's insensitive search is an
 * ILIKE, to which "_" and "%" in a name are wildcards.
 * @param what "wallet"
 * @throws CampError USAGE where a name fits two
 */
export function bestMatch<Row>(
  what: Named,
  ref: string,
  rows: readonly Row[],
  namesOf: (row: Row) => string[],
): Row | undefined {
  const width = rows[0] ? namesOf(rows[0]).length : 0
  for (const same of [(a: string) => a === ref, (a: string) => a.toLowerCase() === ref.toLowerCase()]) {
    for (let i = 0; i < width; i++) {
      const fitting = rows.filter(row => same(namesOf(row)[i]!))
      if (fitting.length === 1) return fitting[0]
      if (fitting.length > 1) {
        const names = fitting.map(row => `"${namesOf(row)[0]}"`).join(t` and `)
        throw new CampError('REFERENCE_AMBIGUOUS', t`${nounOf(what)} "${ref}" matches ${names}`, {
          hint: t`Write its exact name, or its id.`,
        })
      }
    }
  }
  return undefined
}

/** The records that commands name; each is a command, too. */
type Named = 'wallet' | 'broker' | 'template' | 'user'

/** How many names are looked at for near ones: an installation that has more has a list to read. */
export const NEAR = 500

/**
 * @param what "wallet", as in `camp wallet list`
 * @param names what there is: the near ones stand in the hint
 */
export function notFound(code: ErrorCode, what: Named, ref: string, names: readonly string[]): CampError {
  const near = names.filter(name => isNear(name.toLowerCase(), ref.toLowerCase())).slice(0, 5)
  const hint = near.length > 0 ? t`Did you mean ${anyOf(near.map(name => `"${name}"`))}?` : t`See: camp ${what} list`
  return new CampError(code, t`no ${nounOf(what)} "${ref}"`, { hint })
}

/** The word of a command for people. */
function nounOf(what: Named): string {
  return { wallet: t`wallet`, broker: t`broker`, template: t`template`, user: t`user` }[what]
}

function isNear(name: string, ref: string): boolean {
  if (ref.length >= 3 && (name.includes(ref) || ref.includes(name))) return true
  return distance(name, ref) <= Math.max(1, Math.floor(ref.length / 4))
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    }
    row = next
  }
  return row[b.length]!
}
