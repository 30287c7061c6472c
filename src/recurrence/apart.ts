import { fork } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Clock } from '../clock.ts'
import type { Fired } from './fire.ts'

export interface ApartDeps {
  databaseUrl: string
  clock: Clock
  /** Ends the process; what it was at is undone. */
  signal: AbortSignal
}

/** What the process is told. */
export interface Order {
  databaseUrl: string
  /** How far the clock to go by is ahead of this machine's. */
  aheadMs: number
}

/** What the process tells, once. */
export type Told = { fired: Fired[] } | { failed: string }

/**
 * `fireDue` in a process of its own: an import may take minutes of processor time and much memory, and the worker's event loop keeps
 * leases. It ends when it is done, and with this process. An abort asks it to stop and, where it does not hear, kills it: its
 * transaction is rolled back, and the occurrence is still due.
 * @throws Error with the sentence of what went wrong there, or how the process ended; the signal's reason once that is aborted
 */
export async function fireDueApart({ databaseUrl, clock, signal }: ApartDeps): Promise<Fired[]> {
  signal.throwIfAborted()
  const child = fork(ENTRY, {
    execArgv: LOADER,
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  let kill: NodeJS.Timeout | undefined
  const stop = () => {
    if (child.connected) child.disconnect()
    kill = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
  }
  signal.addEventListener('abort', stop, { once: true })
  try {
    let told: Told | undefined
    child.once('message', message => {
      told = message as Told
    })
    const ended = new Promise<string>((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', (code, by) => resolve(by ?? `exit code ${code}`))
    })
    const order: Order = { databaseUrl, aheadMs: clock.now().getTime() - Date.now() }
    child.send(order, () => undefined) // one that has ended already is told by its end
    const how = await ended
    signal.throwIfAborted()
    if (!told) throw new Error(`the import's process ended without a result: ${how}`)
    if ('failed' in told) throw new Error(told.failed)
    return told.fired
  } finally {
    clearTimeout(kill)
    signal.removeEventListener('abort', stop)
  }
}

/** How long it may take to leave its work; one that is busy does not hear. */
const STOP_MS = 2_000

// Built it is JavaScript; from the sources it takes the loader that runs this file.
const IS_SOURCE = import.meta.url.endsWith('.ts')
const ENTRY = fileURLToPath(new URL(`./firing-process${IS_SOURCE ? '.ts' : '.js'}`, import.meta.url))
const LOADER = IS_SOURCE ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href] : []
