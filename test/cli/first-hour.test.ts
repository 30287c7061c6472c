import { chmodSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { stopServer } from '../../src/database/embedded/server.ts'
import { freePort } from '../../src/http/free-port.ts'
import { nodeArguments } from '../support/process.ts'
import { openTerminal, type PseudoTerminal } from '../support/pseudo-terminal.ts'
import { scratchFolder } from '../support/scratch.ts'
import { shows, type TypedCommand, tasksOf } from '../support/typed-document.ts'

const ENGLISH = tasksOf('docs/first-hour.md')

const folder = scratchFolder('first-hour')
const home = scratchFolder('first-hour-home')
afterAll(() => stopServer(home))

it('does what its thirty tasks say, typed into a terminal', async () => {
  expect(ENGLISH).toHaveLength(30)
  symlinkSync(resolve('fixtures'), join(folder, 'fixtures'))
  const path = campOnPath()
  const ports = { '127.0.0.1:9000': `127.0.0.1:${await freePort()}`, '127.0.0.1:8080': `127.0.0.1:${await freePort()}` }
  const real = (text: string) => Object.entries(ports).reduce((all, [name, port]) => all.replaceAll(name, port), text)
  const handles = new Map<string, string>()
  const terminals = new Map<string, PseudoTerminal>()
  const terminal = async (name: string) => {
    const opened =
      terminals.get(name) ?? (await openTerminal({ cwd: folder, path, env: { CAMP_HOME: home, LANG: 'C.UTF-8' } }))
    terminals.set(name, opened)
    return opened
  }
  for (const task of ENGLISH) {
    for (const block of task.blocks) {
      const at = await terminal(block.terminal)
      for (const command of block.commands) {
        const ends = block.terminal === 'first'
        await type(at, { ...command, line: withHandles(real(command.line), handles) }, real, handles, ends)
      }
    }
  }
})

async function type(
  at: PseudoTerminal,
  { line, steps }: TypedCommand,
  real: (text: string) => string,
  handles: Map<string, string>,
  ends: boolean,
): Promise<void> {
  await at.command(line)
  const expected: string[] = []
  for (const step of steps) {
    if ('shows' in step) expected.push(real(step.shows))
    else {
      await at.untilShown(shown => shows(expected, shown, handles))
      for (const key of step.presses) at.press(key)
      expected.splice(0)
    }
  }
  if (ends) {
    const code = await at.ended()
    expect([code, at.shown().join('\n')]).toEqual([0, expect.anything()])
  } else await at.untilShown(shown => shows(expected, shown, handles))
  if (!shows(expected, at.shown(), handles)) expect(at.shown().join('\n')).toBe(expected.join('\n'))
}

/** A folder with a `camp` as npm puts it on PATH. */
function campOnPath(): string {
  const path = scratchFolder('bin')
  const argv = [process.execPath, ...nodeArguments()].map(word => `'${word}'`)
  writeFileSync(join(path, 'camp'), `#!/bin/sh\nexec ${argv.join(' ')} "$@"\n`)
  chmodSync(join(path, 'camp'), 0o755)
  return path
}

function withHandles(line: string, handles: ReadonlyMap<string, string>): string {
  return [...handles].reduce((text, [documented, found]) => text.replaceAll(documented, found), line)
}
