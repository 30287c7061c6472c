import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'

/** For commands that change a record. @throws CampError NOTHING_TO_SET if no option gives a change */
export function assertSomething(change: Readonly<Record<string, unknown>>): void {
  if (Object.values(change).some(value => value !== undefined)) return
  throw new CampError('NOTHING_TO_SET', t`there is nothing to set`, { hint: t`See the options with --help.` })
}
