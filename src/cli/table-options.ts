/** The texts of --csv, --xlsx and --plain, for the commands that write a table to a file. */
export const PLAIN_HELP = '--csv for programs: comma, decimal point, UTC times'

export const FILE_NOTES =
  'A CSV file is for Excel in Portuguese (semicolon, decimal comma, local times),\n' +
  'unless --plain is given. A workbook has numbers and times as such, and phones\n' +
  'and documents as text. The file is readable by its owner alone.'
