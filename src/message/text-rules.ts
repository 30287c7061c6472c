import { forbiddenCharacter } from './characters.ts'

/** What a channel takes of texts; absent: no rule is known. */
export interface TextRules {
  /** The most characters of a text. */
  longest?: number
  /** More characters than this may be refused: it is said at the import, and no more. */
  longestSure?: number
  /** The value of a template's variable is one line, without tabs and with at most four spaces in a row. */
  oneLineVariables?: boolean
}

/**
 * Why a channel does not take a text, in words that continue "its text …".
 * @param text as a person would receive it
 */
export function textProblem(text: string, rules: TextRules): string | undefined {
  if (text.trim() === '') return 'is empty'
  const forbidden = forbiddenCharacter(text)
  return forbidden === undefined ? lengthProblem(text, rules) : `holds ${forbidden}`
}

/** The same of a text's length alone, or that of a part of it. */
export function lengthProblem(text: string, { longest }: TextRules): string | undefined {
  if (longest === undefined || text.length <= longest) return undefined
  const length = lengthOf(text)
  return length > longest ? `has ${length} characters, and the channel takes ${longest}` : undefined
}

/** Why a channel does not take a value in a text (of a template where `variable`), in words that continue "column valor holds …". */
export function valueProblem(value: string, { oneLineVariables }: TextRules, variable: boolean): string | undefined {
  const forbidden = forbiddenCharacter(value)
  if (forbidden !== undefined) return forbidden
  if (!variable || !oneLineVariables) return undefined
  if (value.includes('\n')) return 'a line break, and a template variable is one line here'
  if (value.includes('\t')) return 'a tab, and a template variable holds none here'
  return value.includes('     ') ? 'five spaces in a row, and a template variable holds at most four here' : undefined
}

/** Whether a text is longer than the channel is sure to take. */
export function isDoubtfullyLong(text: string, { longestSure }: TextRules): boolean {
  return longestSure !== undefined && text.length > longestSure && lengthOf(text) > longestSure
}

/** In characters, as people count them: an emoji is one, not two. */
function lengthOf(text: string): number {
  return [...text].length
}
