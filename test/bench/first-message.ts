import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { CAMP } from '../../src/cli/commands/demo/program.ts'
import { freePort } from '../../src/http/free-port.ts'
import { type Measurement, say, single } from './measure.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const MOST_SECONDS = 90
const ROWS = 200

/**
 * The commands of README's first campaign, as they stand there, on an empty CAMP_HOME: until a message is shown as delivered, and as
 * read. Only ports, the month and the contact hours are replaced, and what a person without a terminal must add (--yes).
 */
export async function measureFirstMessage(): Promise<Measurement[]> {
  const home = mkdtempSync(join(tmpdir(), 'camp-first-'))
  const folder = mkdtempSync(join(tmpdir(), 'camp-files-'))
  const stage = new Stage(home, folder)
  const from = performance.now()
  const elapsed = () => (performance.now() - from) / 1000
  try {
    writeFileSync(join(folder, 'mailing.csv'), firstRows())
    let handle = ''
    for (const line of await commandsOfReadme()) {
      say(`${elapsed().toFixed(1).padStart(6)} s  camp ${line.words.join(' ')}`)
      if (line.isBeside) await stage.start(line.words)
      else if (line.words[1] === 'run') {
        stage.run([...withHandle(line.words, handle).filter(word => word !== '--wait')])
        break
      } else handle = handleIn(stage.run(withHandle(line.words, handle))) ?? handle
    }
    const delivered = await shown(stage, handle, 'delivered', elapsed)
    const read = await shown(stage, handle, 'read', elapsed)
    const what = 'first message on an empty CAMP_HOME shown as'
    return [single(`${what} delivered`, 's', [delivered], MOST_SECONDS), single(`${what} read`, 's', [read])]
  } finally {
    await stage.close()
    rmSync(home, { recursive: true, force: true })
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Camp with an empty environment, and the processes that run beside the commands. */
class Stage {
  readonly #env: NodeJS.ProcessEnv
  readonly #folder: string
  readonly #beside: { end: () => Promise<void> }[] = []

  constructor(home: string, folder: string) {
    this.#env = { PATH: process.env.PATH, CAMP_HOME: home, LANG: 'C' }
    this.#folder = folder
  }

  run(words: readonly string[]): string {
    const options = { env: this.#env, cwd: this.#folder, encoding: 'utf8' as const }
    const { status, stdout, stderr } = spawnSync(process.execPath, [CAMP, ...words], options)
    if (status !== 0) throw new Error(`camp ${words.join(' ')} ended with ${status}: ${stderr}`)
    return stdout
  }

  /** Resolves when it listens. */
  async start(words: readonly string[]): Promise<void> {
    const child = spawn(process.execPath, [CAMP, ...words], { env: this.#env, stdio: ['ignore', 'pipe', 'ignore'] })
    const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
    this.#beside.unshift({
      end: () => {
        child.kill('SIGTERM')
        return ended
      },
    })
    await Promise.race([
      new Promise(resolve => child.stdout.once('data', resolve)),
      ended.then(() => Promise.reject(new Error(`camp ${words[0]} ended during its start`))),
    ])
    child.stdout.resume()
  }

  async close(): Promise<void> {
    for (const { end } of this.#beside) await end()
    spawnSync(process.execPath, [CAMP, 'db', 'stop', '--yes'], { env: this.#env })
  }
}

interface Line {
  words: string[]
  /** In another terminal. */
  isBeside: boolean
}

async function commandsOfReadme(): Promise<Line[]> {
  const text = readFileSync(join(ROOT, 'README.md'), 'utf8').split('## The first real campaign')[1]!
  const block = /^```\n([^`]*)^```/m.exec(text)![1]!
  const [sandbox, worker] = [await freePort(), await freePort()]
  const month = new Date().toISOString().slice(0, 7)
  const adapted = block
    .replaceAll('127.0.0.1:9000', `127.0.0.1:${sandbox}`)
    .replaceAll('127.0.0.1:8080', `127.0.0.1:${worker}`)
    .replaceAll(/\b20\d\d-\d\d\b/g, month)
  return adapted.split('\n').filter(Boolean).map(lineOf)
}

function lineOf(line: string): Line {
  const [command = '', remark = ''] = line.split(/\s+# /)
  const words = [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double ?? single ?? plain!,
  )
  const isImport = words[2] === 'import'
  // It is measured at night and on Sundays, too.
  const hours = isImport ? ['--hours', '00:00-24:00', '--days', 'mon-sun', '--allow-holidays'] : []
  const quiet = isImport && !words.includes('--dry-run') ? ['--quiet'] : []
  const yes = words[2] === 'approve' ? ['--yes'] : []
  return { words: [...words.slice(1), ...hours, ...quiet, ...yes], isBeside: remark.includes('in another terminal') }
}

const HANDLE = /\bC\d{6}-[0-9A-Z]{5}\b/

function withHandle(words: readonly string[], handle: string): string[] {
  return words.map(word => (HANDLE.test(word) ? handle : word))
}

function handleIn(text: string): string | undefined {
  return HANDLE.exec(text)?.[0]
}

/** Resolves when the report of the campaign counts a message as `what`. @returns the seconds until then */
async function shown(stage: Stage, handle: string, what: 'delivered' | 'read', elapsed: () => number): Promise<number> {
  while (elapsed() < 3 * MOST_SECONDS) {
    const { counts } = JSON.parse(stage.run(['campaign', 'show', handle, '--json']))
    if (counts.READ > 0 || (what === 'delivered' && counts.DELIVERED > 0)) return elapsed()
    await delay(200)
  }
  throw new Error(`no message is shown as ${what} after ${3 * MOST_SECONDS} s`)
}

function firstRows(): string {
  const lines = readFileSync(join(ROOT, 'fixtures/demo/mailing.csv'), 'utf8').split('\n')
  return `${lines.slice(0, ROWS + 1).join('\n')}\n`
}
