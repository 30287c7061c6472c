import { chmodSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { stopServer } from '../../src/database/embedded/server.ts'
import { freePort } from '../../src/http/free-port.ts'
import { nodeArguments } from '../support/process.ts'
import { openTerminal, type PseudoTerminal } from '../support/pseudo-terminal.ts'
import { scratchFolder } from '../support/scratch.ts'
import { shows, type TypedCommand, tasksOf } from '../support/typed-document.ts'

const LANGUAGES = [
  { tasks: tasksOf('docs/first-hour.md'), LANG: 'C.UTF-8' },
  { tasks: tasksOf('docs/pt-BR/first-hour.md'), LANG: 'pt_BR.UTF-8' },
]

it('are thirty tasks in both languages', () => {
  expect(LANGUAGES.map(({ tasks }) => tasks.length)).toEqual([30, 30])
})

it.each([
  { first: 0, odd: 'English', even: 'Portuguese' },
  { first: 1, odd: 'Portuguese', even: 'English' },
])('does what its thirty tasks say: the odd ones in $odd, the even ones in $even', async ({ first }) => {
  const [folder, home] = [scratchFolder('first-hour'), scratchFolder('first-hour-home')]
  onTestFinished(async () => {
    await stopServer(home)
  })
  symlinkSync(resolve('fixtures'), join(folder, 'fixtures'))
  const path = campOnPath()
  const ports = { '127.0.0.1:9000': `127.0.0.1:${await freePort()}`, '127.0.0.1:8080': `127.0.0.1:${await freePort()}` }
  const real = (text: string) => Object.entries(ports).reduce((all, [name, port]) => all.replaceAll(name, port), text)
  const handles = new Map<string, string>()
  const terminals = new Map<string, PseudoTerminal>()
  for (let i = 0; i < 30; i++) {
    const { tasks, LANG } = LANGUAGES[(first + i) % 2]!
    for (const { terminal, commands } of tasks[i]!.blocks) {
      const name = `${terminal} ${LANG}`
      const at = terminals.get(name) ?? (await openTerminal({ cwd: folder, path, env: { CAMP_HOME: home, LANG } }))
      terminals.set(name, at)
      for (const { line, steps } of commands) {
        const command = { line: withHandles(real(line), handles), steps }
        await type(at, command, { real, handles, ends: terminal === 'first' })
      }
    }
  }
})

interface Typing {
  real: (text: string) => string
  handles: Map<string, string>
  /** Whether the command ends; a worker does not. */
  ends: boolean
}

async function type(at: PseudoTerminal, { line, steps }: TypedCommand, { real, handles, ends }: Typing): Promise<void> {
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
