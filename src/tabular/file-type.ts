import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'

/** The type of a file by its first bytes, regardless of its name. */
export type FileKind = 'text' | 'gzip' | 'zip'

/** How many bytes `kindOf` needs: old Excel files state their type only in their directory. */
export const KIND_BYTES = 256 * 1024

/**
 * @param head the beginning of the file
 * @throws CampError DATA if it is neither text nor gzip nor zip, with what to do about it
 */
export function kindOf(file: string, head: Buffer): FileKind {
  const start = head.toString('latin1', 0, 8)
  if (start.startsWith('\x1f\x8b')) return 'gzip'
  if (start.startsWith('PK\x03\x04') || start.startsWith('PK\x05\x06')) return 'zip'
  if (start.startsWith('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1')) throw oldExcel(file, head)
  for (const { begins, what, hint } of OTHERS)
    if (begins.some(bytes => start.startsWith(bytes))) throw notData(file, what(), hint())
  // Without the NULs of UTF-16. Some systems "export to Excel" as an HTML table named .xls.
  if (WEB_PAGE.test(head.toString('latin1', 0, 1024).replaceAll('\0', ''))) {
    throw notData(file, t`an HTML or XML`, t`Open it in Excel and save it as CSV or .xlsx.`)
  }
  return 'text'
}

const unpack = () => t`Unpack it, and import its CSV or .xlsx.`
const OTHERS: readonly { begins: readonly string[]; what: () => string; hint: () => string }[] = [
  { begins: ['%PDF'], what: () => t`a PDF`, hint: () => t`Open it and save it as CSV.` },
  // Excel files from before 1994, which are not OLE containers.
  {
    begins: ['\t\0\x04\0', '\t\x02\x06\0', '\t\x04\x06\0', '\t\x08\x08\0', '\t\x08\x10\0'],
    what: () => t`an .xls`,
    hint: () => t`Open it in Excel and save it as .xlsx or CSV.`,
  },
  { begins: ['{\\rtf'], what: () => t`an RTF`, hint: () => t`Copy its table into Excel and save it as .xlsx or CSV.` },
  { begins: ['7z\xbc\xaf'], what: () => t`a .7z`, hint: unpack },
  { begins: ['Rar!'], what: () => t`a .rar`, hint: unpack },
  { begins: ['\xfd7zXZ'], what: () => t`an .xz`, hint: unpack },
  {
    begins: ['\x89PNG', '\xff\xd8\xff', 'GIF8'],
    what: () => t`an image`,
    hint: () => t`Export the list itself as CSV.`,
  },
]
const WEB_PAGE =
  /^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*(?:<!--(?:(?!-->).)*-->\s*)*(?:<(?:!doctype|html|head|meta|style|body|div|table|tr|\?xml)\b|mime-version:)/is

/** @throws CampError DATA unless a gzip's content is text */
export function assertTextInGzip(file: string, head: Buffer): void {
  const kind = kindOf(file, head)
  if (kind === 'text') return
  const what = kind === 'gzip' ? t`a gzip within a gzip` : t`a gzip that contains a .zip or .xlsx`
  throw new CampError('FILE_UNSUPPORTED', t`${file} is ${what}`, {
    hint: t`Unpack it once (gunzip), and import the result.`,
  })
}

/** The error for a file that camp does not read. @param what with its article: an .ods */
export function notData(file: string, what: string, hint: string): CampError {
  return new CampError('FILE_UNSUPPORTED', t`${file} is ${what} file, not a CSV or .xlsx`, { hint })
}

/** An .xls, or an .xlsx with a password: both are OLE containers, whose directory has the names of their content. */
function oldExcel(file: string, head: Buffer): CampError {
  const sector = head.length >= 52 ? 1 << Math.min(head.readUInt16LE(30), 12) : 512
  const at = head.length >= 52 ? (head.readUInt32LE(48) + 1) * sector : 0
  const directory = head.subarray(at, at + 4096).toString('utf16le')
  if (directory.includes('EncryptedPackage')) {
    return new CampError('FILE_PROTECTED', t`${file} is protected by a password`, {
      hint: t`Open it in Excel, remove the password (File > Info > Protect), and save it.`,
    })
  }
  return notData(file, t`an .xls`, t`Open it in Excel and save it as .xlsx or CSV.`)
}
