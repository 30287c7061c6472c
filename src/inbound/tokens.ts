import { FUZZY, REAL_WORDS, SHORT_FORMS, VOCABULARY } from './words.ts'

/** Most characters of a reply that are judged: what a person means stands in the first lines. */
const MOST_CHARACTERS = 2_000

/**
 * A reply as clauses of words: without accents, case, punctuation and repeated letters, short forms written out ("ñ" → "nao"), and the
 * words of the rules corrected where they are misspelt. A clause ends at punctuation; a question keeps its "?" as its last word.
 */
export function clausesOf(text: string, name: string | null): string[][] {
  const names = namesIn(text, name)
  const plain = text
    .slice(0, MOST_CHARACTERS)
    .replace(SIGNS_OF_STOP, ' pare ')
    .replace(NUMBER_SIGN, ' numero ')
    .replace(TITLE, '$1 ')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
  const clauses: string[][] = []
  for (const [, words = '', end = ''] of plain.matchAll(/([^.,;:!?\n()]*)([.,;:!?\n()]|$)/g)) {
    const read = joinedLetters(words.match(/[a-z0-9]+/g) ?? [])
      .map(wordOf)
      .map(word => (names.has(word) ? `@${word}` : word))
    if (read.length > 0) clauses.push(read)
    if (end === '?' && clauses.length > 0) clauses.at(-1)!.push('?')
  }
  return joinSpelled(clauses)
}

/** The debtor's own names, and words with a capital that no clause begins with: "Não sou a Kelly". In lower case, without accents. */
function namesIn(text: string, name: string | null): ReadonlySet<string> {
  const own = (name ?? '').match(/\p{L}{3,}/gu) ?? []
  const written = [...text.matchAll(/(?<=\p{Ll}{1,20},? )\p{Lu}\p{Ll}{2,}/gu)].map(([word]) => word)
  const plain = [...own, ...written].map(word => word.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase())
  return new Set(plain.filter(word => !NO_NAMES.has(word)))
}

/** Small words of names, and words of the rules: they keep their meaning with a capital. */
const NO_NAMES: ReadonlySet<string> = new Set([...VOCABULARY, 'dos', 'das'])

/** 🛑 🚫 ⛔ ✋ say what PARE says. */
const SIGNS_OF_STOP = /[\u{1f6d1}\u{1f6ab}\u{26d4}\u{270b}]/gu
/** The dot of "Sr. Antônio" ends no clause. */
const TITLE = /\b(srta|sra?|dra?|dona)\./giu
const NUMBER_SIGN = /\bn[º°]/giu

/** "s a i r" → "sair". */
function joinedLetters(words: readonly string[]): string[] {
  const spelled = words.length >= 4 && words.every(word => word.length === 1)
  return spelled ? [words.join('')] : [...words]
}

/** "s.a.i.r" is one clause for each letter. */
function joinSpelled(clauses: string[][]): string[][] {
  const spelled = clauses.length >= 4 && clauses.every(words => words.length === 1 && words[0]!.length === 1)
  return spelled ? [[wordOf(clauses.flat().join(''))]] : clauses
}

function wordOf(written: string): string {
  // Three and more of a letter are emphasis ("pareeee"); two may be spelling ("errado").
  const word = written.replace(/([a-z])\1{2,}/g, '$1')
  const known = SHORT_FORMS.get(word) ?? word
  if (known.length < SHORTEST_CORRECTED || REAL_WORDS.has(known) || FUZZY.has(known)) return known
  for (const right of FUZZY) if (isMisspelt(known, right)) return right
  return known
}

/** Of shorter words too many others are one letter away. */
const SHORTEST_CORRECTED = 5
/** From this length on two letters may be wrong. */
const LONG = 9

function isMisspelt(word: string, right: string): boolean {
  const most = right.length >= LONG ? 2 : 1
  return Math.abs(word.length - right.length) <= most && distance(word, right) <= most
}

/** Letters to add, remove, replace or exchange with their neighbour (optimal string alignment). */
export function distance(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let best = Math.min(row[j - 1]! + 1, last[j]! + 1, last[j - 1]! + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, before[j - 2]! + 1)
      row.push(best)
    }
    ;[before, last] = [last, row]
  }
  return last[b.length]!
}
