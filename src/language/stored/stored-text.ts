import { currentLanguage, fromCatalogue, inEnglish, type StoredText, t } from '../text.ts'
import { BROKERS } from './brokers.ts'
import { LEGACY } from './legacy.ts'
import { RECORDS } from './records.ts'
import { PHRASES, ROWS } from './rows.ts'
import { SENDING } from './sending.ts'

/** The first that matches decides: of two texts with the same beginning the longer one stands first. */
const TEXTS: readonly StoredText[] = [...ROWS, ...SENDING, ...BROKERS, ...RECORDS, ...LEGACY, ...PHRASES]

/**
 * A reason that camp stored, in the language of the run. What is stored is English in every language, because several people and
 * programs read it. A text that is none of these, such as a broker's or a person's, stays as it is.
 */
export function storedText(stored: string): string {
  if (currentLanguage() === 'en') return stored
  return (
    translatedPhones(stored) ??
    translatedCode(stored) ??
    translated(stored) ??
    translatedList(stored) ??
    meaningOf(stored) ??
    stored
  )
}

function translated(stored: string): string | undefined {
  for (const { pattern, text } of known()) {
    const found = pattern.exec(stored)
    if (found) return text(...found.slice(1).map(storedText))
  }
  return undefined
}

/**
 * The problems of several columns of phones: tel "1": it has no digits; cel "2": it is empty. A cell or a problem may contain "; ",
 * too: the text is divided only where both sides are known.
 */
function translatedPhones(stored: string): string | undefined {
  for (let end = stored.indexOf('; '); end !== -1; end = stored.indexOf('; ', end + 1)) {
    const first = translatedPhone(stored.slice(0, end))
    const others = first === undefined ? undefined : translatedPhones(stored.slice(end + 2))
    if (others !== undefined) return `${first}; ${others}`
  }
  return translatedPhone(stored)
}

/** Why a code stops a campaign: 132015: its meaning. Cure: what to do (src/broker/classify-code.ts). */
function translatedCode(stored: string): string | undefined {
  const [, code, what, cure] = /^(\S+): (.+?)(?:\. Cure: (.+))?$/s.exec(stored) ?? []
  const meaning = what === undefined ? undefined : fromCatalogue(what)
  if (meaning === undefined) return undefined
  const said = `${code}: ${meaning}`
  return cure === undefined ? said : t`${said}. Cure: ${fromCatalogue(cure) ?? storedText(cure)}`
}

/** The meaning of a code, where the broker has said no words of its own. A few words may be a name, or a broker's: they stay. */
function meaningOf(stored: string): string | undefined {
  return stored.split(' ').length < SENTENCE_WORDS ? undefined : fromCatalogue(stored)
}

const SENTENCE_WORDS = 4

/** Several reasons: a; b. It is divided only where both sides are known. */
function translatedList(stored: string): string | undefined {
  for (let end = stored.indexOf('; '); end !== -1; end = stored.indexOf('; ', end + 1)) {
    const first = translated(stored.slice(0, end))
    const rest = stored.slice(end + 2)
    const others = first === undefined ? undefined : (translated(rest) ?? translatedList(rest))
    if (others !== undefined) return `${first}; ${others}`
  }
  return undefined
}

/** One of them: the name of its column, its cell, and a problem that camp has written. */
function translatedPhone(stored: string): string | undefined {
  const start = stored.indexOf(' "')
  if (start < 1 || stored.startsWith('"')) return undefined
  const text = stored.slice(start + 1)
  const end = text.indexOf(CELL_END)
  if (end === -1 || translated(text.slice(end + CELL_END.length)) === undefined) return undefined
  return `${stored.slice(0, start)} ${translated(text) ?? text}`
}

const CELL_END = '": '

/** As `storedText`; null stays null. */
export function storedOrNull(stored: string | null): string | null {
  return stored === null ? null : storedText(stored)
}

interface Known {
  pattern: RegExp
  text: StoredText
}

let patterns: readonly Known[] | undefined

function known(): readonly Known[] {
  patterns ??= TEXTS.map(text => ({ pattern: patternOf(englishOf(text)), text }))
  return patterns
}

/** The English texts, with {0}, {1} and so on for their values. */
export function storedTexts(): string[] {
  return TEXTS.map(englishOf)
}

function englishOf(text: StoredText): string {
  return inEnglish(() => text('{0}', '{1}', '{2}', '{3}', '{4}'))
}

function patternOf(english: string): RegExp {
  const pieces = english.split(/\{\d\}/).map(piece => piece.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  const whole = pieces.join('(.+?)')
  // A cell in quotes may be empty, and what follows a word without a blank (an excerpt).
  return new RegExp(`^${whole.replaceAll('"(.+?)"', '"(.*?)"').replace(/(?<=\w)\(\.\+\?\)$/, '(.*?)')}$`, 's')
}
