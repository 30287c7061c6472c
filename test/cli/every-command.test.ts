import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { examplesOf } from '../../src/cli/add-command.ts'
import { EXIT_CODES } from '../../src/error-codes.ts'
import { camp } from '../support/camp.ts'
import { commandTree } from '../support/commands.ts'
import { useDatabase } from '../support/database.ts'
import { adminEnv } from '../support/login.ts'
import { spawnCamp } from '../support/process.ts'
import { scratchFolder } from '../support/scratch.ts'

/** Every command as a job of cron runs it: no terminal, no HOME, a short PATH, LANG=C. */
const CRON = { PATH: '/usr/bin:/bin', LANG: 'C', SHELL: '/bin/sh' }

/** Commands that do not end, or that change this machine or the login: they get an option that does not exist. */
const NOT_RUN = [
  ...['backup', 'demo', 'init', 'login', 'logout', 'restore', 'sandbox', 'serve', 'top', 'worker'],
  ...['db start', 'db stop', 'secret reset', 'secret rotate', 'service install', 'service status', 'service uninstall'],
]
const UNKNOWN_OPTION = '--nonsense'

const DOCUMENTED = [0, ...Object.values(EXIT_CODES)].filter(code => code !== EXIT_CODES.UNEXPECTED)
const ESCAPE = String.fromCharCode(27)

const db = useDatabase()
const commands = await commandTree()
const before = process.cwd()
let env: NodeJS.ProcessEnv

beforeAll(async () => {
  env = { ...CRON, ...(await adminEnv(db)) }
  // Examples name files to be written.
  process.chdir(scratchFolder('cron'))
})
afterAll(() => process.chdir(before))

function assertPlain(said: string, what: string): void {
  expect(said, what).not.toContain(ESCAPE)
  expect(said, what).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m)
  expect(said, what).not.toMatch(/\(y\/N\)|\(Y\/n\)/)
}

describe('a job of cron', () => {
  it('knows only commands that exist', () => {
    expect(NOT_RUN.filter(path => !commands.has(path))).toEqual([])
  })

  it.each([...commands.keys()])('may run camp %s', async path => {
    const help = await camp([...path.split(' '), '--help'], { env })
    expect([help.code, help.err]).toEqual([0, ''])
    assertPlain(help.out, path)
    expect(help.out.split('\n').filter(line => line.length > 80)).toEqual([])
    for (const line of linesOf(path)) {
      const run = await camp(line, { env })
      const what = `camp ${line.join(' ')}: ${run.code} ${run.err}`
      expect(DOCUMENTED, what).toContain(run.code)
      assertPlain(run.out + run.err, what)
      expect(run.code === 0 || run.err !== '', what).toBe(true)
    }
  })

  it.each([['whoami'], ['campaign list --json'], ['wallet remove Sul'], ['campaign show nothing']])(
    'starts camp %s as a process',
    async line => {
      const [found, { NO_COLOR: _, ...colored }] = [line.split(' '), env]
      const child = spawnCamp(found, colored)
      child.stdin.end()
      let said = ''
      for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (said += chunk))
      const [code] = await once(child, 'close')
      expect(DOCUMENTED, said).toContain(code)
      assertPlain(said, line)
    },
  )
})

/** Its examples as words, without those that fetch from a network. */
function linesOf(path: string): string[][] {
  if (NOT_RUN.includes(path)) return [[...path.split(' '), UNKNOWN_OPTION]]
  return examplesOf(commands.get(path)!)
    .filter(line => !line.includes('https://'))
    .map(line =>
      [...line.split(/ [|<>] /)[0]!.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c!).slice(1),
    )
    .map(words => words.filter(word => word !== '--yes'))
}
