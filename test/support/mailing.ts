import { DDDS } from '../../src/recipient/regions.ts'
import { encode } from '../../src/tabular/encoding.ts'

/**
 * Mailings of made-up people, the same ones every time: as a billing office would export them from Excel, with everything that
 * files of the trade have in them. fixtures/demo/mailing.csv is `mailingFile(10_000)`. The numbers begin with 90, which no operator
 * gives to people.
 */
export interface MailingFacts {
  rows: number
  pending: number
  INVALID_PHONE: number
  DUPLICATE: number
  /** Rows whose document is dropped. */
  BAD_DOCUMENT: number
}

export function mailingFile(rows: number): { bytes: Buffer; facts: MailingFacts } {
  const facts: MailingFacts = { rows, pending: 0, INVALID_PHONE: 0, DUPLICATE: 0, BAD_DOCUMENT: 0 }
  const parts: Buffer[] = []
  for (const { line, kind, badDocument } of mailing(rows)) {
    parts.push(encode(line, 'windows-1252'))
    if (kind === 'header') continue
    facts[kind]++
    if (badDocument && kind !== 'INVALID_PHONE') facts.BAD_DOCUMENT++
  }
  return { bytes: Buffer.concat(parts), facts }
}

interface Line {
  line: string
  cells: readonly string[]
  kind: 'header' | 'pending' | 'INVALID_PHONE' | 'DUPLICATE'
  badDocument: boolean
}

/** The lines of a mailing, with what an import is to make of each. */
export function* mailing(rows: number): Generator<Line> {
  yield {
    line: `${HEADERS.join(';')}\r\n`,
    cells: HEADERS,
    kind: 'header',
    badDocument: false,
  }
  const random = mulberry32(20_261_123)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!
  const numbers = new Map<number, number>()
  let earlier: Phone[] = []
  for (let i = 0; i < rows; i++) {
    // Every area code has its turn; São Paulo, as in life, comes often.
    const ddd = i % 3 === 0 ? 11 : AREA_CODES[(i - Math.ceil(i / 3)) % AREA_CODES.length]!
    const kind = i % 67 === 66 ? 'DUPLICATE' : i % 83 === 82 ? 'INVALID_PHONE' : 'pending'
    const n = (numbers.get(ddd) ?? 0) + 1
    numbers.set(ddd, n)
    const fresh: Phone = { ddd, number: i % 20 === 7 ? String(30_000_000 + n) : String(900_000_000 + n) }
    const phone = kind === 'DUPLICATE' ? pick(earlier) : fresh
    if (kind === 'pending') earlier = [...earlier.slice(-500), fresh]
    const badDocument = i % 250 === 249
    const cells = [
      kind === 'INVALID_PHONE' ? pick(BAD_PHONES) : pick(SPELLINGS)(phone),
      `${pick(FIRST)} ${pick(LAST)}${random() < 0.3 ? ` ${pick(LAST)}` : ''}`,
      badDocument ? '123.456.789-00' : documentOf(random, pick),
      `C${String(1_000_000 + i)}`,
      `${Math.floor(random() * 5000)},${String(Math.floor(random() * 100)).padStart(2, '0')}`,
      `${String(1 + (i % 28)).padStart(2, '0')}/10/2026`,
      pick(CITIES),
      pick(REMARKS),
    ]
    yield { line: `${cells.map(quoted).join(';')}\r\n`, cells, kind, badDocument }
  }
}

const HEADERS = ['TELEFONE', 'NOME', 'CPF/CNPJ', 'CONTRATO', 'VALOR', 'VENCIMENTO', 'CIDADE', 'OBSERVAÇÃO']

interface Phone {
  ddd: number
  number: string
}

const AREA_CODES = [...DDDS].sort((a, b) => a - b)

const cut = ({ number }: Phone) => `${number.slice(0, -4)}-${number.slice(-4)}`

