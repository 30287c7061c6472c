import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { execaNode } from 'execa'
import type { Clock } from '../clock.ts'
import type { OpenedOccurrence } from './open-due.ts'

export interface ApartDeps {
  databaseUrl: string
  clock: Clock
  /** Ends the process; its transaction is rolled back. */
  signal: AbortSignal
}

/** The process's input. */
export interface Order {
  databaseUrl: string
  /** Offset of the caller's clock from this machine's. */
  aheadMs: number
}

/** The process's single answer. */
export type Told = { fired: OpenedOccurrence[] } | { failed: string }

/**
 * `openDueOccurrences` in a process of its own: an import may take minutes of CPU and much memory, and the worker's event
 * loop must renew leases. The process ends with its work or with its parent. An abort asks it to stop and then kills it: its
 * transaction is rolled back and the occurrence stays due.
 * @throws Error with the child's error or exit; the signal's reason after an abort
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
    // The channel closes with this process; the child then stops.
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
    await child.sendMessage({ ...order }).catch(() => undefined) // a child that has ended is reported by its exit
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

/** Time to stop before it is killed. */
const STOP_MS = 2_000

// JavaScript when built; from source it uses the same loader as this file.
const IS_SOURCE = import.meta.url.endsWith('.ts')
const ENTRY = fileURLToPath(new URL(`./opening-process${IS_SOURCE ? '.ts' : '.js'}`, import.meta.url))
const LOADER = IS_SOURCE ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href] : []
