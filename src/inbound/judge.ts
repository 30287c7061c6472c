import { found } from './pattern.ts'
import { PAYMENTS, type Rule, STOPS, WRONG_PERSONS } from './rules.ts'
import { clausesOf, distance } from './tokens.ts'
import { FILLERS, NOT_STOPS, SPELLED_STOPS, STOP_OBJECTS, STOP_WORDS, STRONG_STOPS } from './words.ts'

/**
 * What a reply means. OPT_OUT: the person wants no more messages. WRONG_PERSON: the phone is not the debtor's. PAID: they say that they
 * have paid. OTHER: anything else, and what may mean several things: a person reads it.
 */
export type Verdict = 'OPT_OUT' | 'WRONG_PERSON' | 'PAID' | 'OTHER'

export interface Judgement {
  verdict: Verdict
  /** The words that decided, without accents and in lower case; empty for OTHER. */
  words: string
}

/** What a person wrote, and what the button that they pressed carries. */
interface Written {
  text: string | null
  payload: string | null
  /** The name that the lead was written to by; a reply may say that it is another's. */
  name: string | null
}

/**
 * Judges a reply by rules (decision 79). Pure: the same reply always gets the same verdict. A text and a button are judged apart, and of
 * several meanings the one that stops more counts: an opt-out before a wrong person, before a payment.
 */
export function judge({ text, payload, name }: Written): Judgement {
  const texts = [text, payload === null ? null : wordsOfPayload(payload)]
  const judged = texts.flatMap(one => (one === null ? [] : [judgeText(one, name)]))
  return ORDER.map(verdict => judged.find(one => one.verdict === verdict)).find(one => one !== undefined) ?? NOTHING
}

const ORDER: readonly Verdict[] = ['OPT_OUT', 'WRONG_PERSON', 'PAID']
const NOTHING: Judgement = { verdict: 'OTHER', words: '' }

/** "STOP_PROMOTIONS", "optOut-1" → words. */
function wordsOfPayload(payload: string): string {
  return payload
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[^\p{L}\p{N}?]+/gu, ' ')
    .replace(/\bopt (out|in)\b/giu, 'opt$1')
}

function judgeText(text: string, name: string | null): Judgement {
  const clauses = clausesOf(text, name)
  const stop = stopWord(clauses) ?? first(clauses, STOPS)
  if (stop) return { verdict: 'OPT_OUT', words: stop.join(' ') }
  const wrong = first(clauses, WRONG_PERSONS)
  if (wrong) return { verdict: 'WRONG_PERSON', words: wrong.join(' ') }
  const paid = first(clauses, PAYMENTS)
  return paid ? { verdict: 'PAID', words: paid.join(' ') } : NOTHING
}

/**
 * A stop word that stands alone, with courtesies, or with what is stopped ("por favor, cancelar mensagens"); in a longer reply a clause of
 * it that is no more than an unmistakable one ("já paguei, parem").
 */
function stopWord(clauses: readonly (readonly string[])[]): readonly string[] | undefined {
  const all = clauses.flat()
  const joined = all.join('')
  if (all.length > 1 && all.some(word => word.length === 1) && SPELLED_STOPS.includes(joined)) return [joined]
  const spelled = all.filter(word => !FILLERS.has(word) && !/^\d+$/.test(word))
  if (spelled.length === 1 && isSpelledStop(spelled[0]!)) return spelled
  const alone = stopIn(all, STOP_WORDS)
  if (alone) return [alone]
  for (const clause of clauses) {
    const strong = stopIn(clause, STRONG_STOPS)
    if (strong && clauses.length > 1) return [strong]
  }
  return undefined
}

/** @returns the stop word, if the clause has one of `stops` and otherwise only words that go with it */
function stopIn(clause: readonly string[], stops: ReadonlySet<string>): string | undefined {
  const goesWith = (word: string) =>
    STOP_WORDS.has(word) || FILLERS.has(word) || STOP_OBJECTS.has(word) || /^\d$/.test(word)
  return clause.every(goesWith)
    ? clause.find(word => stops.has(word) && (word !== 'para' || isOnly(word, clause)))
    : undefined
}

/** "para" is the preposition, too: it stops only where nothing but courtesies stands with it. */
function isOnly(word: string, clause: readonly string[]): boolean {
  return clause.every(other => other === word || COURTESIES.has(other))
}

const COURTESIES: ReadonlySet<string> = new Set([
  'por',
  'favor',
  'ja',
  'ai',
  'obrigado',
  'obrigada',
  'voce',
  'voces',
  'pelo',
  'amor',
  'de',
  'deus',
])

function isSpelledStop(word: string): boolean {
  if (word.length < 4 || NOT_STOPS.has(word)) return STOP_WORDS.has(word) && word !== 'para'
  return SPELLED_STOPS.some(stop => distance(word, stop) <= (stop.length >= 8 ? 2 : 1))
}

/** The last clause ends with ".": some words mean something else where more follows ("não me ligue, manda mensagem"). */
function first(clauses: readonly (readonly string[])[], rules: readonly Rule[]): readonly string[] | undefined {
  const marked = clauses.map((clause, i) => (i === clauses.length - 1 ? [...clause, '.'] : clause))
  for (const clause of marked) {
    for (const { says, unless } of rules) {
      if (unless.some(pattern => found(pattern, clause))) continue
      for (const pattern of says) {
        const words = found(pattern, clause)
        if (words) return words.flatMap(word => (word === '.' ? [] : word.replace('@', '')))
      }
    }
  }
  return undefined
}
