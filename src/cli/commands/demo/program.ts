import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { CampError } from '../../../errors.ts'

/** A camp process that runs on beside this one. */
export interface Program {
  /** What it said first on stdout: where it listens. */
  firstLine: string
  pid: number
  stop(): Promise<void>
}

/** What the shell starts as `camp`. */
export const CAMP = fileURLToPath(new URL('../../../../bin/camp.js', import.meta.url))

/** Resolves when it has printed its first line. @throws CampError UNEXPECTED when it ended before that */
export async function startProgram(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<Program> {
  const child = spawn(process.execPath, [CAMP, ...argv], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  // A second signal ends this process at once: it must not leave the other behind.
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('exit', () => process.off('exit', kill))
  let said = ''
  child.stderr.on('data', chunk => {
    said = (said + chunk).slice(-2_000)
  })
  const firstLine = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve)
    child.once('error', reject)
    child.once('exit', code =>
      reject(new CampError('DEMO_FAILED', `camp ${argv[0]} ended at once (${code})`, { hint: said.trim() })),
    )
  })
  child.stdout.resume()
  return { firstLine, pid: child.pid!, stop: () => stop(child) }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise(resolve => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
}

export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}
