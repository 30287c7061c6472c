import { CampError } from '../../errors.ts'
import { t } from '../../language/text.ts'
import { type LegacyRow, type LegacyRows, ROWS_AT_ONCE } from '../source/row.ts'
import { type Charset, charsetOf, decodeValue } from './charset.ts'
import { type ColumnsOf, columnsInList, columnsInStatement } from './create-table.ts'
import { createdTableAt, type InsertHead, insertHeadAt } from './statement-head.ts'
import { TextWindow } from './text-window.ts'
import { readTuple, skipSpace } from './tuple.ts'

/** The tables of a dump to read, by their names in it: each with its name for the caller and its columns. */
export type DumpTables = ReadonlyMap<string, { table: string; columns: readonly string[] }>

/**
 * Reads the rows of some tables of a dump by mysqldump, mariadb-dump or phpMyAdmin, in one pass: INSERT with several rows, with or
 * without column names. Everything else is skipped, also procedures between DELIMITER lines.
 * @throws CampError FILE_MALFORMED, FILE_DAMAGED (it is cut off), FILE_UNSUPPORTED (its character set), FILE_TOO_LARGE
 */
export async function* readDump(chunks: AsyncIterable<Buffer>, tables: DumpTables): AsyncGenerator<LegacyRows> {
  const window = new TextWindow(chunks)
  const reader = new DumpReader(window, tables)
  try {
    while (await reader.atStatement()) yield* reader.statement()
    reader.assertComplete()
  } finally {
    await window.close()
  }
}

