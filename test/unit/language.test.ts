import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

/**
 * One plain English (docs/decisions/0056-one-plain-english.md): what people read and the comments of the sources avoid turns of
 * phrase that have a plainer word, and stay short. A finding names the file, the line, the rule and the text.
 */

const MAX_HELP = 60
const MAX_MESSAGE = 160
const MAX_HINT = 300
const MAX_HINT_SENTENCES = 2
const MAX_SENTENCE_WORDS = 40

const IS_SQL = /^\s*(?:SELECT|WITH|INSERT|UPDATE|DELETE|CREATE|ALTER|LOCK|SET)\b/

interface Rule {
  pattern: RegExp
  better: string
}

/** For comments, and for everything that people read. */
const COMMENTS: readonly Rule[] = [
  { pattern: /(?<!")\bnobody\b(?!")/i, better: 'no one, or a subject: no user, no process' },
  { pattern: /\bwho(so)?ever\b/i, better: 'the user, the caller, the process that …' },
  { pattern: /\bwhat(so)?ever\b/i, better: 'any, every, or the noun itself' },
  { pattern: /\bsomebody\b/i, better: 'a user, another user, a person' },
  { pattern: /\beverybody\b/i, better: 'every user, all' },
  { pattern: /\banew\b/i, better: 'again' },
  { pattern: /\b(leav(e|es|ing)|left) (it|them|this|that|one) away\b/i, better: 'omit' },
  { pattern: /\bgone mad\b/i, better: 'faulty' },
  { pattern: /\bthe whole way\b/i, better: 'end to end' },
  { pattern: /\b(rung|rings?|ringing)\b/i, better: 'enqueue' },
  { pattern: /\basleep\b|\b(queue|zone|batch|worker|campaign)e?s? sleeps?\b/i, better: 'outside contact hours, idle' },
  { pattern: /\bin a circle\b/i, better: 'deadlock' },
  { pattern: /\b(seen|sees?) to\b/i, better: 'handled, handles' },
  { pattern: /\bcomes? of (it|them|that|this)\b/i, better: 'the result' },
  { pattern: /\b(lets?|letting) go\b/i, better: 'releases' },
  { pattern: /\ball the same\b/i, better: 'anyway, still' },
  { pattern: /\bby and by\b/i, better: 'gradually' },
  { pattern: /\b(is|are|was|were) rid of\b/i, better: 'removes' },
  { pattern: /\bat one go\b/i, better: 'at once' },
  { pattern: /\bfor ever\b/i, better: 'forever, without a limit' },
  { pattern: /\bbesides\b/i, better: 'also, in addition' },
]

/** For what people read: help, errors, output, README.md and docs. */
const READ: readonly Rule[] = [
  ...COMMENTS,
  { pattern: /\bby (it|them)sel(f|ves)\b/i, better: 'automatically, alone, separately' },
  { pattern: /\bfor good\b/i, better: 'permanently, final' },
  { pattern: /\bbook(s|ed|ing)\b/i, better: 'ledger, recorded' },
  { pattern: /\ba moment ago\b|\bfor the moment\b|\bat (this|that) moment\b/i, better: 'just now, at present' },
  { pattern: /\bmended\b/i, better: 'fixed' },
  { pattern: /\bof (then|now|before)\b/i, better: 'current, previous' },
]

const HELP_CALLS: Readonly<Record<string, number>> = {
  option: 1,
  requiredOption: 1,
  argument: 1,
  description: 0,
  addCommand: 2,
}

