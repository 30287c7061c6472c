import { damageIn } from './damage.ts'
import { messageText, odditiesIn } from './oddities.ts'

/** Remarks on a text that do not depend on the file. */
export function textNotes(what: string, written: string): string[] {
  const text = messageText(written)
  const damage = damageIn(text)
  return [
    damage !== undefined && `${what} holds ${damage}, as a spreadsheet writes an error`,
    ...odditiesIn(text).map(({ oddity, example }) => `${what} ${ODDITIES[oddity]}: "${example}"`),
  ].filter(note => note !== false)
}

const ODDITIES = {
  ODD_CHARACTERS: 'holds characters that look wrongly read',
  HTML: 'holds HTML, which goes out as it stands',
  LITERAL_ESCAPE: 'holds a backslash and a letter, which go out as they stand',
} as const