const SET_NAMES = /\bSET\s+NAMES\s+['"]?(\w+)/i
const WRITES_THE_END = /^-- (?:MySQL|MariaDB) dump /
const END = /^-- Dump completed/
/** The words of an INSERT before its first row: its columns take a few hundred characters. */
const LONGEST_BEGINNING = 64 * 1024

class DumpReader {
  readonly #window: TextWindow
  readonly #tables: DumpTables
  readonly #columns: Map<string, ColumnsOf> = new Map()
  #charset: Charset = 'utf-8'
  #isComplete = true

  constructor(window: TextWindow, tables: DumpTables) {
    this.#window = window
    this.#tables = tables
  }

  /** Skips comments, empty statements and DELIMITER blocks. @returns false at the end of the dump */
  async atStatement(): Promise<boolean> {
    const window = this.#window
    for (;;) {
      window.at = skipSpace(window.text, window.at)
      await this.#atLeast(LONGEST_WORD)
      window.at = skipSpace(window.text, window.at)
      if (window.at >= window.text.length) {
        if (await window.more()) continue
        return false
      }
      const start = window.text.slice(window.at, window.at + LONGEST_WORD)
      if (start.startsWith(';')) window.at++
      else if (/^(?:--\s|#)/.test(start)) this.#comment(await window.line())
      else if (start.startsWith('/*')) await this.#blockComment()
      else if (/^delimiter\s/i.test(start)) await this.#skipDelimited()
      else return true
    }
  }

  /** Reads or skips the statement that begins here. */
  async *statement(): AsyncGenerator<LegacyRows> {
    const window = this.#window
    await this.#atLeast(LONGEST_BEGINNING)
    const created = createdTableAt(window.text, window.at)
    if (created !== undefined) {
      const statement = await this.#skipStatement(this.#tables.has(created))
      if (this.#tables.has(created)) this.#columns.set(created, columnsInStatement(statement))
      return
    }
    const insert = insertHeadAt(window.text, window.at)
    const wanted = insert && this.#tables.get(insert.table)
    if (insert && wanted) yield* this.#rows(insert, wanted)
    else {
      const isSetting = /^set\b/i.test(window.text.slice(window.at, window.at + 4))
      this.#setNames(await this.#skipStatement(isSetting))
    }
  }

  /** @throws CampError FILE_DAMAGED */
  assertComplete(): void {
    if (!this.#isComplete) throw truncated()
  }

  async *#rows(head: InsertHead, { table, columns }: { table: string; columns: readonly string[] }) {
    const window = this.#window
    const name = head.table
    if (head.rows === undefined) throw unreadableInsert(name)
    const known = head.columns === undefined ? this.#columns.get(name) : columnsInList(head.columns)
    if (!known) throw columnsUnknown(name)
    const places = columns.map(column => known.get(column.toLowerCase()))
    window.at = head.rows
    let rows: LegacyRow[] = []
    for (let isLast = false; !isLast; ) {
      const values = await this.#tuple(name, known.size)
      rows.push(this.#row(columns, places, values))
      isLast = !(await this.#isFollowedByRow())
      if (rows.length < ROWS_AT_ONCE && !isLast) continue
      yield { table, rows }
      rows = []
    }
    await this.#skipStatement(false)
  }

  #row(columns: readonly string[], places: readonly (number | undefined)[], values: readonly (string | null)[]) {
    const row: Record<string, string | null> = {}
    columns.forEach((column, i) => {
      const place = places[i]
      const value = place === undefined ? null : values[place]!
      row[column] = value === null ? null : decodeValue(value, this.#charset)
    })
    return row
  }

  async #tuple(name: string, width: number): Promise<readonly (string | null)[]> {
    const window = this.#window
    for (;;) {
      const tuple = readTuple(window.text, window.at)
      if (tuple) {
        window.at = tuple.end
        if (tuple.value.length !== width) throw wrongWidth(name, tuple.value.length, width)
        return tuple.value
      }
      if (!(await window.more())) throw truncated()
    }
  }

  /** Behind a row: a comma and the next row, or the end of the statement. */
  async #isFollowedByRow(): Promise<boolean> {
    const window = this.#window
    for (;;) {
      const comma = skipSpace(window.text, window.at)
      const next = skipSpace(window.text, comma + 1)
      if (next < window.text.length) {
        const follows = window.text[comma] === ',' && window.text[next] === '('
        if (follows) window.at = next
        return follows
      }
      if (!(await window.more())) return false
    }
  }

  /** To behind its semicolon. @returns its text, if it is kept; only a statement that is kept is held in memory */
  async #skipStatement(isKept: boolean): Promise<string> {
    const window = this.#window
    let quote = 0
    let isEscaped = false
    let position = window.at
    for (;;) {
      for (; position < window.text.length; position++) {
        const code = window.text.charCodeAt(position)
        if (isEscaped) isEscaped = false
        else if (quote !== 0) {
          if (code === BACKSLASH && quote !== BACKTICK) isEscaped = true
          else if (code === quote) quote = 0
        } else if (code === SEMICOLON) return window.take(position + 1)
        else if (code === 0x27 || code === 0x22 || code === BACKTICK) quote = code
      }
      if (!isKept) window.at = position
      position -= window.at
      if (!(await window.more())) throw truncated()
    }
  }

  #comment(line: string): void {
    if (WRITES_THE_END.test(line)) this.#isComplete = false
    if (END.test(line)) this.#isComplete = true
  }

  /** A comment that MySQL executes may set the character set. */
  async #blockComment(): Promise<void> {
    const window = this.#window
    for (;;) {
      const end = window.text.indexOf('*/', window.at + 2)
      if (end >= 0) {
        const comment = window.take(end + 2)
        if (comment.startsWith('/*!') || comment.startsWith('/*M!')) this.#setNames(comment)
        return
      }
      if (!(await window.more())) throw truncated()
    }
  }

  #setNames(text: string): void {
    const [, name] = SET_NAMES.exec(text) ?? []
    if (name !== undefined) this.#charset = charsetOf(name)
  }

  async #skipDelimited(): Promise<void> {
    const window = this.#window
    let line = await window.line()
    while (!/^delimiter\s+;\s*$/i.test(line)) {
      if (window.at >= window.text.length && !(await window.more())) throw truncated()
      line = await window.line()
    }
  }

  /** Appends until so much is there to read, or the dump ends. */
  async #atLeast(characters: number): Promise<void> {
    const window = this.#window
    while (window.text.length - window.at < characters && (await window.more()));
  }
}

const LONGEST_WORD = 16
const [SEMICOLON, BACKSLASH, BACKTICK] = [0x3b, 0x5c, 0x60]

function truncated(): CampError {
  return new CampError('FILE_DAMAGED', t`the dump is cut off: its end is missing`, {
    hint: t`Dump the database again, or copy the file again.`,
  })
}

function unreadableInsert(name: string): CampError {
  return new CampError('FILE_MALFORMED', t`the dump fills ${name} with a statement that is not INSERT … VALUES`, {
    hint: t`Dump the tables with mysqldump, mariadb-dump or the export of phpMyAdmin in its SQL format.`,
  })
}

function columnsUnknown(name: string): CampError {
  return new CampError('FILE_MALFORMED', t`the dump names no columns for ${name}, and has no CREATE TABLE for it`, {
    hint: t`Dump it with its structure, or with --complete-insert.`,
  })
}

function wrongWidth(name: string, found: number, expected: number): CampError {
  return new CampError('FILE_MALFORMED', t`a row of ${name} has ${found} values, and the table ${expected} columns`, {
    hint: t`Dump the table again.`,
  })
}
