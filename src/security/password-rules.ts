import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'

const SHORTEST = 10
// A longer one is not a password but an attack on the server's memory.
const LONGEST = 1024

/** The words that the most common passwords contain, apart from digits and signs around them. */
const COMMON = new Set(
  `password passwort senha senhaforte minhasenha mudar mudarsenha trocar acesso acessos usuario administrador administrator
   admin adminadmin root user test teste testes temp temporario temporaria welcome bemvindo letmein changeme default master
   secret segredo login qwerty qwertyui qwertyuiop qwert asdf asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx qazwsxedc
   qazwsxedcrfv abc abcd abcde abcdef
   iloveyou teamo euteamo teamomuito monkey dragon football futebol princess princesa sunshine superman batman shadow michael
   jesus jesuscristo deusefiel deusamor deusebom familia felicidade amor brasil flamengo corinthians palmeiras santos saopaulo
   vasco gremio internacional cruzeiro campanha campanhas cobranca empresa financeiro supervisor operador camp`
    .split(/\s+/)
    .map(word => word.trim()),
)

/**
 * Rules for a new password: long, and not among the first guesses.
 * @throws CampError DATA, saying why
 */
export function assertGoodPassword(password: string, email: string): void {
  const flaw = flawOf(password, email)
  if (flaw === undefined) return
  throw new CampError('PASSWORD_TOO_WEAK', flaw, {
    hint: t`Take ${SHORTEST} characters or more, such as several unrelated words.`,
  })
}

/** What is wrong with it, as a whole sentence. */
function flawOf(password: string, email: string): string | undefined {
  if (password.length < SHORTEST)
    return t`the password is too short: a password has ${SHORTEST} to ${LONGEST} characters`
  if (password.length > LONGEST) return t`the password is too long: a password has ${SHORTEST} to ${LONGEST} characters`
  const plain = plainOf(password)
  if (new Set(plain).size < 4) return t`the password has fewer than four different characters`
  if (/^[\d\s./-]*$/.test(plain)) return t`the password is a number: birthdays, phones and CPFs are guessed first`
  if (isRun(plain)) return t`the password is a run of neighbouring characters`
  const address = plainOf(email)
  if ([address, address.split('@')[0]!].some(text => text === plain || coreOf(text) === coreOf(plain))) {
    return t`the password is the e-mail`
  }
  if (isCommon(plain) || isCommon(lettersOf(plain))) return t`the password is among the most common ones`
  if (isKeyboardWalk(plain)) return t`the password is a walk over neighbouring keys`
  // "camp2026camp": digits between two guesses add nothing.
  if (isCommon(plain.replace(/[^a-z]/g, ''))) return t`the password is among the most common ones`
  return undefined
}

/** Lower case, without accents. */
function plainOf(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim()
}

/** Without the digits and signs around it, and once if it is repeated: "senhasenha2026!" is "senha". */
function coreOf(text: string): string {
  const core = text.replace(/^[^a-z]+|[^a-z]+$/g, '')
  return /^(.+?)\1+$/.exec(core)?.[1] ?? core
}

const LOOK_ALIKES: Readonly<Record<string, string>> = {
  0: 'o',
  1: 'i',
  3: 'e',
  4: 'a',
  5: 's',
  7: 't',
  '@': 'a',
  $: 's',
}

function isCommon(text: string): boolean {
  return COMMON.has(coreOf(text))
}

/** "p@ssw0rd" is "password"; digits at the end stay. */
function lettersOf(text: string): string {
  const end = /[^a-z]*$/.exec(text)![0].length
  return [...text.slice(0, text.length - end)].map(sign => LOOK_ALIKES[sign] ?? sign).join('')
}

/** "abcdefghij", "9876543210": each character is the neighbour of the one before. */
function isRun(text: string): boolean {
  const steps = [...text].slice(1).map((sign, i) => sign.codePointAt(0)! - text.codePointAt(i)!)
  return steps.length > 0 && steps.filter(step => Math.abs(step) === 1 && step === steps[0]).length >= steps.length - 1
}

/** The digits and letters of a keyboard, the same on QWERTY and ABNT2. */
const KEY_ROWS = ['1234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm']

/**
 * "1q2w3e4r5t", "1qaz2wsx3e", "qwerasdfzxcv": more than three of four steps stay on a key or go to one beside, above or below
 * it. Such passwords look random and are in every list of guesses. In a text hardly half of the steps are as short.
 */
function isKeyboardWalk(text: string): boolean {
  const signs = [...text]
  const near = signs.slice(1).filter((sign, i) => areNeighbours(signs[i]!, sign)).length
  return near > (signs.length - 1) * 0.75
}

function areNeighbours(one: string, other: string): boolean {
  const [from, to] = [keyOf(one), keyOf(other)]
  if (!from || !to) return false
  return Math.abs(to.row - from.row) <= 1 && Math.abs(to.column - from.column) <= 1
}

function keyOf(sign: string): { row: number; column: number } | undefined {
  const row = KEY_ROWS.findIndex(keys => keys.includes(sign))
  return row === -1 ? undefined : { row, column: KEY_ROWS[row]!.indexOf(sign) }
}
