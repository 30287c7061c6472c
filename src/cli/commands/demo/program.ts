import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { execa, type ResultPromise } from 'execa'
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

/** Resolves when it has printed its first line. @throws CampError DEMO_FAILED when it ended before that */
export async function startProgram(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<Program> {
  const child = execa(process.execPath, [CAMP, ...argv], {
    env,
    extendEnv: false,
    stdin: 'ignore',
    buffer: false,
    reject: false,
    // A second signal ends this process at once: it must not leave the other behind.
    cleanup: true,
    killSignal: 'SIGKILL',
    // `stop` waits for a worker's drain.
    forceKillAfterDelay: false,
  })
  let said = ''
  child.stderr.on('data', chunk => {
    said = (said + chunk).slice(-2_000)
  })
  const firstLine = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([line]) => String(line)),
    child.then(({ exitCode, originalMessage }) => {
      const how = exitCode ?? originalMessage
      throw new CampError('DEMO_FAILED', `camp ${argv[0]} ended during its start (${how})`, { hint: said.trim() })
    }),
  ])
  child.stdout.resume()
  return { firstLine, pid: child.pid!, stop: () => stop(child) }
}

/** Resolves when it has ended, also where it had before. */
async function stop(child: Pick<ResultPromise, 'kill'> & PromiseLike<unknown>): Promise<void> {
  child.kill('SIGTERM')
  await child
}
