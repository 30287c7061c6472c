import { unquoted } from './excel-damage.ts'
import { DDDS } from './regions.ts'

/**
 * The area code in a separate cell: 11, 011, (11), ="11", 11.0.
 * @returns two digits; undefined if there is no such area code
 */
export function areaCodeOf(text: string): string | undefined {
  const [, ddd] = WRITTEN.exec(unquoted(text)) ?? []
  return ddd !== undefined && isAreaCode(ddd) ? ddd : undefined
}

const WRITTEN = /^\(?\s*(?:0\s*){0,2}(\d\d)\s*\)?(?:[.,]0+)?$/

/** @param digits two */
export function isAreaCode(digits: string): boolean {
  return DDDS.has(Number(digits))
}