describe('the rules', () => {
  it.each(READ)('know a text that breaks $pattern', ({ pattern }) => {
    expect(EXAMPLES.filter(text => pattern.test(text))).not.toEqual([])
  })

  it.each([
    [`throw new CampError('A', \`it \${a} was\` + ' given anew')`, 'a.ts:1: "anew"'],
    ["const text = 'nobody knows'", 'a.ts:1: "nobody"'],
    [`throw new CampError('A', '${'long '.repeat(33)}')`, 'a.ts:1: a message of 165 characters'],
    [`throw new CampError('A', 'b', { hint: '${'long '.repeat(61)}' })`, 'a.ts:1: a hint of 305 characters'],
    ["throw new CampError('A', 'b', { hint: 'One. Two. Three.' })", 'a.ts:1: a hint of 3 sentences'],
    [`program.option('--a', '${'long '.repeat(13)}')`, 'a.ts:1: a help line of 65 characters'],
    ["addCommand(program, 'a', 'one; two')", 'a.ts:1: a help line with ";"'],
    ["const entry = { summary: 'one; two' }", 'a.ts:1: a help line with ";"'],
    ["const found = sql`SELECT 1 -- nobody`, name = 'nobody', short = { hint: 'One. Two.' }", undefined],
  ])('hold what people read: %s', (code, finding) => {
    expect(inTexts('a.ts', code).map(each => each.slice(0, finding?.length))).toEqual(finding ? [finding] : [])
  })

  it.each([
    ['/** Whoever reads it. */\nconst a = 1', 'a.ts:1: "Whoever"'],
    ['const a = 1\n// It is given\n// anew.', 'a.ts:3: "anew"'],
    ['/**\n * Wait in a\n * circle.\n */\nconst a = 1', 'a.ts:1: "in a circle"'],
    ["const a = 'nobody knows'", undefined],
  ])('hold comments: %s', (code, finding) => {
    expect(inComments('a.ts', code).map(each => each.slice(0, finding?.length))).toEqual(finding ? [finding] : [])
  })

  it.each([
    ['# Nobody', 'a.md:1: "Nobody"'],
    ['One.\n\n| a | anew |', 'a.md:3: "anew"'],
    [`- ${'word '.repeat(20)}\n  ${'word '.repeat(20)}end.`, 'a.md:1: a sentence of 41 words'],
    [`${'word '.repeat(30)}. ${'word '.repeat(30)}.`, undefined],
    ['[a page](the-books.md) and `nobody`', undefined],
    [`| ${'word '.repeat(50)} |\n\n\`\`\`\n${'nobody '.repeat(50)}\n\`\`\``, undefined],
  ])('hold documents: %s', (text, finding) => {
    expect(inDocument('a.md', text).map(each => each.slice(0, finding?.length))).toEqual(finding ? [finding] : [])
  })
})

describe('one plain English', () => {
  const sources = filesBelow('src', '.ts').filter(path => !path.startsWith('src/database/generated'))

  it('is in help, errors and output', () => {
    expect(sources.length).toBeGreaterThan(300)
    expect(sources.flatMap(path => inTexts(path, readFileSync(path, 'utf8')))).toEqual([])
  })

  it('is in comments', () => {
    expect(sources.flatMap(path => inComments(path, readFileSync(path, 'utf8')))).toEqual([])
  })

  it('is in the comments and titles of tests', () => {
    const tests = filesBelow('test', '.ts')
    expect(tests.length).toBeGreaterThan(200)
    expect(tests.flatMap(path => inComments(path, readFileSync(path, 'utf8')))).toEqual([])
    expect(tests.flatMap(path => inTitles(path, readFileSync(path, 'utf8')))).toEqual([])
  })

  it('is in decisions', () => {
    const pages = filesBelow('docs/decisions', '.md')
    expect(pages.length).toBeGreaterThan(40)
    expect(pages.flatMap(path => inWords(path, readFileSync(path, 'utf8'), COMMENTS))).toEqual([])
  })

  it('is in README.md and docs', () => {
    const pages = ['README.md', ...filesBelow('docs', '.md')].filter(path => !path.startsWith('docs/decisions/'))
    expect(pages.length).toBeGreaterThan(15)
    expect(pages.flatMap(path => inDocument(path, readFileSync(path, 'utf8')))).toEqual([])
  })
})

