import { AsyncLocalStorage } from 'node:async_hooks'
import { readFile } from 'node:fs/promises'
import type { Language } from './language.ts'

/**
 * The English text → the text in another language. The inserted values are {0}, {1} and so on, in English order; a translation
 * names each of them once, in any order.
 */
export type Catalogue = Readonly<Record<string, string>>

/** A text that is stored in English; its values, in the order of the text, are given in the language of the run. */
export type StoredText = (...values: string[]) => string

interface Speech {
  language: Language
  /** Undefined: English, the language of the code. */
  catalogue: Catalogue | undefined
}

const speech = new AsyncLocalStorage<Speech>()

/**
 * A text for people, in the language of the current run: t`${count} rows of ${file}`. The English text in the code is its key in
 * the catalogue (decision 66). A line break in it, with the spaces around it, is one space. Logs, stored texts and --json are
 * English, and do not use it.
 */
export function t(english: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  const pieces = piecesOf(english)
  const translated = speech.getStore()?.catalogue?.[keyOf(pieces)]
  return translated === undefined ? String.raw({ raw: pieces }, ...values) : filled(translated, values)
}

/** `work` with `language` for its texts, also where it goes on later. Nothing of a catalogue is loaded for English. */
export async function speaking<Result>(language: Language, work: () => Promise<Result>): Promise<Result> {
  const catalogue = language === 'en' ? undefined : await loadCatalogue()
  return speech.run({ language, catalogue }, work)
}

/** `work` in English, for a text that is compared with what is stored. */
export function inEnglish<Result>(work: () => Result): Result {
  return speech.run({ language: 'en', catalogue: undefined }, work)
}

/**
 * The text of a table that holds plain English, such as the meaning of a broker's code, in the language of the run.
 * @returns undefined where the catalogue does not have it, and in English
 */
export function fromCatalogue(english: string): string | undefined {
  const catalogue = speech.getStore()?.catalogue
  return catalogue && Object.hasOwn(catalogue, english) ? catalogue[english] : undefined
}

/** Of the build: one file, which is loaded in a tenth of the time of the modules (decision 68). Of the sources: the modules. */
async function loadCatalogue(): Promise<Catalogue> {
  const joined = await readFile(new URL('./pt-br.json', import.meta.url), 'utf8').catch(() => undefined)
  return joined === undefined ? (await import('./pt-br/index.ts')).PT_BR : (JSON.parse(joined) as Catalogue)
}

export function currentLanguage(): Language {
  return speech.getStore()?.language ?? 'en'
}

/** The key of a text in the catalogue, of its pieces between the inserted values. */
export function keyOf(pieces: readonly string[]): string {
  return pieces.reduce((key, piece, i) => `${key}{${i - 1}}${piece}`)
}

const folded = new WeakMap<TemplateStringsArray, readonly string[]>()

/** The pieces of a template without its line breaks. */
function piecesOf(template: TemplateStringsArray): readonly string[] {
  const known = folded.get(template)
  if (known !== undefined) return known
  const pieces = template.map(onOneLine)
  folded.set(template, pieces)
  return pieces
}

export function onOneLine(piece: string): string {
  const [first = '', ...rest] = piece.split('\n')
  return rest.reduce((line, next) => `${line.trimEnd()} ${next.trimStart()}`, first)
}

/** An inserted value: {0}, also within the braces of a column ({{{0}}}), but not a column of a message such as {{1}}. */
export const INSERTED = /(?<=(?:^|[^{])(?:\{\{)?)\{(\d+)\}/g

function filled(text: string, values: readonly (string | number)[]): string {
  return text.replace(INSERTED, (_, place) => String(values[Number(place)]))
}
