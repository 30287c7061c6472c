import { fstatSync } from 'node:fs'
import pino from 'pino'
import type { LogLevel } from './config.ts'
import type { LOG_EVENTS, LogEvent } from './log-events.ts'
import { masked } from './mask.ts'
import { visibleJson } from './visible.ts'

/**
 * JSON lines on stderr, for systemd or a log collector. Each event has one level; another level does not compile. Callers never
 * pass a credential; phones and documents are masked here, in every line.
 */
export type Log = { [Level in 'debug' | 'info' | 'warn' | 'error']: (fields: FieldsOf<Level>, message: string) => void }

interface FieldsOf<Level> {
  event: EventsOf<Level>
  /** The thrown value: its type, message, stack and causes are logged. */
  err?: unknown
  /** A campaign's handle. */
  campaign?: string | undefined
  /** A batch's id. */
  batch?: string
  attempt?: number
  /** A broker's name. */
  broker?: string
  /** A wallet's name. */
  wallet?: string
  [field: string]: unknown
}

type EventsOf<Level> = { [Event in LogEvent]: (typeof LOG_EVENTS)[Event] extends Level ? Event : never }[LogEvent]

/** Where the lines go: stderr by default. */
interface LogOutput {
  destination?: pino.DestinationStream
  /** DEVICE:INODE of the journal's stream (JOURNAL_STREAM): if stderr is that stream, each line begins with its priority. */
  journalStream?: string | undefined
}

export function openLog(level: LogLevel, { destination = openStderr(), journalStream }: LogOutput = {}): Log {
  const isJournal = journalStream !== undefined && journalStream === streamOf(2)
  return pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: pino.stdSerializers.errWithCause },
      hooks: { streamWrite: isJournal ? line => priorityOf(line) + safeLine(line) : safeLine },
    },
    destination,
  )
}

function openStderr(): pino.DestinationStream {
  const destination = pino.destination({ dest: 2, sync: true })
  // A terminal or a collector that has closed accepts no more lines, and must not end the process.
  destination.on('error', () => undefined)
  return destination
}

function streamOf(fd: number): string | undefined {
  try {
    const { dev, ino } = fstatSync(fd)
    return `${dev}:${ino}`
  } catch {
    return undefined
  }
}

/** The prefix that the journal takes off a line: journalctl -p err finds by it. */
export function priorityOf(line: string): string {
  const { level } = JSON.parse(line) as { level: number }
  return level >= 50 ? '<3>' : level >= 40 ? '<4>' : level >= 30 ? '<6>' : '<7>'
}

/** JSON escapes C0; a terminal that shows a log also interprets C1 and bidi characters. */
function safeLine(line: string): string {
  return `${visibleJson(JSON.stringify(masked(JSON.parse(line))))}\n`
}
