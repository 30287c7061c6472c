import { CampError } from '../errors.ts'

/** Of a command that changes a record. @throws CampError NOTHING_TO_SET when no option says what to change */
export function assertSomething(change: Readonly<Record<string, unknown>>): void {
  if (Object.values(change).some(value => value !== undefined)) return
  throw new CampError('NOTHING_TO_SET', 'there is nothing to set', { hint: 'See the options with --help.' })
}
