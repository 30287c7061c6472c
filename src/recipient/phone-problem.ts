import { areaCodeOf, isAreaCode } from './area-code.ts'
import { excelDamage, unquoted } from './excel-damage.ts'

/**
 * Why a cell contains no valid number, in words that continue "the phone is refused: …". Of several numbers in it, the one with
 * most digits is described.
 * @param areaCode the cell of the column of area codes; '' if it is empty or there is none
 */
export function phoneProblem(text: string, areaCode: string): string {
  const cell = unquoted(text)
  if (cell === '') return 'it is empty'
  const damage = excelDamage(cell)
  if (damage) return damage
  if (CPF_MASK.test(cell)) return 'it is written as a CPF'
  if (BRACKETS_LAST.test(cell)) return 'an area code stands before its number, and an extension behind a word'
  const numbers = cell
    .replace(FLOAT, '$1')
    .split(BETWEEN)
    .filter(part => /\d/.test(part))
  if (numbers.length === 0) return 'it has no digits'
  return numberProblem(
    numbers.reduce((most, next) => (digitsOf(next).length > digitsOf(most).length ? next : most)),
    areaCode,
  )
}

/** The format of a CPF, not of a phone: 119.876.543-21. */
export const CPF_MASK = /^\d{3}\.\d{3}\.\d{3}-\d{2}$/

/** 3222-1111 (11): parsed from left to right, it would be a number with another area code. */
export const BRACKETS_LAST = /\d\D*\(\s*\d{1,3}\s*\)\D*$/

const FLOAT = /^(\d+)[.,]0{1,2}$/
const BETWEEN = /[\p{L}/;,|:&\r\n]+/u

function numberProblem(number: string, areaCode: string): string {
  const all = digitsOf(number)
  if (number.includes('+') && !all.startsWith('55')) return 'its country code is not 55'
  const digits = all.replace(/^0+/, '')
  const [service] = SERVICE.exec(digits) ?? []
  if (service) return `it is a service number (${service.slice(0, 3).padStart(4, '0')})`
  const abroad = digits.startsWith('55') && (digits.length > 11 || number.includes('+'))
  const national = abroad ? digits.slice(2).replace(/^0/, '') : digits
  if (national.length === 8 || national.length === 9) {
    if (areaCode === '') return `${national.length} digits are too few: an area code and 8 or 9 digits are needed`
    const ddd = areaCodeOf(areaCode)
    return ddd === undefined ? `there is no area code ${areaCode}` : subscriberProblem(national)
  }
  if (national.length < 10) return `${national.length} digits are too few: an area code and 8 or 9 digits are needed`
  if (national.length > 11) return `${all.length} digits are too many`
  const ddd = national.slice(0, 2)
  return isAreaCode(ddd) ? subscriberProblem(national.slice(2)) : `there is no area code ${ddd}`
}

/** 0800 and the like: not a person's number. */
const SERVICE = /^(?:300|303|500|800|900)\d{6,7}$/

function subscriberProblem(number: string): string {
  if (number.length === 9) return 'a mobile has nine digits and begins with 9'
  return /^[6-9]/.test(number)
    ? 'it is a mobile without its ninth digit (--repair-ninth-digit adds it)'
    : 'a landline has eight digits and begins with 2 to 5; a mobile has nine'
}

function digitsOf(text: string): string {
  return text.replace(/\D+/g, '')
}
