/** A CPF (11 digits) or CNPJ (14 characters), without punctuation, or what is wrong with it. */
export type ParsedDocument = { document: string; problem?: undefined } | { document?: undefined; problem: string }

/**
 * CPF or CNPJ by check digits, with the left zeros that Excel ate. Where both readings are open ("191"), CPF comes first.
 * Since July 2026 the first twelve characters of a CNPJ may be letters (a character counts as its ASCII code less 48), so
 * digits alone are not kept. Sources: Receita Federal, the CPF's and CNPJ's modulo 11; Instrução Normativa RFB 2.229/2024.
 */
export function parseDocument(text: string): ParsedDocument {
  const bare = text
    .replace(/^(\d+)[.,]0+$/, '$1')
    .replace(/[\s.\-/="'\u00a0]/g, '')
    .toUpperCase()
  if (bare === '') return { problem: 'it is empty' }
  if (/^\d{1,11}$/.test(bare)) {
    const cpf = bare.padStart(11, '0')
    if (isCpf(cpf)) return { document: cpf }
  }
  // Letters never lost a zero: Excel takes only numbers for numbers.
  const cnpj = /^\d{1,14}$/.test(bare) ? bare.padStart(14, '0') : bare
  if (isCnpj(cnpj)) return { document: cnpj }
  return {
    problem: /^\d{1,14}$|^[0-9A-Z]{12}\d\d$/.test(bare)
      ? 'its check digits are wrong'
      : 'it is neither a CPF nor a CNPJ',
  }
}

function isCpf(digits: string): boolean {
  return !isRepeated(digits) && digits.endsWith(checkDigits(digits, 9, 11))
}

function isCnpj(text: string): boolean {
  return /^[0-9A-Z]{12}\d\d$/.test(text) && !isRepeated(text) && text.endsWith(checkDigits(text, 12, 9))
}

/** 111.111.111-11 and its like satisfy the sum and belong to nobody. */
function isRepeated(text: string): boolean {
  for (let i = 1; i < text.length; i++) if (text.charCodeAt(i) !== text.charCodeAt(0)) return false
  return true
}

/** The two check digits over the first `length` characters; weights run from 2 at the right, and from 2 again after `most`. */
function checkDigits(text: string, length: number, most: number): string {
  const first = checkDigit(text, length, most)
  return `${first}${checkDigit(`${text.slice(0, length)}${first}`, length + 1, most)}`
}

function checkDigit(text: string, length: number, most: number): number {
  let sum = 0
  let weight = 2
  for (let i = length - 1; i >= 0; i--) {
    sum += (text.charCodeAt(i) - 48) * weight
    weight = weight === most ? 2 : weight + 1
  }
  const rest = sum % 11
  return rest < 2 ? 0 : 11 - rest
}
