import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

/**
 * What is printed is encoded where it is printed. A write elsewhere would go past it: each file that may name a stream stands
 * here, with what it does there.
 */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  // Encodes and writes.
  'cli/output.ts': ['.stdout', 'stderr', 'chalk'],
  // Makes a bar that output.ts draws.
  'cli/bar.ts': ['cli-progress'],
  // Hands stderr to inquirer, which draws what output.ts has encoded.
  'cli/screen.ts': ['stderr', '@inquirer/core'],
  // Asks whether there is a terminal to draw on.
  'cli/commands/campaign/approve/handlers.ts': ['.stderr'],
  // Encodes and writes commander's help.
  'cli/streams.ts': ['stdout', 'stderr'],
  // Encodes what inquirer asks.
  'cli/prompt.ts': ['.stderr', 'inquirer'],
  // Hands the process's own streams over, and waits until they are written.
  'cli/main.ts': ['process.stdout', 'process.stderr', '.stdout', '.stderr'],
  // Gives another run of camp its streams.
  'cli/commands/demo/run-camp.ts': ['.stderr'],
  // Writes what a shell asks for: names that `visible` leaves as they are.
  'cli/completion/complete.ts': ['.stdout'],
  // Reads what a program of the demo says.
  'cli/commands/demo/program.ts': ['child.std', '.stdout', '.stderr'],
  // Read what PostgreSQL's tools and the schema engine say.
  'database/embedded/server.ts': ['.stdout', '.stderr'],
  'database/migrations.ts': ['{ stdout } ='],
  // Hands the terminal's streams to frames of a server, which are encoded there.
  'cli/remote.ts': ['stdout', 'stderr'],
  // Read what PostgreSQL's programs say, and pass one's output to another.
  'backup/restore.ts': ['.stdout', '.stderr'],
  'backup/tools.ts': ['.stdout', '.stderr'],
  // Reads what systemctl says.
  'service/systemctl.ts': ['stdout', 'stderr'],
  // Gives a client's streams to the run of camp that is made for it.
  'serve/run.ts': ['.stdout', '.stderr'],
  // Writes to a file of its own.
  'sandbox/journal.ts': ['writeSync'],
}

const STREAMS =
  /\bprocess\.std(?:out|err)\b|\.std(?:out|err)\b|\{[^{}]*\bstd(?:out|err)\b[^{}]*\} = |\bconsole\.|\bwriteSync\b|from 'inquirer'|from '@inquirer\/core'|import\('inquirer'\)|'cli-progress'|'chalk'/g

it('only what encodes it writes to a terminal', () => {
  const found = sources().flatMap(path => {
    const uses = [...readFileSync(join('src', path), 'utf8').matchAll(STREAMS)].map(([use]) => use)
    return uses.filter(use => !(ALLOWED[path] ?? []).some(word => use.includes(word))).map(use => `${path}: ${use}`)
  })
  expect(found).toEqual([])
})

it('no code puts an escape sequence together', () => {
  const found = sources().filter(path => /\\x1b|\\u001b|\\u\{1b\}|\\033/i.test(readFileSync(join('src', path), 'utf8')))
  expect(found).toEqual([])
})

function sources(): string[] {
  return readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
    path => path.endsWith('.ts') && !path.startsWith('database/generated'),
  )
}
