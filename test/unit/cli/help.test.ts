import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { examplesOf } from '../../../src/cli/add-command.ts'
import { camp } from '../../support/camp.ts'
import { commandTree, groupsOf, parseOnly } from '../../support/commands.ts'

const env = { NO_COLOR: '1' }
const commands = await commandTree()

describe('a help text', () => {
  it('of every command and group fits 80 columns and shows no JSON as a default', async () => {
    const paths = ['', ...groupsOf(commands), ...commands.keys()]
    expect(paths.length).toBeGreaterThan(80)
    for (const path of paths) {
      const run = await camp([...path.split(' ').filter(Boolean), '--help'], { env })
      expect([run.code, run.err], path).toEqual([0, ''])
      expect(
        run.out.split('\n').filter(line => line.length > 80),
        path,
      ).toEqual([])
      expect(run.out, path).not.toMatch(/default: [{["]/)
    }
  })

  it('has examples that the program accepts', async () => {
    for (const [path, command] of commands) {
      const examples = examplesOf(command)
      expect(examples.length, path).toBeGreaterThan(1)
      for (const example of examples) {
        // It is indented by two columns.
        expect(example.length, example).toBeLessThanOrEqual(78)
        expect(example, path).toMatch(new RegExp(`^camp ${path}( |$)`))
        await expect(parseOnly(shellWords(example)), example).resolves.toBe(path)
      }
    }
  })

  it('lists the words of a closed set, once', async () => {
    const run = await camp(['campaign', 'list', '--help'], { env })
    expect(run.out.replaceAll(/\s+/g, ' ')).toContain(
      'only those in this state: PENDING_APPROVAL, APPROVED, PROCESSING',
    )
    const add = await camp(['user', 'add', '--help'], { env })
    expect(add.out.match(/ADMIN or USER|ADMIN, USER/g)).toEqual(['ADMIN, USER'])
  })

  it('lists the options that every command takes', async () => {
    const run = await camp(['wallet', 'list', '--help'], { env })
    expect(run.out).toMatch(/Global Options:\n.*--json[\s\S]*--env-file/)
    expect(run.out).not.toContain('--version')
  })

  it('uses the width of the terminal', async () => {
    const run = await camp(['campaign', 'import', '--help'], { env, terminal: 'stdout', columns: 120 })
    expect(Math.max(...run.out.split('\n').map(line => line.length))).toBeGreaterThan(80)
  })
})

describe('a word that camp does not know', () => {
  it.each([
    ['campain', 'unknown command "campain": did you mean campaign?'],
    ['wallets list', 'unknown command "wallets": did you mean wallet?'],
    ['doctr', 'unknown command "doctr": did you mean doctor?'],
    ['nonsense', 'unknown command "nonsense"'],
    ['campain --help', 'unknown command "campain": did you mean campaign?'],
    ['campaign lst', 'unknown command "lst": did you mean list?'],
    ['campaign lst --status FAILED', 'unknown command "lst": did you mean list?'],
    ['campaign repeat lst', 'unknown command "lst": did you mean list?'],
    ['help foo', 'unknown command "foo"'],
    ['help campaign imprt', 'unknown command "imprt": did you mean import?'],
    ['campaign import x.csv --walet Sul', 'unknown option "--walet": did you mean --wallet?'],
    ['wallet list --nope', 'unknown option "--nope"'],
    ['--nope wallet list', 'unknown option "--nope"'],
    ['broker add X', "required options '--adapter <adapter>' and '--cost <amount>' not specified"],
    ['broker add X --adapter SANDBOX', "required option '--cost <amount>' not specified"],
    ['wallet add', "missing required argument 'name'"],
  ])('camp %s', async (line, message) => {
    const run = await camp(line.split(' '), { env })
    expect([run.code, run.out, run.err.split('\n')[0]]).toEqual([2, '', `error: ${message}`])
    const json = await camp([...line.split(' ').filter(word => word !== '--help'), '--json'], { env })
    expect([json.code, json.error()]).toMatchObject([2, { code: 'INVALID_COMMAND_LINE', message }])
  })
})

describe('help is asked for', () => {
  it.each([
    ['help campaign import', 'Usage: camp campaign import '],
    ['campaign help import', 'Usage: camp campaign import '],
    ['help campaign', 'Usage: camp campaign '],
    ['help worker --brokers', 'Usage: camp worker '],
    ['campaign repeat', 'Usage: camp campaign repeat '],
    ['campaign', 'Usage: camp campaign '],
    ['help', 'Usage: camp '],
    ['', 'Usage: camp '],
  ])('by camp %s, on stdout', async (line, first) => {
    const run = await camp(line.split(' ').filter(Boolean), { env })
    expect([run.code, run.err]).toEqual([0, ''])
    expect(run.out.startsWith(first)).toBe(true)
  })

  it('not by a group with --json: that is an error', async () => {
    const run = await camp(['campaign', '--json'], { env })
    expect([run.code, run.out, run.error().message]).toEqual([2, '', 'a subcommand is missing'])
  })
})

it.each([['--json wallet list'], ['wallet --json list'], ['wallet list --json']])(
  'camp %s: the options of every command stand before and after its name',
  async line => {
    const run = await camp(line.split(' '), { env: { ...env, DATABASE_URL: 'postgres://camp@127.0.0.1:1/camp' } })
    expect([run.code, run.error().code]).toEqual([8, 'DATABASE_UNREACHABLE'])
  },
)

it('every command in the recipes of docs/cli.md is one that the program accepts', async () => {
  const blocks = [...readFileSync('docs/cli.md', 'utf8').matchAll(/^```\n([^`]*)^```/gm)].map(([, block]) => block!)
  const lines = blocks.flatMap(block => block.match(/camp [^|)\n]*/g) ?? [])
  expect(lines.length).toBeGreaterThan(7)
  for (const line of lines) {
    const words = shellWords(line.replace(/ 2>.*$/, ''))
    // The shell appends what xargs reads.
    if (words.join(' ') === 'camp campaign show --json') words.push('ID')
    await expect(parseOnly(words), line).resolves.not.toBe('')
  }
})

/** The words of a line as a shell reads them, up to a pipe or a redirection. */
function shellWords(line: string): string[] {
  return [...line.split(/ [|<>] /)[0]!.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!)
}
