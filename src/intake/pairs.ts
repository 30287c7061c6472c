import { CampError } from '../errors.ts'

/**
 * A flag's pairs, written as name=value,name=value or by repeating the flag. A value may hold a comma, if no "=" follows it.
 * @throws CampError USAGE
 */
export function parsePairs(flag: string, texts: readonly string[]): Record<string, string> {
  const pairs = texts
    .flatMap(text => text.split(/,(?=[^,=]*=)/))
    .map(pair => {
      const at = pair.indexOf('=')
      const [name, value] = [pair.slice(0, at).trim(), pair.slice(at + 1).trim()]
      if (at > 0 && name !== '' && value !== '') return [name, value] as const
      throw new CampError('USAGE', `${flag} "${pair}" is not a pair`, {
        hint: `Write it as ${flag} name=column,name=column.`,
      })
    })
  const names = pairs.map(([name]) => name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new CampError('USAGE', `${flag} names "${twice}" twice`)
  return Object.fromEntries(pairs)
}
