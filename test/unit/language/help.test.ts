import { describe, expect, it } from 'vitest'
import { camp } from '../../support/camp.ts'
import { commandTree, groupsOf } from '../../support/commands.ts'

/** Groups and commands whose help is all in Portuguese; '' is that of camp itself. An entry is added once its texts are tagged. */
const DONE: readonly string[] = ['', 'completion']

/** Lines of a help text that are the same in both languages. */
const SAME: readonly string[] = []

const commands = await commandTree()
const paths = ['', ...groupsOf(commands), ...commands.keys()].filter(path => DONE.includes(path.split(' ')[0]!))

describe('the help in Portuguese', () => {
  it('is known for each group that is done', () => {
    expect(DONE.filter(group => !paths.includes(group))).toEqual([])
  })

  it.each(paths)('of camp %s has no line of the English one', async path => {
    const [english, portuguese] = [await helpOf(path, 'en'), await helpOf(path, 'pt-BR')]
    expect(portuguese.filter(line => english.includes(line) && !SAME.includes(line.trim()))).toEqual([])
  })

  it.each(paths)('of camp %s fits 80 columns', async path => {
    expect((await helpOf(path, 'pt-BR')).filter(line => line.length > 80)).toEqual([])
  })
})

/** The lines that have words, except command lines. */
async function helpOf(path: string, language: string): Promise<string[]> {
  const { out } = await camp([...path.split(' ').filter(Boolean), '--help'], { env: { CAMP_LANG: language } })
  return out.split('\n').filter(line => /\p{L}/u.test(line) && !/^ {2}camp /.test(line))
}
