import { z } from 'zod'
import { CampError } from '../errors.ts'

/** Faults of a request. From `accept-…` on, the messages were accepted anyway. */
export const FAULTS = [
  '401', // the key is refused, in this broker's format
  '403', // forbidden: an address, a permission
  '429', // too many requests, with retry_after_s if set
  '500', // refused with a 500: the caller cannot know
  '503',
  'redirect',
  'drop', // the connection is reset before anything is accepted
  'hang', // nothing is accepted and nothing answered
  'accept-500',
  'accept-502',
  'accept-drop', // reset before the answer
  'accept-hang', // no answer
  'accept-headers', // reset after the answer's headers
  'accept-truncated', // the connection ends in the middle of the answer's body
  'accept-cut', // a complete answer with truncated JSON
  'accept-html',
  'accept-missing', // the answer omits its last message
] as const
export type SimulatedFault = (typeof FAULTS)[number]

/** Outcome of one phone's messages, regardless of the shares. */
const FATES = ['refuse', 'silent', 'deliver', 'read', 'fail', 'opt_out'] as const
export type SimulatedOutcome = (typeof FATES)[number]

const share = z.number().min(0).max(1)
const wait = z.number().int().min(0).max(3_600_000)
const milliseconds = z.union([
  wait,
  z.tuple([wait, wait]).refine(([least, most]) => least <= most, 'must go from the least to the most'),
])

const control = z.strictObject({
  /** Duration of an answer: a number of milliseconds, or [minimum, maximum]. */
  latency_ms: milliseconds,
  /** The share of messages that are refused, drawn by key. */
  refused: share,
  /** Shares of requests. */
  faults: z
    .partialRecord(z.enum(FAULTS), share)
    .refine(shares => Object.values(shares).reduce((sum, one) => sum + one, 0) <= 1, 'must not add up to more than 1'),
  /** Faults of the next requests, before the shares apply again; with `on`, of the next ones whose path contains it. */
  next: z.array(
    z.strictObject({
      fault: z.enum(FAULTS),
      times: z.number().int().min(1).default(1),
      on: z.string().min(1).optional(),
    }),
  ),
  retry_after_s: z.number().int().min(0).nullable(),
  /** Keys and phones: a request that contains one is refused as a whole, with 400. */
  poison: z.array(z.string()),
  phones: z.record(z.string(), z.enum(FATES)),
  /** By phone: what the person answers to each accepted message. `payload` is that of a pressed button, whose title is `text`. */
  replies: z.record(z.string(), z.strictObject({ text: z.string().min(1), payload: z.string().min(1).optional() })),
  /** The callback URL of a broker that does not receive one with each message. */
  callback_url: z.url().nullable(),
  /** Switches of this broker alone (defined in its file). */
  quirks: z.record(z.string(), z.unknown()),
  callbacks: z
    .strictObject({
      /** Before "delivered", and again before "read". */
      delay_ms: milliseconds,
      /** Of accepted messages; the rest is never reported. */
      delivered: share,
      failed: share,
      /** Of delivered messages. */
      read: share,
      opt_out: share,
      /** The share of callback requests that are sent twice. */
      duplicated: share,
      /** The share of messages whose statuses are sent in reverse order. */
      reordered: share,
      /** The share of requests whose first callbacks are sent before their answer. */
      early: share,
      /** The share of callback requests that are followed by one of an unknown message. */
      unknown: share,
      /** The share of callback requests that are preceded by one with a wrong signature. */
      forged: share,
    })
    .refine(({ delivered, failed }) => delivered + failed <= 1, 'delivered and failed must not add up to more than 1'),
})

export type Control = z.infer<typeof control>

export const DEFAULT_CONTROL: Control = {
  latency_ms: 0,
  refused: 0,
  faults: {},
  next: [],
  retry_after_s: null,
  poison: [],
  phones: {},
  replies: {},
  callback_url: null,
  quirks: {},
  callbacks: {
    delay_ms: 200,
    delivered: 0.95,
    failed: 0.02,
    read: 0.6,
    opt_out: 0,
    duplicated: 0,
    reordered: 0,
    early: 0,
    unknown: 0,
    forged: 0,
  },
}

/**
 * @param change the values to change; the rest stays, also within `quirks` and `callbacks`
 * @param quirks schema of this broker's quirks, with defaults
 * @throws CampError DATA naming what is wrong
 */
export function changeControl(current: Control, change: unknown, quirks: z.ZodType = NO_QUIRKS): Control {
  const given = z
    .looseObject({ callbacks: z.looseObject({}).optional(), quirks: z.looseObject({}).optional() })
    .safeParse(change)
  if (!given.success) throw impossible(given.error)
  const merged = {
    ...current,
    ...given.data,
    callbacks: { ...current.callbacks, ...given.data.callbacks },
    quirks: { ...current.quirks, ...given.data.quirks },
  }
  const checked = control.extend({ quirks: quirks as z.ZodType<Control['quirks']> }).safeParse(merged)
  if (!checked.success) throw impossible(checked.error)
  return checked.data
}

const NO_QUIRKS = z.strictObject({})

export function impossible(error: z.ZodError): CampError {
  const wrong = error.issues.map(issue => `${issue.path.join('.') || 'control'}: ${issue.message}`)
  return new CampError('SANDBOX_CONTROL_INVALID', `the control is invalid: ${wrong.join('; ')}`, {
    hint: 'GET /control shows all settings.',
  })
}
