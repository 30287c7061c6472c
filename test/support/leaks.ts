import { parseDocument } from '../../src/recipient/document.ts'
import { parsePhone } from '../../src/recipient/phone.ts'

/** No part of them is looked at: UUIDs, times and hashes. */
const OTHERS =
  /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|\d{4}-\d\d-\d\d(?:T[\d:.]+Z?)?|\b(?=\w*[A-Za-z])\w{16,}\b|"(?:time|pid)":[^,]+/g

/**
 * The phones and documents that stand in a line, as the parsers of a mailing's cells read them. Bare numbers of ten digits are none:
 * seconds and ids look alike. Nor are those of thirteen without the country's code: they are milliseconds.
 */
export function leaksIn(line: string): string[] {
  const runs = line.replace(OTHERS, ' ').match(/(?<![\d*])[+(]{0,2}\d[\d .()/-]{8,20}\d(?![\d*])/g) ?? []
  return runs.filter(run => {
    const digits = run.replace(/\D/g, '')
    if (run === digits && (digits.length <= 10 || /^1\d{12}$/.test(digits))) return false
    return parsePhone(run).phone !== undefined || (digits.length >= 11 && parseDocument(run).document !== undefined)
  })
}
