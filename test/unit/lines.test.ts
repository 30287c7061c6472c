import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

/** Biome's lineWidth (120) moves no comment and splits no string. */
const MAX_LENGTH = 140

/** A line that is nothing but a regular expression, or a string without a space such as a code page, cannot be broken well. */
const UNBREAKABLE = /^\s*(?:\/(?![/*]).*\/[a-z]*|'[^' ]*')[,;)]*$/

const LEFT_OUT = [join('database', 'generated'), join('language', 'pt-br')]

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

it('no line of the sources and the tests is longer than 140 characters', () => {
  const files = ['src', 'test'].flatMap(filesOf)
  const long = files.flatMap(file =>
    readFileSync(join(ROOT, file), 'utf8')
      .split('\n')
      .flatMap((line, at) => ([...line].length > MAX_LENGTH && !UNBREAKABLE.test(line) ? [`${file}:${at + 1}`] : [])),
  )
  expect(files.length).toBeGreaterThan(500)
  expect(long).toEqual([])
})

/** Without what Prisma generates, and without the catalogue, whose texts cannot be broken. */
function filesOf(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.ts'))
    .filter(path => !LEFT_OUT.some(left => path.startsWith(left)))
    .map(path => join(folder, path))
}
