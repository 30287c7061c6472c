import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { examplesOf } from '../../../src/cli/add-command.ts'
import { manPages } from '../../../src/cli/man/pages.ts'
import { escaped } from '../../../src/cli/man/roff.ts'
import { speaking } from '../../../src/language/text.ts'
import { commandTree } from '../../support/commands.ts'
import { scratchFolder } from '../../support/scratch.ts'

const pages = await manPages()
const commands = await commandTree()

describe('the manual', () => {
  it('has a page for each group, and the package names all of them', () => {
    const groups = new Set([...commands.keys()].map(path => path.split(' ')[0]))
    expect([...pages.keys()].sort()).toEqual(['camp.1', ...[...groups].map(name => `camp-${name}.1`)].sort())
    const { man, files } = JSON.parse(readFileSync('package.json', 'utf8'))
    expect([...man].sort()).toEqual([...pages.keys()].map(file => `dist/man/${file}`).sort())
    expect(files).toContain('dist')
  })

  it('has every command, with its options and examples, in the page of its group', () => {
    for (const [path, command] of commands) {
      const [group = ''] = path.split(' ')
      const page = pages.get(`camp-${group}.1`)!
      expect(page, path).toContain(`\\fB${escaped(`camp ${path}`)}\\fR`)
      for (const { flags, hidden } of command.options)
        if (!hidden) expect(page, `${path} ${flags}`).toContain(`\\fB${escaped(flags)}\\fR`)
      for (const example of examplesOf(command)) expect(page, path).toContain(escaped(example))
      expect(pages.get('camp.1'), path).toContain(`\\fB${escaped(`camp ${group}`)}\\fR`)
    }
  })

  it('is English in every language', async () => {
    expect(await speaking('pt-BR', manPages)).toEqual(pages)
  })

  it.each([
    ['.ends a line', '\\&.ends a line'],
    ["--plain\n'quoted'", "\\-\\-plain\n\\&'quoted'"],
    ['a\\b', 'a\\eb'],
  ])('writes %j as text', (text, roff) => {
    expect(escaped(text)).toBe(roff)
  })

  const formatter = [
    ['mandoc', '-Tlint', '-Wwarning'],
    ['groff', '-man', '-ww', '-Tutf8', '-z'],
  ].find(([program]) => spawnSync(program!, ['--version']).error === undefined)

  it.skipIf(formatter === undefined)('is accepted by the formatter of this machine without a warning', () => {
    const folder = scratchFolder('man')
    const paths = [...pages].map(([file, page]) => {
      writeFileSync(join(folder, file), page)
      return join(folder, file)
    })
    const [program, ...options] = formatter!
    for (const path of paths) {
      const { status, stdout, stderr } = spawnSync(program!, [...options, path], { encoding: 'utf8' })
      expect([status, stdout, stderr], path).toEqual([0, '', ''])
    }
    expect(
      spawnSync(program!, [...options, '-'], { input: '.TH A 1\n.nosuchmacro\n', encoding: 'utf8' }).stderr,
    ).not.toBe('')
  })
})
