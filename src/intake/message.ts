import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import { cleanText, isTornText } from '../message/characters.ts'
import type { NamedColumn } from '../message/column-index.ts'
import { leftoversIn } from '../message/leftovers.ts'
import { messageText } from '../message/oddities.ts'
import { type CompiledText, compileText } from '../message/template.ts'
import { textNotes } from '../message/text-notes.ts'
import { isDoubtfullyLong, lengthProblem, type TextRules, textProblem } from '../message/text-rules.ts'

/** A campaign's compiled text, and remarks for the operator: sentences. */
export interface PreparedMessage {
  text: CompiledText
  notes: string[]
  /** Corrections made to it: sentences. */
  repairs: string[]
}

/**
 * @param message as given
 * @throws CampError DATA: a placeholder that names no column, is unclosed or in another system's syntax; a text that the
 * channel does not accept
 */
export function prepareMessage(message: string, columns: readonly NamedColumn[], rules: TextRules): PreparedMessage {
  const text = compileText(messageText(message), columns)
  const leftovers = text.literals.flatMap(literal => leftoversIn(literal, columns))
  const certain = leftovers.find(one => one.column !== undefined)
  if (certain?.column !== undefined) {
    throw new CampError('MESSAGE_INVALID', t`the message contains ${certain.written}, which would be sent unchanged`, {
      hint: t`To fill it from the file, write {{${certain.column}}}.`,
    })
  }
  const problem = isTornText(text.text) ? 'contains U+FFFD in place of a lost character' : textProblem(text.text, {})
  const bare = text.literals.join('')
  const refused = problem ?? lengthProblem(bare, rules)
  if (refused !== undefined)
    throw new CampError('MESSAGE_INVALID', t`the message ${refused}`, { hint: t`Correct the text.` })
  const unknown = leftovers.map(
    ({ written }) => `the message contains ${written}, which no column fills: it is sent unchanged`,
  )
  const long = isDoubtfullyLong(bare, rules)
    ? [`the message has more than ${rules.longestSure} characters, and the channel may refuse it`]
    : []
  return { text, notes: [...textNotes('the message', message), ...unknown, ...long], repairs: repairsOf(message) }
}

function repairsOf(message: string): string[] {
  return messageText(message) === cleanText(message)
    ? []
    : [t`the message had \\n as two characters, replaced by a line break`]
}
