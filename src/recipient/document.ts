import { excelDamage, unquoted } from './excel-damage.ts'

/** A CPF (11 digits) or CNPJ (14 characters) without punctuation, or what is wrong with it. */
export type ParsedDocument = { document: string; problem?: undefined } | { document?: undefined; problem: string }

/**
 * CPF or CNPJ by check digits, restoring leading zeros that Excel removed, or removing those that a system added. If both
 * readings are possible ("191"), CPF is preferred, unless it is written with the fourteen digits of a CNPJ. Since July 2026 the
 * first twelve characters of a CNPJ may be letters (a character counts as its ASCII code less 48), so letters are kept, too.
 * Sources: Receita Federal, the CPF's and CNPJ's modulo 11; Instrução Normativa RFB 2.229/2024.
 */
export function parseDocument(text: string): ParsedDocument {
  if (text.length > LONGEST) return { problem: `it has more than ${LONGEST} characters, more than any document` }
  const bare = bareOf(text)
  const document = documentOf(bare)
  if (document) return { document }
  const unlabelled = text.replace(LABEL, '')
  if (unlabelled !== text) return parseDocument(unlabelled)
  if (bare === '') return { problem: 'it is empty' }
  const damage = excelDamage(unquoted(text))
  if (damage) return { problem: damage }
  const shaped = /^\d{1,14}$|^[0-9A-Z]{12}\d\d$/.test(bare)
  return { problem: shaped ? 'its check digits are wrong' : 'it is neither a CPF nor a CNPJ' }
}

/** A longer cell is refused without parsing. */
const LONGEST = 200

/** A label, as in CNPJ/MF nº: what follows it may be letters of a CNPJ. */
const LABEL = /^\s*(?:(?:cpf|cnpj|cgc|mf|doc(?:umento)?)(?![a-z])[\s:./-]*|n[º°]\.?\s*)/i
/** A value that Excel treated as a number: 52998224725.0 */
const FLOAT = /^(\d+)[.,]0{1,2}$/
const PUNCTUATION = /[\s.,\-/="'()\u00ad\u2010-\u2015\u2212\u200b-\u200f\u202a-\u202e\u2060\ufeff]/g

function bareOf(text: string): string {
  if (DIGITS.test(text)) return text
  return text.replace(FLOAT, '$1').replace(PUNCTUATION, '').toUpperCase()
}

const DIGITS = /^\d+$/

function documentOf(bare: string): string | undefined {
  if (!DIGITS.test(bare)) return isCnpj(bare) ? bare : undefined
  // With letters no zero was lost: Excel converts only digits to numbers.
  const number = bare.length > 14 ? bare.replace(/^0+/, '') : bare
  const cnpj = number.padStart(14, '0')
  const cpf = number.replace(/^0+/, '').padStart(11, '0')
  if (number.length > 11 && isCnpj(cnpj)) return cnpj
  if (cpf.length === 11 && isCpf(cpf)) return cpf
  return isCnpj(cnpj) ? cnpj : undefined
}

function isCpf(digits: string): boolean {
  return !isRepeated(digits) && digits.endsWith(checkDigits(digits, 9, 11))
}

function isCnpj(text: string): boolean {
  return /^[0-9A-Z]{12}\d\d$/.test(text) && !isRepeated(text) && text.endsWith(checkDigits(text, 12, 9))
}

/** 111.111.111-11 and the like satisfy the check sum and are not issued. */
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
