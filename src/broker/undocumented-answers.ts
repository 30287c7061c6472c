import { type AnswerWords, saidInWords } from './answer-words.ts'

/**
 * Interprets responses of brokers without documented responses: words of refusal, in all places where such brokers are known to
 * put them, and words of success. A wrongly assumed refusal would send accepted messages again, so a refusal counts only if it
 * covers the whole request and nothing contradicts it.
 */
export type AnswerMeaning =
  /** Nothing in it indicates a refusal. */
  | { kind: 'NONE' }
  /** All of it was refused. `words`: the broker's text about it. */
  | { kind: 'NO'; words: string }
  /** A part was refused, or it indicates both success and refusal. */
  | { kind: 'MIXED' }

/** The meaning of an answer, or of one record in it, with all nested elements. */
export function meaningOf(answer: unknown, words: AnswerWords): AnswerMeaning {
  const own = ownMeaningOf(answer, words)
  if (own.kind !== 'NONE') return own
  return partsOf(answer).some(part => meaningOf(part, words).kind !== 'NONE') ? { kind: 'MIXED' } : own
}

/** The meaning of its own keys alone, without nested elements. */
export function ownMeaningOf(answer: unknown, words: AnswerWords): AnswerMeaning {
  if (!isObject(answer)) return { kind: 'NONE' }
  const entries = Object.entries(answer).map(([key, value]) => ({ key: key.toLowerCase(), value }))
  const says = entries.map(({ key, value }) => saidBy(key, value, words))
  if (!says.includes('NO')) return { kind: says.includes('PART') ? 'MIXED' : 'NONE' }
  if (says.includes('YES')) return { kind: 'MIXED' }
  const telling = entries.filter(({ key }, i) => says[i] !== undefined || EXPLAINING.has(key))
  return { kind: 'NO', words: telling.map(({ value }) => wordsOf(value)).join(' ') }
}

const ERRORS = new Set(['erro', 'erros', 'error', 'errors'])
const SUCCESS = new Set(['success', 'sucesso', 'ok'])
const STATUS = new Set(['status', 'situacao', 'result', 'resultado'])
const EXPLAINING = new Set([
  'mensagem',
  'message',
  'msg',
  'detalhe',
  'detalhes',
  'detail',
  'details',
  'motivo',
  'reason',
])

/** @returns PART for a list of errors, which may concern single records, and for a word of both lists */
function saidBy(key: string, value: unknown, words: AnswerWords): 'YES' | 'NO' | 'PART' | undefined {
  if (ERRORS.has(key)) {
    if (isNothing(value)) return undefined
    return Array.isArray(value) ? 'PART' : 'NO'
  }
  if (SUCCESS.has(key)) return isNothing(value) ? 'NO' : 'YES'
  if (!STATUS.has(key)) return undefined
  if (typeof value === 'number') return value >= 400 && value < 600 ? 'NO' : undefined
  if (typeof value === 'boolean') return value ? 'YES' : 'NO'
  return typeof value === 'string' ? saidInWords(value, words) : undefined
}

const NOTHING = new Set(['', '0', 'false', 'null', 'n', 'nao', 'não', 'no'])

function isNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === 0) return true
  if (typeof value === 'string') return NOTHING.has(value.trim().toLowerCase())
  return typeof value === 'object' && Object.keys(value).length === 0
}

function wordsOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function partsOf(value: unknown): unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : []
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
