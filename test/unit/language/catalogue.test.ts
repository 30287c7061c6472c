import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { ruleOf } from '../../../src/broker/classify-code.ts'
import { ADAPTER_NAMES, adapterOf } from '../../../src/broker/registry.ts'
import { PT_BR } from '../../../src/language/pt-br/index.ts'
import { INSERTED, keyOf, onOneLine } from '../../../src/language/text.ts'

/** Rooms of src whose errors and hints are all in the catalogue. An entry is added once its texts are tagged. */
const TRANSLATED: readonly string[] = [
  ...['blocklist', 'calendar', 'campaign-settings', 'database', 'installation', 'message', 'queue', 'recurrence'],
  ...['security', 'serve', 'tabular'],
  ...['config.ts', 'env-file.ts', 'files.ts', 'time'],
  ...readdirSync('src/cli')
    .filter(name => name.endsWith('.ts'))
    .map(name => `cli/${name}`),
  ...['campaign', 'dispatch', 'intake', 'lifecycle'],
  ...['cli/live', 'cli/commands/campaign', 'cli/commands/report', 'cli/commands/top'],
  ...['backup', 'broker', 'catalog', 'doctor', 'export', 'legacy', 'privacy', 'service', 'webhook', 'worker'],
].map(room => `src/${room}`)

const FILES = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter(path => path.endsWith('.ts') && !path.startsWith('database/generated'))
  .map(path => join('src', path))

describe('the catalogue', () => {
  const keys = FILES.flatMap(path => keysIn(path, readFileSync(path, 'utf8')))

  it('has every text of the code and of the tables of codes, and no other', async () => {
    const codes = await textsOfCodes()
    const used = new Set([...keys.map(({ key }) => key), ...codes])
    expect(codes.length).toBeGreaterThan(200)
    expect(codes.filter(text => !Object.hasOwn(PT_BR, text))).toEqual([])
    expect(keys.filter(({ key }) => !Object.hasOwn(PT_BR, key)).map(({ at, key }) => `${at}: ${key}`)).toEqual([])
    expect(Object.keys(PT_BR).filter(key => !used.has(key))).toEqual([])
  })

  it('inserts the same values as the English text', () => {
    const places = (text: string) =>
      [...text.matchAll(INSERTED)].map(([, place]) => Number(place)).sort((a, b) => a - b)
    for (const [english, portuguese] of Object.entries(PT_BR))
      expect(places(portuguese), english).toEqual(places(english))
  })

  it('is asked within functions, not when a module is loaded', () => {
    expect(keys.filter(({ isAtTop }) => isAtTop).map(({ at, key }) => `${at}: ${key}`)).toEqual([])
  })

  it.each(TRANSLATED)('has the errors of %s', room => {
    const files = FILES.filter(path => path === room || path.startsWith(`${room}/`))
    expect(files).not.toEqual([])
    expect(files.flatMap(path => untranslated(path, readFileSync(path, 'utf8')))).toEqual([])
  })
})

/** What brokers' codes mean, and what to do about them. */
async function textsOfCodes(): Promise<string[]> {
  const adapters = await Promise.all(ADAPTER_NAMES.map(adapterOf))
  return adapters
    .flatMap(adapter => Object.values(adapter.codes))
    .concat(ruleOf({ table: {}, overrides: {} }, undefined))
    .flatMap(({ meaning, cure }) => [meaning, cure ?? []].flat())
}

describe('the search for texts', () => {
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: the examples are code
  it.each([
    ['const say = () => t`${n} rows of ${file}`', [{ at: 'a.ts:1', key: '{0} rows of {1}', isAtTop: false }]],
    ['const TEXT = t`two\n  lines`', [{ at: 'a.ts:1', key: 'two lines', isAtTop: true }]],
  ])('finds %s', (code, found) => {
    expect(keysIn('a.ts', code)).toEqual(found)
  })

  it.each([
    ["throw new CampError('FILE_EMPTY', 'it is empty')", ['a.ts:1: it is empty']],
    [
      "throw new CampError('FILE_EMPTY', t`it is ${isBig ? 'big' : t`empty`}`, { hint: a ? 'Empty' : t`b` })",
      ['a.ts:1: big', 'a.ts:1: Empty'],
    ],
    ["const rule = { hint: 'Fill it.', name: 'a name' }", ['a.ts:1: Fill it.']],
    ["throw new Error('cannot be'); throw new CampError('FILE_EMPTY', t`${at('a b')}: ${list.join(', ')}`)", []],
  ])('knows what is not translated: %s', (code, found) => {
    expect(untranslated('a.ts', code)).toEqual(found)
  })
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: the examples are code
})

function keysIn(path: string, code: string): { at: string; key: string; isAtTop: boolean }[] {
  const source = ts.createSourceFile(path, code, ts.ScriptTarget.Latest, true)
  const found: { at: string; key: string; isAtTop: boolean }[] = []
  const visit = (node: ts.Node): void => {
    if (isTagged(node)) {
      const pieces = piecesOf(node.template).map(onOneLine)
      found.push({ at: place(source, node), key: keyOf(pieces), isAtTop: !isWithinFunction(node) })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** The literals of errors and hints that are not tagged, except those that are given to another function. */
function untranslated(path: string, code: string): string[] {
  const source = ts.createSourceFile(path, code, ts.ScriptTarget.Latest, true)
  const found: string[] = []
  const inText = (node: ts.Node): void => {
    if (isTagged(node)) {
      ts.forEachChild(node.template, inText)
      return
    }
    if (ts.isCallExpression(node) || ts.isElementAccessExpression(node) || ts.isFunctionLike(node)) {
      search(node)
      return
    }
    if (ts.isConditionalExpression(node)) {
      for (const branch of [node.whenTrue, node.whenFalse]) inText(branch)
      return
    }
    if (ts.isBinaryExpression(node) && ts.isStringLiteral(node.right) && /^[!=]/.test(node.operatorToken.getText()))
      return
    const text = isLiteral(node) ? piecesOf(node).join('…') : ''
    if (/\p{L}/u.test(text)) found.push(`${place(source, node)}: ${text}`)
    ts.forEachChild(node, inText)
  }
  const search = (node: ts.Node): void => {
    if (ts.isNewExpression(node) && node.expression.getText() === 'CampError') {
      const [, message, options] = node.arguments ?? []
      if (message) inText(message)
      if (options) search(options)
    } else if (ts.isPropertyAssignment(node) && node.name.getText() === 'hint') inText(node.initializer)
    else ts.forEachChild(node, search)
  }
  search(source)
  return found
}

const isTagged = (node: ts.Node): node is ts.TaggedTemplateExpression =>
  ts.isTaggedTemplateExpression(node) && node.tag.getText() === 't'

const isLiteral = (node: ts.Node): node is ts.StringLiteralLike | ts.TemplateExpression =>
  ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)

function piecesOf(node: ts.StringLiteralLike | ts.TemplateLiteral): string[] {
  return ts.isTemplateExpression(node)
    ? [node.head.text, ...node.templateSpans.map(span => span.literal.text)]
    : [node.text]
}

function isWithinFunction(node: ts.Node): boolean {
  return ts.isFunctionLike(node) || (node.parent !== undefined && isWithinFunction(node.parent))
}

function place(source: ts.SourceFile, node: ts.Node): string {
  return `${source.fileName}:${source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1}`
}
