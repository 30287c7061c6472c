import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { describe, expect, it } from 'vitest'

/** A document and its translation. Each file of docs/pt-BR translates the file of its name in docs. */
const PAIRS: readonly (readonly [english: string, portuguese: string])[] = [
  ['README.md', 'README.pt-BR.md'],
  ...(existsSync('docs/pt-BR') ? readdirSync('docs/pt-BR') : []).map(
    name => [`docs/${name}`, `docs/pt-BR/${name}`] as const,
  ),
]

describe.each(PAIRS)('%s and %s', (english, portuguese) => {
  const [one, other] = [english, portuguese].map(path => readFileSync(path, 'utf8')) as [string, string]

  it('have headings of the same levels', () => {
    expect(levelsOf(other)).toEqual(levelsOf(one))
  })

  it('have the same commands in their code', () => {
    expect(commandsOf(other)).toEqual(commandsOf(one))
  })

  it('link to the same places, and to each other', () => {
    const [from, to] = [targetsOf(english, one), targetsOf(portuguese, other)]
    expect(to).toEqual(from)
    expect(from).toContain(english)
  })

  it('have as many rows in their tables', () => {
    const rows = (text: string) => text.match(/^\|.*\|$/gm)?.length
    expect(rows(other)).toBe(rows(one))
  })
})

function levelsOf(text: string): number[] {
  return (outsideCode(text).match(/^#+(?= )/gm) ?? []).map(marks => marks.length)
}

/** The lines of code that start camp or npm, without what follows two blanks. */
function commandsOf(text: string): string[] {
  return blocksOf(text)
    .flatMap(block => block.split('\n'))
    .filter(line => /^(?:camp|npm|node) /.test(line))
    .map(line => line.replace(/ {2,}.*$/, ''))
}

/** Paths from the root; a translation counts as its original, and headings within it have other names. */
function targetsOf(path: string, text: string): string[] {
  const translated = PAIRS.map(([original]) => original)
  return [...outsideCode(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => (target!.startsWith('#') ? path : posix.join(posix.dirname(path), target!)))
    .map(target => target.replace(/^docs\/pt-BR\//, 'docs/'))
    .map(target => target.replace('README.pt-BR.md', 'README.md'))
    .map(target => translated.find(original => target.startsWith(`${original}#`)) ?? target)
    .sort()
}

function blocksOf(text: string): string[] {
  return text.match(/^```[\s\S]*?^```$/gm) ?? []
}

function outsideCode(text: string): string {
  return text.replace(/^```[\s\S]*?^```$/gm, '')
}