/** Every string of the code is taken for a text that people may read, except those without a space, and tagged templates (SQL). */
function inTexts(path: string, code: string): string[] {
  const source = ts.createSourceFile(path, code, ts.ScriptTarget.Latest, true)
  const findings: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isTaggedTemplateExpression(node)) return
    const at = `${path}:${source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1}`
    findings.push(...lengthFaults(node).map(fault => `${at}: ${fault}`))
    const text = textOf(node)
    if (text?.includes(' ') && !IS_SQL.test(text)) findings.push(...phrases(text, READ).map(fault => `${at}: ${fault}`))
    // A text of several pieces is looked at once, as a whole.
    if (text === undefined) ts.forEachChild(node, visit)
    else eachInserted(node, visit)
  }
  visit(source)
  return findings
}

function lengthFaults(node: ts.Node): string[] {
  if (ts.isNewExpression(node) && node.expression.getText() === 'CampError') {
    const message = textIn(node.arguments?.[1])
    return message.length > MAX_MESSAGE ? [`a message of ${message.length} characters: ${message}`] : []
  }
  if (ts.isPropertyAssignment(node) && node.name.getText() === 'hint') return hintFaults(textIn(node.initializer))
  if (ts.isPropertyAssignment(node) && node.name.getText() === 'summary') return helpFaults(textIn(node.initializer))
  if (!ts.isCallExpression(node)) return []
  const { expression } = node
  const place = HELP_CALLS[ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText()]
  return place === undefined ? [] : helpFaults(textIn(node.arguments[place]))
}

function hintFaults(hint: string): string[] {
  if (hint.length > MAX_HINT) return [`a hint of ${hint.length} characters: ${hint}`]
  const sentences = sentencesOf(hint).length
  return sentences > MAX_HINT_SENTENCES ? [`a hint of ${sentences} sentences: ${hint}`] : []
}

function helpFaults(line: string): string[] {
  if (line.length > MAX_HELP) return [`a help line of ${line.length} characters: ${line}`]
  return /\S;/.test(line) ? [`a help line with ";": ${line}`] : []
}

function textIn(node: ts.Node | undefined): string {
  return (node && textOf(node)) ?? ''
}

/** A literal, or literals joined with "+"; each inserted value counts as one character. */
function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text
  if (ts.isTemplateExpression(node))
    return node.head.text + node.templateSpans.map(span => `…${span.literal.text}`).join('')
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return undefined
  const [left, right] = [textOf(node.left), textOf(node.right)]
  return left === undefined && right === undefined ? undefined : (left ?? '…') + (right ?? '…')
}

/** The expressions that stand in a text: they may hold texts of their own. */
function eachInserted(node: ts.Node, visit: (node: ts.Node) => void): void {
  if (ts.isTemplateExpression(node)) for (const span of node.templateSpans) visit(span.expression)
  else if (ts.isBinaryExpression(node))
    for (const side of [node.left, node.right]) textOf(side) === undefined ? visit(side) : eachInserted(side, visit)
}

function inComments(path: string, code: string): string[] {
  return [...commentsOf(path, code)].flatMap(([start, text]) =>
    phrases(text, COMMENTS).map(fault => `${path}:${start + 1}: ${fault}`),
  )
}

/** The titles of suites and tests. */
function inTitles(path: string, code: string): string[] {
  const source = ts.createSourceFile(path, code, ts.ScriptTarget.Latest, true)
  const findings: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && /^(?:describe|it|test)\b/.test(node.expression.getText())) {
      const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1
      findings.push(...phrases(textIn(node.arguments[0]), COMMENTS).map(fault => `${path}:${line}: ${fault}`))
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return findings
}

