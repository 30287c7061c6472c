import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { execaNode } from 'execa'
import type { Clock } from '../clock.ts'
import type { OpenedOccurrence } from './open-due.ts'

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
export type Told = { fired: OpenedOccurrence[] } | { failed: string }

/**
 * `fireDue` in a process of its own: an import may take minutes of processor time and much memory, and the worker's event loop keeps
 * leases. It ends when it is done, and with this process. An abort asks it to stop and, where it does not hear, kills it: its
 * transaction is rolled back, and the occurrence is still due.
 * @throws Error with the sentence of what went wrong there, or how the process ended; the signal's reason once that is aborted
 */
export async function openDueApart({ databaseUrl, clock, signal }: ApartDeps): Promise<OpenedOccurrence[]> {
  signal.throwIfAborted()
  const child = execaNode(ENTRY, {
    nodeOptions: LOADER,
    ipc: true,
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'inherit',
    reject: false,
    // The end of this process closes the channel: the other leaves its work then.
    cleanup: false,
  })
  let kill: NodeJS.Timeout | undefined
  const stop = () => {
    if (child.connected) child.disconnect()
    kill = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
  }
  signal.addEventListener('abort', stop, { once: true })
  try {
    const order: Order = { databaseUrl, aheadMs: clock.now().getTime() - Date.now() }
    await child.sendMessage({ ...order }).catch(() => undefined) // one that has ended already is told by its end
    const { ipcOutput, signal: by, exitCode, originalMessage } = await child
    signal.throwIfAborted()
    const told = ipcOutput[0] as Told | undefined
    if (!told) {
      const how = by ?? (exitCode === undefined ? originalMessage : `exit code ${exitCode}`)
      throw new Error(`the import's process ended without a result: ${how}`)
    }
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
const ENTRY = fileURLToPath(new URL(`./opening-process${IS_SOURCE ? '.ts' : '.js'}`, import.meta.url))
const LOADER = IS_SOURCE ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href] : []
