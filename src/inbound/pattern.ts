import { CLASSES, TAIL } from './words.ts'

/**
 * A pattern of words, as rules.ts writes it. `a/b` is one of these words, `<name>` one of a class (words.ts), `*` any word, `..2` up to two
 * words in between, `^` the clause's beginning, `$` its end (but for words that add
 * nothing); `!a` after a match: the next word is not this one.
 */
export type Pattern = readonly Step[]

type Step =
  | { any: number }
  | { words: ReadonlySet<string> }
  | { not: ReadonlySet<string> }
  | { edge: '^' | '$' }
  | { one: true }

export function patternOf(written: string): Pattern {
  return written.split(' ').map(stepOf)
}

function stepOf(part: string): Step {
  if (part === '^' || part === '$') return { edge: part }
  if (part === '*') return { one: true }
  if (part.startsWith('..')) return { any: Number(part.slice(2)) }
  return part.startsWith('!') ? { not: wordsOf(part.slice(1)) } : { words: wordsOf(part) }
}

function wordsOf(part: string): ReadonlySet<string> {
  return new Set(part.split('/').flatMap(word => (/^<.+>$/.test(word) ? classOf(word.slice(1, -1)) : [word])))
}

function classOf(name: string): readonly string[] {
  const words = CLASSES[name]
  if (!words) throw new Error(`there is no class <${name}>`)
  return words
}

/** The words of the clause that fit the pattern; undefined: none do. */
export function found(pattern: Pattern, clause: readonly string[]): readonly string[] | undefined {
  for (let from = 0; from < clause.length; from++) {
    const to = endOf(pattern, 0, clause, from)
    if (to !== undefined) return clause.slice(from, to)
  }
  return undefined
}

/** Where a match that begins at `at` ends. Gaps are of three words at most, so the search is short. */
function endOf(pattern: Pattern, step: number, clause: readonly string[], at: number): number | undefined {
  const next = pattern[step]
  if (!next) return at
  if ('edge' in next) {
    const fits = next.edge === '^' ? at === 0 : clause.slice(at).every(word => TAIL.has(word))
    return fits ? endOf(pattern, step + 1, clause, at) : undefined
  }
  if ('any' in next) {
    for (let skipped = 0; skipped <= next.any && at + skipped <= clause.length; skipped++) {
      const end = endOf(pattern, step + 1, clause, at + skipped)
      if (end !== undefined) return end
    }
    return undefined
  }
  const word = clause[at]
  if ('not' in next)
    return word !== undefined && isOneOf(word, next.not) ? undefined : endOf(pattern, step + 1, clause, at)
  if (word === undefined || ('words' in next && !isOneOf(word, next.words))) return undefined
  return endOf(pattern, step + 1, clause, at + 1)
}

/** A word that stands for a name begins with "@" (tokens.ts); the class of names contains "@". */
function isOneOf(word: string, words: ReadonlySet<string>): boolean {
  return words.has(word) || (word.startsWith('@') && (words.has('@') || words.has(word.slice(1))))
}
