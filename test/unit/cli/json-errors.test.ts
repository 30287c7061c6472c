import { expect, it } from 'vitest'
import { camp } from '../../support/camp.ts'
import { SECRET } from '../../support/fixtures.ts'

const env = { DATABASE_URL: 'postgres://camp@127.0.0.1:1/camp', CAMP_SECRET: SECRET, FORCE_COLOR: '1' }

it.each([
  ['an option that the command does not have', ['wallet', 'list', '--json', '--nope'], env, 'INVALID_COMMAND_LINE', 2],
  ['an argument that is missing', ['wallet', 'add', '--json'], env, 'INVALID_COMMAND_LINE', 2],
  ['a command that does not exist', ['walet', 'list', '--json'], env, 'INVALID_COMMAND_LINE', 2],
  ['a setting that is wrong', ['wallet', 'list', '--json'], { ...env, CAMP_SWEEP_MS: 'x' }, 'SETTINGS_INVALID', 2],
  [
    'a file of settings that is not there',
    ['wallet', 'list', '--json', '--env-file', '/nope'],
    env,
    'ENV_FILE_INVALID',
    2,
  ],
  [
    'two settings that conflict',
    ['wallet', 'list', '--json'],
    { ...env, CAMP_URL: 'http://127.0.0.1:1' },
    'SETTINGS_INVALID',
    2,
  ],
  ['a database that is away', ['wallet', 'list', '--json'], env, 'DATABASE_UNREACHABLE', 8],
])('with --json, %s is one JSON document on stderr, without colours', async (_, argv, env, code, exit) => {
  const run = await camp(argv, { env })
  expect([run.code, run.out]).toEqual([exit, ''])
  expect(run.err).not.toContain('\x1b')
  expect(JSON.parse(run.err)).toEqual({ error: { code, message: expect.any(String), hint: run.error().hint } })
})

it('with --json and --debug, the document has the stack', async () => {
  const run = await camp(['wallet', 'list', '--json', '--debug'], { env })
  expect(run.error()).toMatchObject({ code: 'DATABASE_UNREACHABLE', stack: expect.stringContaining('caused by') })
})

it('--json after -- is an argument: the error is a sentence', async () => {
  const run = await camp(['wallet', 'list', '--', '--json'], { env: { ...env, FORCE_COLOR: '' } })
  expect([run.code, run.err]).toEqual([2, expect.stringMatching(/^error: too many arguments/)])
})
