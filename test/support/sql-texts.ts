import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

/** A text of the sources that may be a statement in SQL. `${…}` stands as it is written. */
export interface Statement {
  /** Below src. */
  file: string
  sql: string
  /** The docstring of the function or constant that it stands in; '' where that has none. */
  doc: string
}

/** All texts of src, but for what Prisma generates. */
export function statementsOfSources(): Statement[] {
  return readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts') && !file.startsWith(join('database', 'generated')))
    .flatMap(file => statementsOf(file, readFileSync(join('src', file), 'utf8')))
}

export function statementsOf(file: string, source: string): Statement[] {
  const root = ts.createSourceFile(file, source, ts.ScriptTarget.Latest)
  return root.statements.flatMap(top => {
    const doc = source.slice(top.getFullStart(), top.getStart(root))
    const found: Statement[] = []
    const visit = (node: ts.Node): void => {
      if (ts.isTemplateExpression(node) || ts.isStringLiteralLike(node)) {
        found.push({ file, sql: node.getText(root).slice(1, -1), doc })
      } else ts.forEachChild(node, visit)
    }
    visit(top)
    return found
  })
}

/** A write of some columns: of UPDATE … SET, of INSERT INTO or COPY with a list of columns, of ON CONFLICT DO UPDATE SET. */
export interface Write {
  table: string
  kind: 'UPDATE' | 'INSERT'
  /** By column; '' where the statement's list names it and its value stands elsewhere. */
  columns: ReadonlyMap<string, string>
  /** What follows the assignments, to the end of the text. */
  rest: string
}

/** Each in a statement, common table expressions included. */
export function writesOf(sql: string): Write[] {
  const updates = [...sql.matchAll(/\bUPDATE "(\w+)"(?:\s+(?!SET\b)(?:AS\s+)?\w+)?\s+SET\s/g)].map(match =>
    assigned(match[1]!, sql.slice(match.index + match[0].length)),
  )
  const inserts = [...sql.matchAll(/\b(?:INSERT INTO|COPY) "(\w+)"(?:\s+AS\s+\w+)?\s*\(/g)].flatMap(match => {
    const [table, after] = [match[1]!, sql.slice(match.index + match[0].length)]
    const names = after.slice(0, after.indexOf(')')).split(',')
    const set = /\bDO UPDATE SET\s/.exec(after)
    return [
      { table, kind: 'INSERT' as const, columns: new Map(names.map(name => [name.trim(), ''])), rest: after },
      ...(set ? [assigned(table, after.slice(set.index + set[0].length))] : []),
    ]
  })
  return [...updates, ...inserts]
}

function assigned(table: string, text: string): Write {
  const columns = new Map<string, string>()
  let [depth, from, at] = [0, 0, 0]
  const end = () => {
    const [, column, value] = /^\s*"?(\w+)"?\s*=([\s\S]*)$/.exec(text.slice(from, at)) ?? []
    if (column !== undefined) columns.set(column, value!.trim())
  }
  for (; at < text.length; at++) {
    if (text[at] === '(') depth++
    if (text[at] === ')' && --depth < 0) break
    if (depth > 0) continue
    if (text[at] === ',') {
      end()
      from = at + 1
    }
    if (/^\b(?:WHERE|FROM|RETURNING)\b/.test(text.slice(at, at + 10)) && /\W/.test(text[at - 1] ?? ' ')) break
  }
  end()
  return { table, kind: 'UPDATE', columns, rest: text.slice(at) }
}
