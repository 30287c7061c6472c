import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { leaks } from './leaked.ts'
import { leaksIn } from './leaks.ts'

export interface CampProcess {
  /** What it said first on stdout. */
  firstLine: string
  kill(signal: NodeJS.Signals): void
  /** Its exit code, or the signal that ended it. */
  ended: Promise<[code: number | null, signal: NodeJS.Signals | null]>
}

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const SCRIPT = `import { main } from ${JSON.stringify(MAIN)}; process.exitCode = await main(process.argv.slice(1))`

/** A camp process, from the sources; it ends with the test. Its three streams are pipes. */
export function spawnCamp(argv: readonly string[], env: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', SCRIPT, '--', ...argv], {
    env: { ...env, PATH: process.env.PATH },
  })
  // A worker's log stands there, too.
  createInterface({ input: child.stderr }).on('line', line =>
    leaks.push(...(line.startsWith('{"level"') ? leaksIn(line) : [])),
  )
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  return Object.assign(child, { ended: once(child, 'exit') as CampProcess['ended'] })
}

/** A camp process, from the sources, that has said its first line; it ends with the test. */
export async function startCamp(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<CampProcess> {
  const child = spawnCamp(argv, env)
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
