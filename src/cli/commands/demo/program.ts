import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { execa, type ResultPromise } from 'execa'
import { CampError } from '../../../errors.ts'
import { t } from '../../../language/text.ts'

/** A camp process that runs beside this one. */
export interface Program {
  /** The first line of its stdout: where it listens. */
  firstLine: string
  pid: number
  stop(): Promise<void>
}

/** The script that a shell starts as `camp`. */
export const CAMP = fileURLToPath(new URL('../../../../bin/camp.js', import.meta.url))

/** Resolves when the process has printed its first line. @throws CampError DEMO_FAILED if it ends before that */
export async function startProgram(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<Program> {
  const child = execa(process.execPath, [CAMP, ...argv], {
    env,
    extendEnv: false,
    stdin: 'ignore',
    buffer: false,
    reject: false,
    // A second signal ends this process at once: the child must not outlive it.
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
      throw new CampError('DEMO_FAILED', t`camp ${argv[0]!} ended during its start (${how ?? t`no exit code`})`, {
        hint: said.trim(),
      })
    }),
  ])
  child.stdout.resume()
  return { firstLine, pid: child.pid!, stop: () => stop(child) }
}

/** Resolves when the process has ended, also if it had ended before. */
async function stop(child: Pick<ResultPromise, 'kill'> & PromiseLike<unknown>): Promise<void> {
  child.kill('SIGTERM')
  await child
}