const SPELLINGS: readonly ((phone: Phone) => string)[] = [
  p => `${p.ddd}${p.number}`,
  p => `(${p.ddd}) ${cut(p)}`,
  p => `${p.ddd} ${cut(p)}`,
  p => `55${p.ddd}${p.number}`,
  p => `+55 (${p.ddd}) ${cut(p)}`,
  p => `+55 ${p.ddd} ${p.number}`,
  p => `0055${p.ddd}${p.number}`,
  p => `0${p.ddd}${p.number}`,
  p => `0 15 ${p.ddd} ${cut(p)}`,
  p => `="${p.ddd}${p.number}"`,
  p => `'${p.ddd}${p.number}`,
  p => `${p.ddd}${p.number}.0`,
  p => `${p.ddd}.${p.number.slice(0, -4)}.${p.number.slice(-4)}`,
  p => `(${p.ddd})${cut(p)} / (${p.ddd}) 3000-0000`,
  p => ` ${p.ddd}–${cut(p)} `,
]

const BAD_PHONES = [
  '',
  '5,51199E+12',
  '#######',
  '90000-0001',
  '(10) 90000-0001',
  '1180000001',
  'não tem',
  '+1 212 555 0100',
  '119000000012',
]

const FIRST = [
  'João',
  'Maria',
  'José',
  'Ana Lúcia',
  'Antônio',
  'Conceição',
  'Íris',
  'Luís',
  'Mônica',
  'Sebastião',
  'Zoé',
  'Águeda',
  'Cauã',
  'Lívia',
  '“Zé” Carlos',
  'Aparecida',
  'Tânia',
  'Estêvão',
  'Rosângela',
  'Ruy',
]
const LAST = [
  'da Silva',
  'Souza',
  'Gonçalves',
  'Araújo',
  'Magalhães',
  'Corrêa',
  'Assunção',
  'Sant’Anna',
  'Pereira – ME',
  'Ramos',
  'Brandão',
  'Müller',
  'D’Ávila',
  'Falcão',
  'Simões',
]
const CITIES = [
  'São Paulo',
  'Santa Maria',
  'Cuiabá',
  'Belém',
  'Macapá',
  'Rio Branco',
  'Goiânia',
  'Maceió',
  'Florianópolis',
  'Manaus',
]
const REMARKS = [
  '',
  '',
  '',
  '',
  'acordo em 2x; aguarda boleto',
  'cliente disse: "ligo depois"',
  'tel. 1: ocupado\r\ntel. 2: não existe',
  'prometeu pagar…',
]

function quoted(cell: string): string {
  // What Excel exports of a formula is not quoted here, so that both spellings of quotes are in the file.
  return /[;\r\n]/.test(cell) || (cell.includes('"') && !cell.startsWith('='))
    ? `"${cell.replaceAll('"', '""')}"`
    : cell
}

/** Mostly a CPF, as a form, as digits, or as Excel leaves a number; at times a CNPJ, or nothing. */
function documentOf(random: () => number, pick: <T>(from: readonly T[]) => T): string {
  const share = random()
  if (share < 0.05) return ''
  const base = Array.from({ length: share < 0.08 ? 8 : 9 }, () => Math.floor(random() * 10))
  if (share < 0.08) {
    const cnpj = withCheckDigits([...base, 0, 0, 0, 1], 9)
    return `${cnpj.slice(0, 2)}.${cnpj.slice(2, 5)}.${cnpj.slice(5, 8)}/${cnpj.slice(8, 12)}-${cnpj.slice(12)}`
  }
  const cpf = withCheckDigits(base[0] === base[1] ? [1, 2, ...base.slice(2)] : base, 11)
  return pick([cpf, `${cpf.slice(0, 3)}.${cpf.slice(3, 6)}.${cpf.slice(6, 9)}-${cpf.slice(9)}`, cpf.replace(/^0+/, '')])
}

function withCheckDigits(base: readonly number[], most: number): string {
  const digits = [...base]
  for (let n = 0; n < 2; n++) {
    const sum = digits.toReversed().reduce((total, digit, i) => total + digit * (2 + (i % (most - 1))), 0)
    digits.push(sum % 11 < 2 ? 0 : 11 - (sum % 11))
  }
  return digits.join('')
}

/** Chance that is the same everywhere: a public-domain generator of 32 bits. */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
