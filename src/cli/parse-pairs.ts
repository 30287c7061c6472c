import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'

/**
 * The pairs of a flag, written as name=value,name=value or by repeating the flag. A value may contain a comma if no "=" follows
 * before the next comma.
 * @throws CampError USAGE
 */
export function parsePairs(flag: string, texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parsePairLists(flag, texts)).map(([name, values]) => {
      if (values.length > 1) throw new CampError('FIELD_TWICE', t`${flag} names "${name}" twice`)
      return [name, values[0]!]
    }),
  )
}

/** The same, but a name may be repeated: its values in their order. @throws CampError USAGE */
export function parsePairLists(flag: string, texts: readonly string[]): Record<string, string[]> {
  const lists = new Map<string, string[]>()
  for (const pair of texts.flatMap(text => text.split(/,(?=[^,=]*=)/))) {
    const at = pair.indexOf('=')
    const [name, value] = [pair.slice(0, at).trim(), pair.slice(at + 1).trim()]
    if (at <= 0 || name === '' || value === '') {
      throw new CampError('INVALID_ARGUMENT', t`${flag} "${pair}" is not a pair`, {
        hint: t`Write it as ${flag} name=column,name=column.`,
      })
    }
    lists.set(name, [...(lists.get(name) ?? []), value])
  }
  return Object.fromEntries(lists)
}
