import pino from 'pino'
import type { LogLevel } from './config.ts'
import { visibleJson } from './visible.ts'

/** JSON lines on stderr, for systemd or a log collector. Callers never pass a credential, and mask what names a person. */
export type Log = pino.Logger

export function openLog(level: LogLevel): Log {
  const destination = pino.destination({ dest: 2, sync: true })
  // A terminal or a collector that is gone takes no more lines, and must not end the work.
  destination.on('error', () => undefined)
  // JSON escapes C0; a terminal that shows a log obeys C1 and bidi, too.
  const hooks = { streamWrite: visibleJson }
  return pino({ level, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime, hooks }, destination)
}
