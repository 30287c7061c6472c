import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A script of this folder in a process of its own. */
export interface Script {
  pid: number
  /** Its next line on stdout. @throws Error if it ends first */
  line(): Promise<string>
  /** Resolves when it has ended. */
  stop(): Promise<void>
}

/** @param argument what the script reads with `argumentOf` */
export function startScript(name: string, argument: object): Script {
  const script = fileURLToPath(new URL(name, import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', script, JSON.stringify(argument)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const ended = once(child, 'exit')
  return {
    pid: child.pid!,
    line: async () => {
      const { value, done } = await lines.next()
      if (done) throw new Error(`${name} has ended`)
      return value
    },
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** What `startScript` was given. */
export function argumentOf<Argument>(): Argument {
  return JSON.parse(process.argv[2]!) as Argument
}
