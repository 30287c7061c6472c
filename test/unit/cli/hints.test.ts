import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CommandUnknownOpts } from '@commander-js/extra-typings'
import ts from 'typescript'
import { beforeAll, describe, expect, it } from 'vitest'
import { commandTree } from '../../support/commands.ts'

/** What a message, a help text or a document tells a person to type must be there. */
let commands: Map<string, CommandUnknownOpts>
let groups: Set<string>
beforeAll(async () => {
  commands = await commandTree()
  groups = new Set([...commands.keys()].flatMap(path => prefixes(path.split(' '))))
})

const HELP = ['--help', '--version']
/** "camp" that is not followed by a command: prose. */
const PROSE = new Set([
  'as',
  'can',
  'did',
  'does',
  'for',
  'has',
  'help',
  'in',
  'is',
  'may',
  'needs',
  'on',
  'sends',
  'to',
  'uses',
  'with',
  'writes',
])
/** Names of connections and locks. */
const NAMES = [
  'src/dispatch/closing/claim.ts: camp closing',
  'src/intake/store.ts: camp import',
  'src/queue/postgres.ts: camp queue',
]

interface Mention {
  where: string
  text: string
}

describe('every command that is named', () => {
  it.each([
    ['Run: camp campaign aprove ID', 'camp campaign aprove'],
    ['See: camp history', 'camp history'],
    ['An ADMIN sets it: camp budget set W 2026-11 --limit 3', 'camp budget set --limit'],
    ['camp campaign repeat stop ID', 'camp campaign repeat stop'],
    ['See: camp campaign list. Then: camp campaign run ID --now', undefined],
    ['camp does not know it; camp wallet, budget and fish are set up first', undefined],
  ])('%s', (text, wrong) => {
    expect(wrongIn({ where: 'x', text })).toEqual(wrong === undefined ? [] : [`x: ${wrong}`])
  })

  it('in a message or a help text is one of the program, with its options', () => {
    const mentions = sources('src').flatMap(path => literals(path).map(text => ({ where: path, text })))
    expect(mentions.length).toBeGreaterThan(1_000)
    expect(mentions.flatMap(wrongIn).filter(wrong => !NAMES.includes(wrong))).toEqual([])
  })

  it('in the README and the docs is one of the program, with its options', () => {
    const mentions = ['README.md', ...documents()].flatMap(path => code(path).map(text => ({ where: path, text })))
    expect(mentions.length).toBeGreaterThan(100)
    expect(mentions.flatMap(wrongIn)).toEqual([])
  })
})

it('every document that a message names is there, with the heading that it names', () => {
  const named = sources('src').flatMap(path =>
    literals(path).flatMap(text =>
      [...text.matchAll(/docs\/[\w/-]+\.md(?:, "([^"]+)")?/g)].map(([whole, heading]) => ({ whole, heading })),
    ),
  )
  expect(named.length).toBeGreaterThan(0)
  const vague = sources('src').flatMap(path => literals(path).filter(text => /docs\/[\w/-]+\.md [a-z]/.test(text)))
  expect(vague, 'a heading is named as docs/FILE.md, "Heading"').toEqual([])
  for (const { whole, heading } of named) {
    const file = whole.split(',')[0]!
    expect(existsSync(file), whole).toBe(true)
    if (heading !== undefined) expect(readFileSync(file, 'utf8'), whole).toContain(`## ${heading}\n`)
  }
})

/** @returns a line for each command or option that is not there */
function wrongIn({ where, text }: Mention): string[] {
  return [...text.matchAll(/\bcamp ([a-z][^\n`'"”|;]*)/g)].flatMap(([, rest]) => {
    const words = rest!.split(/[\s,.:()]+/).filter(Boolean)
    const path = longest(words)
    if (path === undefined) return PROSE.has(words[0]!) ? [] : [`${where}: camp ${words[0]}`]
    const next = words[path.length]
    const name = path.join(' ')
    const command = commands.get(name)
    // A group that is named as such, or with a list of its commands, or a placeholder.
    if (command === undefined)
      return next === undefined || !/^[a-z]/.test(next) || isSentence(rest!, path)
        ? []
        : [`${where}: camp ${name} ${next}`]
    const given = rest!.split(/[.:;(]\s|→/)[0]!.match(/--[a-z][a-z-]+/g) ?? []
    const known = [command, programOf(command)]
      .flatMap(each => each.options)
      .flatMap(option => [option.long, option.negate ? option.long?.replace('--', '--no-') : null])
    return given
      .filter(flag => !known.includes(flag) && !HELP.includes(flag))
      .map(flag => `${where}: camp ${name} ${flag}`)
  })
}

function programOf(command: CommandUnknownOpts): CommandUnknownOpts {
  return command.parent ? programOf(command.parent) : command
}

/** "camp budget, ledger": the words after it are not its commands. */
function isSentence(rest: string, path: readonly string[]): boolean {
  return /^[,.:)]/.test(rest.slice(path.join(' ').length))
}

function longest(words: readonly string[]): string[] | undefined {
  let path: string[] | undefined
  for (const prefix of prefixes(words.slice(0, 3))) if (groups.has(prefix)) path = prefix.split(' ')
  return path
}

function prefixes(words: readonly string[]): string[] {
  return words.map((_, i) => words.slice(0, i + 1).join(' '))
}

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.ts') && !/^(?:database\/generated|language\/pt-br)\//.test(path))
    .map(path => join(folder, path))
}

function documents(): string[] {
  return readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.md'))
    .map(path => join('docs', path))
}

/** The texts of a source, what is filled in standing as ID. Parts that are added up count as one. */
function literals(path: string): string[] {
  const texts: string[] = []
  const textOf = (node: ts.Node): string | undefined => {
    if (ts.isStringLiteralLike(node)) return node.text
    if (ts.isTemplateExpression(node))
      return node.head.text + node.templateSpans.map(span => `ID${span.literal.text}`).join('')
    if (ts.isParenthesizedExpression(node)) return textOf(node.expression)
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
      const [left, right] = [textOf(node.left), textOf(node.right)]
      return left === undefined && right === undefined ? undefined : `${left ?? 'ID'}${right ?? 'ID'}`
    }
    return undefined
  }
  const within = (node: ts.Node): void => {
    if (ts.isTemplateExpression(node)) for (const span of node.templateSpans) visit(span.expression)
    else if (ts.isParenthesizedExpression(node)) within(node.expression)
    else if (ts.isBinaryExpression(node))
      for (const side of [node.left, node.right]) (textOf(side) === undefined ? visit : within)(side)
  }
  const visit = (node: ts.Node): void => {
    const text = textOf(node)
    if (text !== undefined) {
      texts.push(text)
      within(node)
    } else ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true))
  return texts
}

/** What a document shows as code: spans and blocks, line by line, lines that go on joined. */
function code(path: string): string[] {
  const text = readFileSync(path, 'utf8')
  const blocks = [...text.matchAll(/^```[a-z]*\n([\s\S]*?)^```/gm)].flatMap(([, block]) =>
    block!
      .replaceAll('\\\n', ' ')
      .split('\n')
      .map(line => line.split(/\s{3,}|\s#\s/)[0]!),
  )
  const spans = [...text.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`]+)`/g)].map(([, span]) => span!)
  return [...blocks, ...spans]
}
