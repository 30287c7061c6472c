import { damageIn } from './damage.ts'
import { messageText, odditiesIn } from './oddities.ts'

/** Remarks on a text that do not depend on the file. */
export function textNotes(what: string, written: string): string[] {
  const text = messageText(written)
  const damage = damageIn(text)
  return [
    damage !== undefined && `${what} contains ${damage}, as a spreadsheet writes an error`,
    ...odditiesIn(text).map(({ oddity, example }) => ODDITIES[oddity](what, example)),
  ].filter(note => note !== false)
}

const ODDITIES = {
  ODD_CHARACTERS: (what: string, example: string) =>
    `${what} contains characters that look wrongly decoded: "${example}"`,
  HTML: (what: string, example: string) => `${what} contains HTML, which is sent unchanged: "${example}"`,
  LITERAL_ESCAPE: (what: string, example: string) =>
    `${what} contains a backslash and a letter, which are sent unchanged: "${example}"`,
} as const
