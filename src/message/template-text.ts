import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import { isTornText } from './characters.ts'
import type { NamedColumn } from './column-index.ts'
import { leftoversIn, spelledOtherwiseIn } from './leftovers.ts'
import { compileText, unclosedIn } from './template.ts'
import { textNotes } from './text-notes.ts'
import { textProblem } from './text-rules.ts'

/**
 * Remarks on a template's text before it is stored: sentences.
 * @param content as it will be stored
 * @throws CampError DATA: empty, an unclosed or unnamed placeholder, or a character that no channel carries
 */
export function checkTemplate(content: string): string[] {
  assertWhole("the template's text", content)
  const others = compileText(content).literals.flatMap(spelledOtherwiseIn)
  return [
    ...textNotes("the template's text", content),
    ...others.map(written => `the template's text contains ${written}, which is sent unchanged: a variable is {{1}}`),
  ]
}

/**
 * The same for a template that is filled from a file's columns.
 * @throws CampError DATA, also where another spelling of a placeholder names a column
 */
export function templateNotes(code: string, content: string, columns: readonly NamedColumn[]): string[] {
  const what = `template ${code}`
  assertWhole(what, content)
  const leftovers = compileText(content).literals.flatMap(literal => leftoversIn(literal, columns))
  const certain = leftovers.find(one => one.column !== undefined)
  if (certain) {
    throw new CampError('TEMPLATE_INVALID', t`${what} contains ${certain.written}, which would be sent unchanged`, {
      hint: t`Add the template again as the broker approved it, with its variables written {{1}} or {{nome}}.`,
    })
  }
  return [
    ...textNotes(what, content),
    ...leftovers.map(({ written }) => `${what} contains ${written}, which no column fills: it is sent unchanged`),
  ]
}

function assertWhole(what: string, content: string): void {
  const unclosed = unclosedIn(content)
  if (unclosed !== undefined) {
    throw new CampError(
      'TEMPLATE_INVALID',
      t`${what} has a placeholder that is not closed, or not of two braces: ${unclosed}`,
      {
        hint: t`Write variables as {{1}} or {{nome}}.`,
      },
    )
  }
  const problem = isTornText(content) ? 'contains U+FFFD in place of a lost character' : textProblem(content, {})
  if (problem !== undefined)
    throw new CampError('TEMPLATE_INVALID', `${what} ${problem}`, { hint: t`Correct the text.` })
}
