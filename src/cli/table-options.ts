import { t } from '../language/text.ts'

/** The texts of --csv, --xlsx and --plain, for the commands that write a table to a file. */
export function plainHelp(): string {
  return t`--csv for programs: comma, decimal point, UTC times`
}

export function fileNotes(): string {
  return t`A CSV file is for Excel in Portuguese (semicolon, decimal comma, local times), unless --plain is given. A workbook
    has numbers and times as such, and phones and documents as text. The file is readable by its owner alone.`
}
