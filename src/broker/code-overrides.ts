import { z } from 'zod'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import { storableText } from '../message/characters.ts'
import { CODE_CLASSES, type CodeClass } from './codes.ts'
import { MOST } from './storable.ts'

/** What an ADMIN decided about a code of a broker: its class, and the time of `later` and `wait`. */
export interface CodeOverride {
  readonly class: CodeClass
  readonly afterMs?: number | undefined
}

/** By code. */
export type CodeOverrides = Readonly<Record<string, CodeOverride>>

/** A time of `later` or `wait` is a month at most. */
const MAX_AFTER_MS = 31 * 24 * 3_600_000

const overrides = z.record(
  z.string().min(1).max(MOST.code),
  z.strictObject({
    class: z.enum(CODE_CLASSES),
    afterMs: z.int().min(1).max(MAX_AFTER_MS).optional(),
  }),
)

/** Reads `Broker.codes`. @throws ZodError: it was not written by camp */
export function codeOverridesOf(stored: unknown): CodeOverrides {
  return overrides.parse(stored)
}

/** Reads `Broker.codes`, which a newer camp may have written. @returns undefined if this version cannot read it */
export function readableOverrides(stored: unknown): CodeOverrides | undefined {
  return overrides.safeParse(stored).data
}

/** By code: its new class, or null for that of the adapter's table. */
export type CodeChanges = Readonly<Record<string, CodeOverride | null>>

/**
 * Reads changes as they are typed: CODE=CLASS, CODE=CLASS:TIME with a time of later or wait (90s, 10m, 24h, 7d), CODE=default.
 * @throws CampError INVALID_ARGUMENT, which names the text; FIELD_TWICE: a code is named twice
 */
export function parseCodeChanges(texts: readonly string[]): CodeChanges {
  const changes = new Map<string, CodeOverride | null>()
  for (const text of texts) {
    // A code may contain the sign; no class does.
    const at = text.lastIndexOf('=')
    const code = text.slice(0, Math.max(at, 0)).trim()
    if (code === '' || storableText(code, MOST.code) !== code) {
      throw invalid(text, t`A code has 1 to ${MOST.code} characters: --code 132015=stop`)
    }
    if (changes.has(code)) throw new CampError('FIELD_TWICE', t`--code names "${code}" twice`)
    const override = parseOverride(text, text.slice(at + 1).trim())
    if (override !== null && PROVES_NOTHING.test(code)) {
      throw invalid(
        text,
        t`${code} does not prove that nothing was taken: its messages stay in doubt, and no class changes that`,
      )
    }
    changes.set(code, override)
  }
  return Object.fromEntries(changes)
}

/** An answer with such a status may follow after the messages were taken (classify-response.ts). */
const PROVES_NOTHING = /^HTTP_(408|5\d\d)$/

/** The word that removes an override. */
const DEFAULT = 'default'

function parseOverride(text: string, typed: string): CodeOverride | null {
  if (typed === DEFAULT) return null
  const [word, time, ...rest] = typed.split(':')
  const codeClass = CODE_CLASSES.find(known => known === word)
  if (codeClass === undefined) throw invalid(text, t`Classes: ${[...CODE_CLASSES, DEFAULT].join(', ')}.`)
  if (time === undefined) return { class: codeClass }
  const afterMs = msOf(time)
  if (rest.length > 0 || afterMs === undefined || !TIMED.includes(codeClass)) {
    throw invalid(text, t`Only later and wait have a time, at most 31d: --code 63049=later:24h`)
  }
  return { class: codeClass, afterMs }
}

function invalid(text: string, hint: string): CampError {
  return new CampError('INVALID_ARGUMENT', t`--code "${text}" is not a code and its class`, { hint })
}

const TIMED: readonly CodeClass[] = ['later', 'wait']
const UNITS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 } as const

function msOf(time: string): number | undefined {
  const found = /^([1-9]\d{0,6})([smhd])$/.exec(time)
  const ms = found ? Number(found[1]) * UNITS[found[2] as keyof typeof UNITS] : undefined
  return ms !== undefined && ms <= MAX_AFTER_MS ? ms : undefined
}

/** The overrides after the changes. */
export function changedOverrides(overrides: CodeOverrides, changes: CodeChanges): CodeOverrides {
  const kept = Object.entries({ ...overrides, ...changes }).filter(([, override]) => override !== null)
  return Object.fromEntries(kept) as CodeOverrides
}

/** As they are typed: "132015=stop, 63049=later:24h". */
export function overridesText(overrides: CodeOverrides): string {
  return Object.entries(overrides)
    .map(([code, override]) => `${code}=${classText(override)}`)
    .join(', ')
}

/** "stop", "later:24h". */
export function classText({ class: codeClass, afterMs }: CodeOverride): string {
  if (afterMs === undefined) return codeClass
  const unit = (['d', 'h', 'm', 's'] as const).find(
    unit => afterMs % UNITS[unit] === 0 && (unit !== 'd' || afterMs > UNITS.d),
  )
  return `${codeClass}:${unit ? `${afterMs / UNITS[unit]}${unit}` : `${afterMs}ms`}`
}
