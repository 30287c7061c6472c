import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { filesIn, parseSource } from '../../../src/recurrence/source-folder.ts'
import { scratchFolder } from '../../support/scratch.ts'

const root = scratchFolder('folder')

function write(name: string, second: number): void {
  writeFileSync(join(root, name), 'x')
  utimesSync(join(root, name), second, second + 0.0004)
}

it('a folder and a pattern', async () => {
  expect(await parseSource(`${root}/*.csv`)).toEqual({ folder: root, pattern: '*.csv' })
  expect(await parseSource('src/a.csv')).toEqual({ folder: join(process.cwd(), 'src'), pattern: 'a.csv' })
})

it.each([
  ['/nowhere/*.csv', 'NOT_FOUND'],
  ['in*/*.csv', 'USAGE'],
  ['src/**', 'USAGE'],
  ['src/', 'USAGE'],
])('%s is refused: %s', async (text, kind) => {
  await expect(parseSource(text)).rejects.toMatchObject({ kind, hint: expect.any(String) })
})

it('finds what matches and is newer, the newest first; no folder, no hidden file', async () => {
  write('a.csv', 1_000)
  write('b.csv', 3_000)
  write('c.csv', 2_000)
  write('c.csv.part', 9_000)
  write('.hidden.csv', 9_000)
  mkdirSync(join(root, 'folder.csv'))
  const names = async (after: number, pattern = '*.csv') =>
    (await filesIn({ folder: root, pattern }, after))?.map(file => file.name)
  expect(await names(Number.NEGATIVE_INFINITY)).toEqual(['b.csv', 'c.csv', 'a.csv'])
  // To the millisecond, which is what the database keeps.
  expect(await names(2_000_000)).toEqual(['b.csv'])
  expect(await names(0, '{a,c}.csv')).toEqual(['c.csv', 'a.csv'])
  expect(await names(0, 'a.csv')).toEqual(['a.csv'])
  expect(await filesIn({ folder: join(root, 'gone'), pattern: '*' }, 0)).toBeUndefined()
})
