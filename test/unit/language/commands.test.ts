import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

/** A folder for each command or group of commands. */
const COMMANDS = readdirSync('src/cli/commands')

/** Which arguments of a call are texts for people. */
const TEXTS: ReadonlyMap<string, readonly number[]> = new Map(
  Object.entries({
    addCommand: [2],
    addHelpText: [1],
    argument: [1],
    description: [0],
    option: [1],
    optionsGroup: [0],
    requiredOption: [1],
    ...{ result: [1], list: [2], notice: [0], talk: [0], warn: [0] },
    ...{ ask: [1, 2], askPassword: [1], confirm: [1], orAdmin: [2, 3] },
    ...{ Argument: [1], InvalidArgumentError: [0], Option: [1] },
    ...{ fields: [0], step: [1] },
  }),
)

/** Names, which are the same in every language. */
const NAMES: readonly string[] = ['PostgreSQL']

describe('the texts of a command', () => {
  it.each(COMMANDS)('are tagged: camp %s', name => {
    const folder = join('src/cli/commands', name)
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter(file => file.endsWith('.ts'))
      .map(file => join(folder, file))
    expect(files).not.toEqual([])
    expect(files.flatMap(path => untagged(path, readFileSync(path, 'utf8')))).toEqual([])
  })

  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: the examples are code
  it.each([
    ["addCommand(parent, 'add <name>', 'add it', ['camp x'])", ['a.ts:1: add it']],
    ["command.option('--all', 'all').option('--no', t`none`, 'never')", ['a.ts:1: all']],
    ['out.result(view, `Added ${name}.`)', ['a.ts:1: Added ….']],
    ["out.talk(isDone ? t`Done.` : 'Nothing.')", ['a.ts:1: Nothing.']],
    [
      "out.result(view, () => fields([['name', view.name], [t`id`, view.id || 'none']]))",
      ['a.ts:1: name', 'a.ts:1: none'],
    ],
    ["out.list(rows, [{ title: 'NAME', value: row => row.name }], t`None.`)", ['a.ts:1: NAME']],
    ["out.warn(t`of ${n === 1 ? 'one' : n}`)", ['a.ts:1: one']],
    ["out.result({ state: 'a b' }, [`  ${text}`, 'camp db migrate', where('a b')]); log.warn('a b', 'c')", []],
  ])('are found: %s', (code, found) => {
    expect(untagged('a.ts', code)).toEqual(found)
  })
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: the examples are code
})

/** The literals in the place of a text that are not tagged, except command lines and names. */
function untagged(path: string, code: string): string[] {
  const source = ts.createSourceFile(path, code, ts.ScriptTarget.Latest, true)
  const found: string[] = []
  const inText = (node: ts.Node): void => {
    if (ts.isTaggedTemplateExpression(node)) ts.forEachChild(node.template, inText)
    else if (ts.isConditionalExpression(node)) [node.whenTrue, node.whenFalse].forEach(inText)
    else if (ts.isCallExpression(node) || isComparison(node) || ts.isBlock(node)) search(node)
    else {
      const text = textOf(node)
      if (/\p{L}{2}/u.test(text) && !text.startsWith('camp ') && !NAMES.includes(text)) {
        const { line } = source.getLineAndCharacterOfPosition(node.getStart(source))
        found.push(`${path}:${line + 1}: ${text}`)
      }
      ts.forEachChild(node, inText)
    }
  }
  const search = (node: ts.Node): void => {
    const places = ts.isCallExpression(node) || ts.isNewExpression(node) ? (TEXTS.get(calledIn(node)) ?? []) : []
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      search(node.expression)
      node.arguments?.forEach((argument, i) => void (places.includes(i) ? inText(argument) : search(argument)))
    } else if (ts.isPropertyAssignment(node) && node.name.getText(source) === 'title') inText(node.initializer)
    else ts.forEachChild(node, search)
  }
  search(source)
  return found
}

/** The name of a function or method; of a method of a log none, because logs are English. */
function calledIn({ expression }: ts.CallExpression | ts.NewExpression): string {
  if (!ts.isPropertyAccessExpression(expression)) return expression.getText()
  return expression.expression.getText() === 'log' ? '' : expression.name.text
}

function isComparison(node: ts.Node): boolean {
  return ts.isBinaryExpression(node) && /^[!=]/.test(node.operatorToken.getText())
}

/** Of a literal, with … for an inserted value; of anything else none. */
function textOf(node: ts.Node): string {
  if (ts.isStringLiteralLike(node)) return node.text
  if (!ts.isTemplateExpression(node)) return ''
  return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('…')
}
