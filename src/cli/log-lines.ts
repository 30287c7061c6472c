import { z } from 'zod'
import type { Output } from './output.ts'

/** A line of src/log.ts. */
const line = z.looseObject({
  level: z.number(),
  time: z.iso.datetime(),
  msg: z.string().optional(),
  err: z.looseObject({ message: z.string().optional() }).optional(),
})

const WARN = 40
/** Named by the sentence itself, or for programs only. */
const OMITTED = new Set(['level', 'time', 'msg', 'err', 'pid', 'event', 'campaign'])

/** A destination of `openLog` that prints lines for people, in `timezone`; warnings as those of commands. */
export function logLines(out: Output, timezone: string): { write(json: string): void } {
  return {
    write(json) {
      const { level, text } = logText(JSON.parse(json), timezone)
      if (level >= WARN) out.warn(text)
      else out.notice(text)
    },
  }
}

/** 14:05:09 campaign finished: C261128-99561, leads 3, accepted 3 */
export function logText(json: unknown, timezone: string): { level: number; text: string } {
  const { level, time, msg = '', err, ...fields } = line.parse(json)
  const clock = new Date(time).toLocaleTimeString('sv-SE', { timeZone: timezone })
  const details = Object.entries(fields)
    .filter(([name, value]) => !OMITTED.has(name) && value !== null)
    .map(([name, value]) => `${name.replaceAll('_', ' ')} ${typeof value === 'object' ? JSON.stringify(value) : value}`)
  const about = [fields.campaign, ...details, err?.message].filter(Boolean)
  return { level, text: `${clock} ${msg}${about.length > 0 ? `: ${about.join(', ')}` : ''}` }
}
