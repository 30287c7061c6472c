import { damageIn } from './damage.ts'
import { messageText, odditiesIn } from './oddities.ts'

/** Remarks on a text that do not depend on the file. */
export function textNotes(what: string, written: string): string[] {
  const text = messageText(written)
  const damage = damageIn(text)
  return [
    damage !== undefined && `${what} contains ${damage}, as a spreadsheet writes an error`,
    ...odditiesIn(text).map(({ oddity, example }) => `${what} ${ODDITIES[oddity]}: "${example}"`),
  ].filter(note => note !== false)
}

const ODDITIES = {
  ODD_CHARACTERS: 'contains characters that look wrongly decoded',
  HTML: 'contains HTML, which is sent unchanged',
  LITERAL_ESCAPE: 'contains a backslash and a letter, which are sent unchanged',
} as const
