import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { applyEnvFile } from '../../../src/cli/env-file.ts'
import { parseEnvFile } from '../../../src/env-file.ts'
import { scratchFolder } from '../../support/scratch.ts'

const read = (text: string) => parseEnvFile(text, '/etc/camp.env')

function fileOf(text: string | Buffer): string {
  const file = join(scratchFolder('env'), 'camp.env')
  writeFileSync(file, text)
  return file
}

/** Expected by systemd's src/basic/env-file.c, state by state. */
const CASES: readonly [string, string, string][] = [
  ['a bare value', 'A=b', 'b'],
  ['nothing expanded, nothing cut', 'A=x&y$HOME#z;w', 'x&y$HOME#z;w'],
  ['spaces within', 'A=one two  three', 'one two  three'],
  ['white space around', ' \tA \t= \t b \t\n', 'b'],
  ['an equals sign in a value', 'A=b=c==', 'b=c=='],
  ['nothing', 'A=\nB=1', ''],
  ['single quotes, as they are', `A='a "b" \\n $x #'`, 'a "b" \\n $x #'],
  ['double quotes with escapes', 'A="a \\"b\\" \\\\ \\$ \\` \\n \\x"', 'a "b" \\ $ ` \\n \\x'],
  ['spaces in quotes', `A="  b  "  `, '  b  '],
  ['quoted parts that follow each other', `A="a"'b' c`, 'abc'],
  ['a quote within a bare value', `A=it's "so"`, `it's "so"`],
  ['a value of several lines in quotes', `A="a\nb"`, 'a\nb'],
  ['a line that goes on', 'A=one \\\n two\nB=1', 'one  two'],
  ['a line that goes on in double quotes', 'A="one\\\ntwo"', 'onetwo'],
  ['an escaped character', 'A=a\\ \\#\\\\b\\"', 'a #\\b"'],
  ['an escaped space at the end', 'A=a\\ ', 'a '],
  ['line ends of Windows', 'A=b\r\nB=c\r\n', 'b'],
  ['comments', '# A=1\n; A=2\n  # A=3\nA=4\n#A=5', '4'],
  ['a comment that ends with a backslash', '# x \\\nA=1', '1'],
  ['the last of two', 'A=1\nA=2', '2'],
  ['no line break at the end', 'B=1\nA=2 ', '2'],
  ['other letters', 'A=ação 😀', 'ação 😀'],
]

describe('a file of settings is read as systemd reads EnvironmentFile=', () => {
  it.each(CASES)('%s', (_name, text, value) => {
    expect(read(text).A).toBe(value)
  })

  it.each([
    ['a line without "="', 'A=1\n\nnothing here\n', 3, '"nothing here" has no "="'],
    ['export', 'A=1\nexport B=2', 2, '"export" is not allowed'],
    ['a name that is none', '# x\n1A=2', 2, '"1A" is not a valid name'],
    ['no name', '=2', 1, '"=2" has no "="'],
    ['a quote that is not closed', 'A=1\nB="2\nC=3\n', 2, 'the quote of B is not closed'],
    ['NUL', 'A=1\nB=\0', 2, 'it contains a NUL character'],
  ])('%s is an error of its line', (_name, text, line, words) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({ code: 'ENV_FILE_INVALID', message: `/etc/camp.env, line ${line}: ${words}` }),
    )
  })
})

describe('--env-file PATH', () => {
  const file = fileOf('A=file\nB=file\n')

  it.each([
    [['--env-file', file, 'wallet', 'list', '--json']],
    [['wallet', '--env-file', file, 'list', '--json']],
    [['wallet', 'list', '--json', `--env-file=${file}`]],
  ])('stands anywhere, and wins over the environment: %#', argv => {
    const env: NodeJS.ProcessEnv = { A: 'mine', C: 'mine' }
    expect(applyEnvFile(argv, { env })).toEqual(['wallet', 'list', '--json'])
    expect(env).toEqual({ A: 'file', B: 'file', C: 'mine' })
  })

  it('is CAMP_ENV_FILE where it is not given', () => {
    const env: NodeJS.ProcessEnv = { CAMP_ENV_FILE: file }
    expect(applyEnvFile(['worker'], { env })).toEqual(['worker'])
    expect(env.A).toBe('file')
    const other: NodeJS.ProcessEnv = { CAMP_ENV_FILE: file }
    applyEnvFile(['worker', '--env-file', fileOf('B=other')], { env: other })
    expect(other).toEqual({ CAMP_ENV_FILE: file, B: 'other' })
  })

  it('after -- is a word like any other', () => {
    expect(applyEnvFile(['fish', 'add', '--', '--env-file'], { env: {} })).toEqual(['fish', 'add', '--', '--env-file'])
  })

  it.each([
    ['no path', ['--env-file'], '--env-file requires the path of a file'],
    ['an option for a path', ['--env-file', '--json'], '--env-file requires the path of a file'],
    ['no such file', ['--env-file', '/nowhere/camp.env'], 'the settings in /nowhere/camp.env cannot be read: ENOENT'],
    ['a folder', ['--env-file', tmpdir()], `the settings in ${tmpdir()} cannot be read: EISDIR`],
  ])('%s: an error that says so', (_name, argv, words) => {
    expect(() => applyEnvFile(argv, { env: {} })).toThrow(
      expect.objectContaining({ kind: 'USAGE', message: expect.stringContaining(words) }),
    )
  })

  it('a file that is not UTF-8: an error that says so', () => {
    const latin1 = fileOf(Buffer.from('A=a\xe7\xe3o', 'latin1'))
    expect(() => applyEnvFile(['--env-file', latin1], { env: {} })).toThrow(
      expect.objectContaining({ code: 'ENV_FILE_INVALID' }),
    )
  })
})

it('camp with a wrong file ends with 2, and names file and line', async () => {
  const { camp } = await import('../../support/camp.ts')
  const file = fileOf('A=1\nexport B=2\n')
  const run = await camp(['wallet', 'list', '--env-file', file], { env: {} })
  expect(run).toMatchObject({ code: 2, out: '' })
  expect(run.err).toMatch(/^error: .*camp\.env, line 2: "export" is not allowed\n {2}A line is KEY=value/)
})