/** First line → text without its stars and line breaks. */
function commentsOf(path: string, code: string): Map<number, string> {
  const source = ts.createSourceFile(path, code, ts.ScriptTarget.Latest, true)
  const comments = new Map<number, string>()
  const visit = (node: ts.Node): void => {
    const ranges = [
      ...(ts.getLeadingCommentRanges(code, node.getFullStart()) ?? []),
      ...(ts.getTrailingCommentRanges(code, node.end) ?? []),
    ]
    for (const { pos, end } of ranges) {
      const text = code.slice(pos, end).replace(/\s*\n\s*\*?\s*/g, ' ')
      comments.set(source.getLineAndCharacterOfPosition(pos).line, text)
    }
    for (const child of node.getChildren(source)) visit(child)
  }
  visit(source)
  return comments
}

/** Code blocks are left out; tables are held to the words, not to the length. */
function inDocument(path: string, page: string): string[] {
  const long = blocksOf(withoutCodeBlocks(page)).flatMap(({ line, block }) =>
    sentencesOf(block)
      .map(sentence => ({ sentence, count: sentence.split(/\s+/).filter(word => /[\p{L}\p{N}…]/u.test(word)).length }))
      .filter(({ count }) => count > MAX_SENTENCE_WORDS)
      .map(({ sentence, count }) => `${path}:${line}: a sentence of ${count} words: ${sentence}`),
  )
  return [...inWords(path, page, READ), ...long]
}

function inWords(path: string, page: string, rules: readonly Rule[]): string[] {
  return withoutCodeBlocks(page)
    .split('\n')
    .flatMap((line, at) => phrases(withoutCode(line), rules).map(fault => `${path}:${at + 1}: ${fault}`))
}

/** As many lines as before. */
function withoutCodeBlocks(page: string): string {
  return page.replace(/^```[\s\S]*?^```/gm, block => block.replace(/[^\n]/g, ''))
}

/** Paragraphs and list items on one line each. */
function blocksOf(text: string): { line: number; block: string }[] {
  const blocks: { line: number; block: string }[] = []
  let open = false
  for (const [at, line] of text.split('\n').entries()) {
    const isText = line.trim() !== '' && !/^\s*\||^#/.test(line)
    const last = blocks.at(-1)
    if (isText && open && last && !/^\s*(?:[-*]|\d+\.) /.test(line)) last.block += ` ${line.trim()}`
    else if (isText) blocks.push({ line: at + 1, block: line.trim() })
    open = isText
  }
  return blocks.map(({ line, block }) => ({ line, block: withoutCode(block) }))
}

/** Code counts as one word, a link as its text. */
function withoutCode(text: string): string {
  return text.replace(/`[^`]*`/g, '…').replace(/\]\([^)]*\)/g, ']')
}

function sentencesOf(text: string): string[] {
  return text.split(/(?<=[.!?]["')*]*)\s+/).filter(Boolean)
}

function phrases(text: string, rules: readonly Rule[]): string[] {
  return rules.flatMap(({ pattern, better }) => {
    const [found] = pattern.exec(text) ?? []
    return found === undefined ? [] : [`"${found}" (better: ${better}): ${text.trim().slice(0, 120)}`]
  })
}

function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith(ending))
    .map(path => join(folder, path))
}

/** One for each rule. */
const EXAMPLES: readonly string[] = [
  'nobody knows it',
  'whoever asks',
  'whatever it is',
  'somebody else',
  'everybody may',
  'set it anew',
  'leave it away',
  'a broker gone mad',
  'the whole way on the bundled file',
  'the batch is rung',
  'the zone sleeps',
  'they wait in a circle',
  'another process has seen to it',
  'what comes of it',
  'it lets go of the lock',
  'start it all the same',
  'it gets some back by and by',
  'the queue is rid of it',
  'a batch is sent at one go',
  'old ones are not kept for ever',
  'and its own event would end the process besides',
  'it starts by itself',
  'it is refused for good',
  'the books agree',
  'it was refused a moment ago',
  'after the failure was mended',
  'the price of then',
]
