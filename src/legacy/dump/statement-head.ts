import { skipSpace } from './tuple.ts'

/** The beginning of INSERT or REPLACE, up to its first row. */
export interface InsertHead {
  table: string
  /** "(a, b)"; undefined: the columns of the table. */
  columns: string | undefined
  /** The position of the first row's bracket; undefined: it is not INSERT … VALUES (…). */
  rows: number | undefined
}

interface Token {
  /** Without quotes. */
  text: string
  isQuoted: boolean
  end: number
}

const TOKEN = /`([^`]+)`|"([^"]+)"|[\w$]+|\S/y

function tokenAt(text: string, at: number): Token {
  TOKEN.lastIndex = skipSpace(text, at)
  const [found = '', tick, quote] = TOKEN.exec(text) ?? []
  const quoted = tick ?? quote
  return { text: quoted ?? found, isQuoted: quoted !== undefined, end: TOKEN.lastIndex || text.length }
}

function isWord(token: Token, words: readonly string[]): boolean {
  return !token.isQuoted && words.includes(token.text.toUpperCase())
}

const MODIFIERS = ['LOW_PRIORITY', 'DELAYED', 'HIGH_PRIORITY', 'IGNORE', 'INTO']

/** @returns undefined if the statement at this position is another */
export function insertHeadAt(text: string, at: number): InsertHead | undefined {
  let token = tokenAt(text, at)
  if (!isWord(token, ['INSERT', 'REPLACE'])) return undefined
  do token = tokenAt(text, token.end)
  while (isWord(token, MODIFIERS))
  const { name: table, next } = tableAt(text, token)
  if (next.text !== '(') return { table, columns: undefined, rows: rowsAfter(text, next) }
  const close = text.indexOf(')', next.end)
  if (close < 0) return { table, columns: undefined, rows: undefined }
  const columns = text.slice(next.end - 1, close + 1)
  return { table, columns, rows: rowsAfter(text, tokenAt(text, close + 1)) }
}

/** @returns the table's name, if the statement at this position is CREATE TABLE */
export function createdTableAt(text: string, at: number): string | undefined {
  let token = tokenAt(text, at)
  if (!isWord(token, ['CREATE'])) return undefined
  token = tokenAt(text, token.end)
  if (!isWord(token, ['TABLE'])) return undefined
  do token = tokenAt(text, token.end)
  while (isWord(token, ['IF', 'NOT', 'EXISTS']))
  return tableAt(text, token).name
}

/** `db`.`table` or `table`, and what follows it. */
function tableAt(text: string, token: Token): { name: string; next: Token } {
  const next = tokenAt(text, token.end)
  if (next.text !== '.') return { name: token.text, next }
  const table = tokenAt(text, next.end)
  return { name: table.text, next: tokenAt(text, table.end) }
}

function rowsAfter(text: string, token: Token): number | undefined {
  if (!isWord(token, ['VALUES', 'VALUE'])) return undefined
  const rows = skipSpace(text, token.end)
  return text[rows] === '(' ? rows : undefined
}
