import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { counted } from '../support/regex-steps.ts'

/**
 * Every regular expression of src/ on texts that are made for it: what stands before one of its loops, then what the loop takes, again
 * and again, then something that does not fit. Twice the text may take twice the steps, and no more.
 */

interface Written {
  pattern: RegExp
  file: string
}

/** Those whose text is short for another reason, or no stranger's. */
const BOUNDED: readonly { file: string; begins: string; why: string }[] = [
  { file: 'src/recipient/phone.ts', begins: '[^\\d+\\s', why: 'a cell of 200 characters at most' },
  { file: 'src/message/no-value.ts', begins: '^(?:R\\$|US\\$', why: 'a value of 40 characters at most' },
  { file: 'src/message/zero-date.ts', begins: '^(.+?)(?:[ T]+', why: 'a value of 40 characters at most' },
  { file: 'src/security/password-rules.ts', begins: '^(.+?)\\1+$', why: 'a password of 1,024 characters at most' },
  { file: 'src/security/password-rules.ts', begins: '[^a-z]*$', why: 'a password of 1,024 characters at most' },
  { file: 'src/config.ts', begins: '\\/+$', why: 'an address that an operator has set' },
  { file: 'src/broker/wire-format.ts', begins: '\\/+$', why: 'an address that an ADMIN has set' },
  { file: 'src/database/schema-engine.ts', begins: '\\n\\s*0: ', why: "an error of camp's own migrations" },
]

const written: Written[] = []

beforeAll(async () => {
  const sources = files('src').filter(file => file.endsWith('.ts') && !/generated|^src.sandbox/.test(file))
  const made: string[] = []
  for (const file of sources) {
    const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)
    const visit = (node: ts.Node): void => {
      if (ts.isRegularExpressionLiteral(node)) {
        const [, text = '', flags] = /^\/(.*)\/(\w*)$/s.exec(node.text) ?? []
        written.push({ pattern: new RegExp(text, flags), file })
      } else if (ts.isNewExpression(node) && node.expression.getText() === 'RegExp') made.push(file)
      ts.forEachChild(node, visit)
    }
    visit(source)
  }
  // Patterns that are put together: their modules are loaded once more, and heard.
  for (const file of new Set(made)) {
    vi.resetModules()
    const Original = RegExp
    vi.stubGlobal(
      'RegExp',
      new Proxy(Original, {
        construct: (target, given) => {
          const pattern = Reflect.construct(target, given) as RegExp
          written.push({ pattern, file })
          return pattern
        },
      }),
    )
    await import(join(process.cwd(), file)).finally(() => vi.unstubAllGlobals())
  }
})

afterAll(() => vi.unstubAllGlobals())

it('finds the regular expressions of src/', () => {
  expect(written.length).toBeGreaterThan(300)
})

it('takes twice the steps for twice the text, at most', () => {
  const slow = written
    .filter(({ file, pattern }) => !BOUNDED.some(one => one.file === file && pattern.source.startsWith(one.begins)))
    .flatMap(({ file, pattern }) => {
      const text = hostileTextFor(pattern)
      return text === undefined ? [] : [`${file} ${pattern} on ${JSON.stringify(text)}`]
    })
  expect(slow).toEqual([])
})

it('leaves out none that is gone', () => {
  const gone = BOUNDED.filter(
    one => !written.some(({ file, pattern }) => file === one.file && pattern.source.startsWith(one.begins)),
  )
  expect(gone).toEqual([])
})

it.each([
  [/^(a+)+$/, true],
  [/\s+$/, true],
  [/^=\s*[-+]*\s*x/, true],
  [/(?<=\d\s*)\+/, true],
  [/(#{4,})[^#]*\1/, true],
  [/^\s+$/, false],
  [/a{1,40}b/, false],
  [/(?<!\{)\{+x/, false],
])('%s is told by its steps', (pattern, isSlow) => {
  expect(hostileTextFor(pattern) !== undefined).toBe(isSlow)
})

const LENGTH = 300
/** A scan of so many steps for a character is no loop within a loop. */
const FEW = 12
const MANY = 1000
const TWICE_AND_A_LITTLE = 3
/** What stands between the beginning of a text and what is repeated, and what stands behind it. */
const AROUND = [
  ['', '\0'],
  ['', 'a'],
  ['', '<'],
  ['a', '\0'],
] as const

/** @returns the beginning of a text on which its steps grow faster than the text */
function hostileTextFor(pattern: RegExp): string | undefined {
  const { loops, stepsIn } = counted(pattern)
  for (const { before, pumps } of loops) {
    for (const pump of pumps) {
      for (const [start, suffix] of AROUND) {
        const text = (length: number) => before + start + pump.repeat(Math.ceil(length / pump.length)) + suffix
        const steps = stepsIn(text(LENGTH), MANY * LENGTH)
        if (steps < FEW * LENGTH) continue
        const most = steps === Number.POSITIVE_INFINITY ? MANY * LENGTH : TWICE_AND_A_LITTLE * steps
        if (stepsIn(text(2 * LENGTH), most) === Number.POSITIVE_INFINITY) return text(20).slice(0, 40)
      }
    }
  }
  return undefined
}

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
}
