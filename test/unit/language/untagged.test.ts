import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

/** Rooms of src/cli in which every text for people is tagged. An entry is added once its texts are. */
const SPOKEN: readonly string[] = ['live', 'next.ts', 'commands/campaign', 'commands/report', 'commands/top'].map(
  room => join('src/cli', room),
)

const FILES = readdirSync('src/cli', { recursive: true, encoding: 'utf8' })
  .filter(path => path.endsWith('.ts'))
  .map(path => join('src/cli', path))

/** The arguments of these calls are not translated: names of commands, flags, examples, acts of a permission. */
const NO_TEXT: ReadonlyMap<string, readonly number[]> = new Map([
  ['addCommand', [1, 3]],
  ['command', [0]],
  ['option', [0]],
  ['requiredOption', [0]],
  ['toMove', [1]],
  ['assertMay', [1]],
  ['orAdmin', [1]],
  // Remarks on a text are English, because the audit of an import keeps them.
  ['textNotes', [0]],
])

/** These take a title of a column first. */
const TITLED: readonly string[] = ['column', 'count', 'rate']

describe('a text of the command line', () => {
  it.each(SPOKEN)('is tagged in %s', room => {
    const files = FILES.filter(path => path === room || path.startsWith(`${room}/`))
    expect(files).not.toEqual([])
    expect(files.flatMap(path => untagged(path, readFileSync(path, 'utf8')))).toEqual([])
  })

  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: the examples are code
  it.each([
    ["const columns = [{ title: 'NAME', value }]", ['a.ts:1: NAME']],
    ["fields([['cost', cost], [t`wallet`, wallet], ...rows.map(row => ['!', row])])", ['a.ts:1: cost']],
    ["column('COST', cost); column(t`NAME`, name)", ['a.ts:1: COST']],
    ["out.talk(isDone ? 'It is done.' : `${n} rows are left.`)", ['a.ts:1: It is done.', 'a.ts:1: … rows are left.']],
    ["addCommand(parent, 'add one <name>', 'add a wallet', ['camp wallet add one'])", ['a.ts:1: add a wallet']],
    [
      "const read = { what: 'report rows' }; toMove(context, 'campaign run', ref); `${a}  ${b} (${t`rows of ${c}`})`",
      [],
    ],
    ["type Way = 'one way'; import 'a b'; assertMay(pool, 'campaign run', actor)", []],
  ])('is found where it is not tagged: %s', (code, found) => {
    expect(untagged('a.ts', code)).toEqual(found)
  })
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: the examples are code
})

/** Literals of two words or more, titles of columns and labels of fields that are not tagged. */
function untagged(path: string, code: string): string[] {
  const source = ts.createSourceFile(path, code, ts.ScriptTarget.Latest, true)
  const found: string[] = []
  const report = (node: ts.Node, text: string) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source))
    found.push(`${path}:${line + 1}: ${text}`)
  }
  const visit = (node: ts.Node): void => {
    if (ts.isTaggedTemplateExpression(node) || ts.isImportDeclaration(node) || ts.isLiteralTypeNode(node)) return
    const text = textOf(node)
    if (text !== undefined && (isNamed(node) || (/\p{Ll}{2,}[,:;.]? \p{L}/u.test(text) && !text.startsWith('camp '))))
      report(node, text)
    if (ts.isCallExpression(node)) {
      const without = NO_TEXT.get(nameOf(node)) ?? []
      visit(node.expression)
      node.arguments.forEach((argument, i) => {
        if (!without.includes(i)) visit(argument)
      })
    } else if (!(ts.isPropertyAssignment(node) && node.name.getText(source) === 'what')) ts.forEachChild(node, visit)
  }
  /** Whether it is a title or a label, which may be one word. */
  const isNamed = (node: ts.Node): boolean => {
    const { parent } = node
    if (!/\p{L}{2}/u.test(textOf(node) ?? '')) return false
    if (ts.isPropertyAssignment(parent)) return parent.name.getText(source) === 'title' && parent.initializer === node
    if (ts.isCallExpression(parent)) return TITLED.includes(nameOf(parent)) && parent.arguments[0] === node
    return ts.isArrayLiteralExpression(parent) && parent.elements[0] === node && isPairOfFields(parent)
  }
  const isPairOfFields = (pair: ts.Node): boolean => {
    const { parent } = pair
    if (!ts.isArrayLiteralExpression(parent)) return false
    return ts.isCallExpression(parent.parent) && nameOf(parent.parent) === 'fields'
  }
  visit(source)
  return found
}

function nameOf({ expression }: ts.CallExpression): string {
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText()
}

/** Of a literal, with … for an inserted value. */
function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text
  if (!ts.isTemplateExpression(node)) return undefined
  return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('…')
}
