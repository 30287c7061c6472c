import { describe, expect, it } from 'vitest'
import { camp } from '../../support/camp.ts'
import { commandTree, groupsOf } from '../../support/commands.ts'

/** Lines of a help text that are the same in both languages: names and values alone. */
const SAME: readonly string[] = [
  ...['{{nome}}', '(CAMP_TIMEZONE)', 'mon-sat)', 'EnvironmentFile=', '--broker B …', 'document'],
  ...['phone=TEL,document=CPF,reason=MOTIVO', 'NOAH, OTIMA_RCS, OTIMA_WPP, SALESFORCE, SANDBOX,', 'TWILIO'],
  ...['--role <role>      ADMIN, USER, AUDITOR', 'name               self-approval'],
  '--throttle <pace>         none, fixed:30s, random:20s-90s, linear:100/60m,',
  '--home <path>         CAMP_HOME (/var/lib/camp)',
  '--callbacks <name=share>  duplicated, reordered, early, unknown, forged',
  '--phone <phone=outcome>   refuse, silent, deliver, read, fail, opt_out',
  'docs/security.md, "Records that show a change".',
]

const commands = await commandTree()
const paths = ['', ...groupsOf(commands), ...commands.keys()]

describe('the help in Portuguese', () => {
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
