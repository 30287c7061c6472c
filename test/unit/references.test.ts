import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'

/** What a comment, a message or a document refers to must be there: a document, its heading, a file, a decision. */
const ROOTS = ['src', 'test', 'docs', '.github', '.ci', 'prisma/schema.prisma', 'README.md', 'CONTRIBUTING.md']
const GENERATED = 'src/database/generated'
/** Its own examples are broken on purpose. */
const SELF = 'test/unit/references.test.ts'

describe('every reference', () => {
  it.each([
    ['src/a.ts', 'see docs/nothing.md', 'docs/nothing.md'],
    ['src/a.ts', 'see docs/brokers.md#nothing', 'docs/brokers.md#nothing'],
    ['src/a.ts', 'see docs/brokers.md, "Nothing"', 'docs/brokers.md, "Nothing"'],
    ['docs/a.md', '[rules](rules.md#no-such-heading)', 'rules.md#no-such-heading'],
    ['docs/a.md', '[here](#nothing)', '#nothing'],
    ['src/a.ts', 'as in src/broker/nothing.ts', 'src/broker/nothing.ts'],
    ['src/a.ts', 'by decision 9999', 'decision 9999'],
    ['docs/a.md', 'docs/decisions/9999', 'docs/decisions/9999'],
    ['src/a.ts', 'the table (DESIGN 5)', 'DESIGN 5'],
    ['src/a.ts', 'the body (brokers.md 7.1)', 'brokers.md 7.1'],
    ['docs/a.md', '[a](brokers.md#the-last-step), docs/rules.md#pace, src/errors.ts, decision 1', undefined],
    ['docs/decisions/a.md', '[rules](../rules.md#hours-days-and-holidays)', undefined],
  ])('in %s: %s', (path, text, wrong) => {
    expect(brokenIn(path, text)).toEqual(wrong === undefined ? [] : [`${path}:1: ${wrong}`])
  })

  it('in sources, tests and documents leads to something', () => {
    const paths = ROOTS.flatMap(textsBelow).filter(path => path !== SELF)
    expect(paths.length).toBeGreaterThan(300)
    expect(paths.flatMap(path => brokenIn(path, readFileSync(path, 'utf8')))).toEqual([])
  })
})

/** @returns "file:line: reference" of each that leads nowhere */
function brokenIn(path: string, text: string): string[] {
  return text
    .split('\n')
    .flatMap((line, i) => brokenInLine(path, line).map(reference => `${path}:${i + 1}: ${reference}`))
}

function brokenInLine(path: string, line: string): string[] {
  const named = all(line, /(?<![\w/.-])docs\/[\w/-]+\.md(?:#[\w-]+)?/g).filter(target => !isTarget(target))
  const linked = path.endsWith('.md') ? all(line, /(?<=\]\()[^)\s]+(?=\))/g) : []
  const dead = linked.filter(target => !/^[a-z]+:/.test(target) && !isTarget(fromFile(path, target)))
  const headings = [...line.matchAll(/(docs\/[\w/-]+\.md), "([^"]+)"/g)]
    .filter(([, document = '', heading = '']) => !isTarget(`${document}#${slugOf(heading)}`))
    .map(([whole]) => whole)
  const files = all(line, /(?<![\w/.-])(?:src|test)\/[\w/.-]+\.ts\b/g).filter(target => !existsSync(target))
  const decisions = all(line, /\bdecision \d+|docs\/decisions\/\d+/gi).filter(target => !isDecision(target))
  const sections = all(line, /\bDESIGN(?:\.md)?,? ?[§\d][\d.]*|\b[\w-]+\.md,? ?§? ?\d+(?:\.\d+)*/g)
  return [...named, ...dead, ...headings, ...files, ...decisions, ...sections].filter(
    target => !target.startsWith('docs/FILE.md'),
  )
}

function all(line: string, pattern: RegExp): string[] {
  return [...line.matchAll(pattern)].map(([found]) => found)
}

/** A link as it stands in `path` → from the repository's root. */
function fromFile(path: string, target: string): string {
  return target.startsWith('#') ? path + target : normalize(join(dirname(path), target))
}

function isTarget(target: string): boolean {
  const [path = '', anchor] = target.split('#')
  return existsSync(path) && (anchor === undefined || anchorsOf(path).has(anchor))
}

const anchors = new Map<string, ReadonlySet<string>>()

/** A heading's anchor, as GitHub makes it; of headings that are alike, the later ones are numbered. */
function anchorsOf(path: string): ReadonlySet<string> {
  const known = anchors.get(path)
  if (known) return known
  const seen = new Map<string, number>()
  const found = new Set<string>()
  for (const [, heading = ''] of withoutCode(readFileSync(path, 'utf8')).matchAll(/^#{1,6} +(.+?) *$/gm)) {
    const slug = slugOf(heading)
    const before = seen.get(slug) ?? 0
    seen.set(slug, before + 1)
    found.add(before === 0 ? slug : `${slug}-${before}`)
  }
  anchors.set(path, found)
  return found
}

/** A "#" within a code block is a comment, not a heading. */
function withoutCode(text: string): string {
  return text.replace(/^```[\s\S]*?^```/gm, '')
}

function slugOf(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-')
}

const DECISIONS: ReadonlySet<number> = new Set(
  readdirSync('docs/decisions').flatMap(name => all(name, /^\d{4}/g).map(Number)),
)

function isDecision(reference: string): boolean {
  return DECISIONS.has(Number(/\d+$/.exec(reference)?.[0]))
}

function textsBelow(root: string): string[] {
  if (!existsSync(root)) return []
  if (/\.\w+$/.test(root.slice(1))) return [root]
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && (/\.(ts|md|js)$/.test(entry.name) || !entry.name.includes('.')))
    .map(entry => join(entry.parentPath, entry.name))
    .filter(path => !path.startsWith(GENERATED))
}
