import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { inject, onTestFinished } from 'vitest'
import { leaks } from './leaked.ts'
import { leaksIn } from './leaks.ts'

export interface CampProcess {
  /** What it said first on stdout. */
  firstLine: string
  kill(signal: NodeJS.Signals): void
  /** Its exit code, or the signal that ended it. */
  ended: Promise<[code: number | null, signal: NodeJS.Signals | null]>
}

const TSX = import.meta.resolve('tsx')
const inBin = (name: string) => fileURLToPath(new URL(`../../bin/${name}`, import.meta.url))

/**
 * What Node is to be given before a command line of camp's. The built program starts in half the time; from the sources where they
 * have changed since it was built.
 */
export function nodeArguments(): string[] {
  return inject('isBuilt') ? ['--', inBin('camp.js')] : ['--import', TSX, '--', inBin('from-source.js')]
}

/** A camp process; it ends with the test. Its three streams are pipes. @param options.path a folder that is first in its PATH */
export function spawnCamp(argv: readonly string[], env: NodeJS.ProcessEnv, { path }: { path?: string } = {}) {
  const PATH = [path, process.env.PATH].filter(Boolean).join(':')
  const child = spawn(process.execPath, [...nodeArguments(), ...argv], { env: { ...env, PATH } })
  // A worker's log stands there, too.
  createInterface({ input: child.stderr }).on('line', line =>
    leaks.push(...(line.startsWith('{"level"') ? leaksIn(line) : [])),
  )
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  return Object.assign(child, { ended: once(child, 'exit') as CampProcess['ended'] })
}

/** A camp process that has said its first line; it ends with the test. */
export async function startCamp(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  options: { path?: string } = {},
): Promise<CampProcess> {
  const child = spawnCamp(argv, env, options)
  child.stdin.end()
  child.stderr.pipe(process.stderr, { end: false })
  const { ended } = child
  const firstLine = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([line]) => String(line)),
    ended.then(([code]) => {
      throw new Error(`camp ${argv.join(' ')} ended at once (${code})`)
    }),
  ])
  return { firstLine, kill: signal => child.kill(signal), ended }
}
