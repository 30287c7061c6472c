import { InvalidArgumentError } from '@commander-js/extra-typings'
import { anyOf } from '../language/format.ts'
import { t } from '../language/text.ts'
import { isName } from '../visible.ts'

/** Parsers for commander: their errors are usage errors, printed with the name of the option. */

export function wholeNumber(least: number, most: number) {
  return (text: string): number => {
    const number = Number(text)
    if (/^\d+$/.test(text) && number >= least && number <= most) return number
    throw new InvalidArgumentError(t`It must be a whole number from ${least} to ${most}.`)
  }
}

/** As `wholeNumber`, or "none" (commander takes a null for a missing value). */
export function wholeNumberOrNone(least: number, most: number) {
  const parse = wholeNumber(least, most)
  return (text: string): number | 'none' => (text === 'none' ? text : parse(text))
}

export function noneAsNull<Value>(value: Value | 'none'): Value | null {
  return value === 'none' ? null : value
}

/** One of `words`, ignoring case. The help and the completion list them. */
export function oneOf<Word extends string>(words: readonly Word[]) {
  const parse = (text: string): Word => {
    const word = words.find(known => known.toLowerCase() === text.toLowerCase())
    if (word) return word
    throw new InvalidArgumentError(t`It must be ${anyOf(words)}.`)
  }
  return Object.assign(parse, { words })
}

/** The words of a parser that `oneOf` made; undefined for another parser. */
export function closedWords(parse: unknown): readonly string[] | undefined {
  return typeof parse === 'function' && 'words' in parse ? (parse.words as readonly string[]) : undefined
}

/** A name that `isName` accepts, trimmed. */
export function nameArgument(text: string): string {
  const name = text.trim()
  if (isName(name)) return name
  throw new InvalidArgumentError(
    t`A name is a text of 1 to 200 characters on one line, without control or invisible characters.`,
  )
}

/** A reason for the records: as `nameArgument`. */
export function reasonArgument(text: string): string {
  const reason = text.trim()
  if (isName(reason)) return reason
  throw new InvalidArgumentError(t`A reason is a text of 1 to 200 characters on one line.`)
}

/** For an option that may be given several times. It has no default, which the help would show as []. */
export function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value]
}

/** HOST:PORT, [::1]:PORT, :PORT or PORT. */
export function address(text: string): { host: string; port: number } {
  const match = /^(?:(\[[^\]]+\]|[^:]*):)?(\d{1,5})$/.exec(text)
  const port = Number(match?.[2])
  if (!match || port > 65_535) throw new InvalidArgumentError(t`It must be HOST:PORT.`)
  return { host: match[1]?.replace(/^\[|\]$/g, '') || '127.0.0.1', port }
}

/** A number of days, 7 to 36500: 180d. */
export function daysArgument(text: string): number {
  const days = Number(/^(\d{1,5})d$/.exec(text)?.[1])
  if (days >= 7 && days <= 36_500) return days
  throw new InvalidArgumentError(t`It must be a number of days from 7d to 36500d.`)
}
