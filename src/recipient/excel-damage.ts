/** A cell without Excel's marks for text: ="…", a leading apostrophe. */
export function unquoted(text: string): string {
  let cell = text.trim()
  if (cell.startsWith('=')) cell = cell.slice(1).trimStart()
  if (isQuote(cell.charCodeAt(0))) cell = cell.slice(1).trimStart()
  return isQuote(cell.charCodeAt(cell.length - 1)) ? cell.slice(0, -1).trimEnd() : cell
}

function isQuote(code: number): boolean {
  return code === 0x22 || code === 0x27
}

/**
 * Describes a number that Excel has damaged so that digits are lost; they are not guessed.
 * @param cell as `unquoted` returns it
 */
export function excelDamage(cell: string): string | undefined {
  if (SCIENTIFIC.test(cell)) return 'Excel has written it in scientific notation, and the digits are lost'
  if (HASHES.test(cell)) return 'Excel has written ##### because its column was too narrow, and the digits are lost'
  if (ERROR_VALUE.test(cell)) return `Excel has written an error (${cell}) instead of a value`
  return undefined
}

const SCIENTIFIC = /^\+?\d[\d.,]*\s?e\s?[+-]?\d{1,3}$/i
const HASHES = /^#{2,}$/
// In Portuguese and English: #N/D #N/A #REF! #VALOR! #VALUE! #NOME? #NAME? #DIV/0! #NÚM! #NUM! #NULO! #NULL! #DESPEJAR! #SPILL! …
const ERROR_VALUE = /^#[\p{L}_]{1,16}(?:\/[\p{L}\d]{1,6})?[!?]?$/u
