import { execa } from 'execa'
import { beforeAll, describe, expect, it } from 'vitest'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { makeCampaign, makeScene } from '../support/fixtures.ts'
import { adminEnv, succeed } from '../support/login.ts'
import { scratchFolder } from '../support/scratch.ts'

const db = useDatabase()
let env: NodeJS.ProcessEnv

beforeAll(async () => {
  env = await adminEnv(db)
  await succeed(camp(['wallet', 'add', 'Norte 2', '--idgis', '2'], { env }))
  await succeed(camp(['wallet', 'add', 'Sul', '--idgis', '3'], { env }))
  await makeCampaign(db.pool, await makeScene(db.pool), { leads: 1, columns: { agendamento_id: 'C261128-2GJZ4' } })
})

const completed = async (typed: readonly string[], given: NodeJS.ProcessEnv = env) => {
  const run = await camp(['__complete', ...typed], { env: given })
  expect([run.code, run.err]).toEqual([0, ''])
  return run.out.split('\n').slice(0, -1)
}

describe('a command line is completed with', () => {
  it.each([
    ['the names of commands', ['cam'], ['campaign']],
    [
      'the names in a group',
      ['campaign', 're'],
      ['report', 'reject', 'rejects', 'resume', 'retry', 'resolve', 'repeat'],
    ],
    ['the names after an option of every command', ['--json', 'wal'], ['wallet']],
    ['the options of a command', ['campaign', 'import', '--re'], ['--repair-ninth-digit', '--rejects', '--repeat']],
    ['the options of every command', ['wallet', 'list', '--js'], ['--json']],
    ['the words of a closed option', ['campaign', 'list', '--status', 'pa'], ['PAUSED']],
    ['the words of a closed argument', ['completion', 'z'], ['zsh']],
    ['wallets, ignoring case', ['campaign', 'import', 'x.csv', '--wallet', 'nor'], ['Norte 2']],
    ['wallets as an argument', ['budget', 'show', 's'], ['Sul']],
    ['campaigns', ['campaign', 'show', 'c2611'], ['C261128-2GJZ4']],
    ['campaigns after others', ['campaign', 'run', 'C1', 'C2611'], ['C261128-2GJZ4']],
    ['nothing for a file', ['campaign', 'import', ''], []],
    ['nothing for an unknown command', ['campain', ''], []],
  ])('%s', async (_, typed, found) => {
    expect((await completed(typed)).sort()).toEqual([...found].sort())
  })

  it('nothing that needs a database that is away, that does not exist, or that cannot be read', async () => {
    const typed = ['budget', 'show', '']
    expect(await completed(typed, { DATABASE_URL: 'postgres://camp@127.0.0.1:1/camp' })).toEqual([])
    expect(await completed(typed, { CAMP_HOME: scratchFolder('completion-home') })).toEqual([])
    expect(await completed(typed, { DATABASE_URL: 'nonsense' })).toEqual([])
    expect(await completed(['--env-file', '/nope', 'budget', 'show', ''])).toEqual([])
  })
})

it('the script of bash completes by asking camp, and quotes what it answers', async () => {
  const { out } = await succeed(camp(['completion', 'bash'], { env }))
  const shell = `camp() { [ "$1" = __complete ] && printf '%s\\n' 'Norte 2' "last=$3."; }
${out}
COMP_WORDS=(camp wallet ''); COMP_CWORD=2; _camp camp; printf '%s\\n' "\${COMPREPLY[@]}"; complete -p camp`
  const { stdout } = await execa('bash', ['-c', shell])
  expect(stdout.split('\n')).toEqual(['Norte\\ 2', 'last=.', 'complete -o default -F _camp camp'])
})
