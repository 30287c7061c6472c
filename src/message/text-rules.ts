import { forbiddenCharacter } from './characters.ts'

/** A channel's limits for texts; absent: no limit is known. */
export interface TextRules {
  /** Maximum of characters of a text. */
  longest?: number
  /** Longer texts may be refused: an import only warns. */
  longestSure?: number
  /** The value of a template's variable is one line, without tabs and with at most four spaces in a row. */
  oneLineVariables?: boolean
}

/**
 * Why a channel does not accept a text, in words that continue "its text …".
 * @param text as a person would receive it
 */
export function textProblem(text: string, rules: TextRules): string | undefined {
  if (text.trim() === '') return 'is empty'
  const forbidden = forbiddenCharacter(text)
  return forbidden === undefined ? lengthProblem(text, rules) : `contains ${forbidden}`
}

/** The same for a text's length alone, or that of a part of it. */
export function lengthProblem(text: string, { longest }: TextRules): string | undefined {
  if (longest === undefined || text.length <= longest) return undefined
  const length = lengthOf(text)
  return length > longest ? `has ${length} characters, and the channel's maximum is ${longest}` : undefined
}

/**
 * Why a channel does not accept a value in a text (of a template if `variable`), in words that continue "column valor holds …".
 */
export function valueProblem(value: string, { oneLineVariables }: TextRules, variable: boolean): string | undefined {
  const forbidden = forbiddenCharacter(value)
  if (forbidden !== undefined) return forbidden
  if (!variable || !oneLineVariables) return undefined
  if (value.includes('\n')) return 'a line break, which a template variable must not contain here'
  if (value.includes('\t')) return 'a tab, which a template variable must not contain here'
  return value.includes('     ')
    ? 'five spaces in a row, and a template variable may contain at most four here'
    : undefined
}

/** Whether a text is longer than the channel certainly accepts. */
export function isDoubtfullyLong(text: string, { longestSure }: TextRules): boolean {
  return longestSure !== undefined && text.length > longestSure && lengthOf(text) > longestSure
}

/** In characters as people count them: an emoji is one, not two. */
function lengthOf(text: string): number {
  return [...text].length
}
