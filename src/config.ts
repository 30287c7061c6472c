import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { CampError } from './errors.ts'
import { t } from './language/text.ts'
import { wrongValue } from './language/wrong-value.ts'

/**
 * Every setting of camp, read from the environment once per process. Nothing else reads process.env.
 *
 * Without DATABASE_URL camp runs embedded: its own PostgreSQL below `home`.
 */
export interface Config {
  databaseUrl: string | undefined
  /** The same database without a pooler such as PgBouncer in between, for the queue and for migrations. */
  directUrl: string | undefined
  redisUrl: string | undefined
  home: string
  /**
   * The secret from which all keys for sealing and signing are derived. Undefined: embedded mode generates one and keeps it in
   * `home`.
   */
  secret: string | undefined
  token: string | undefined
  /** Of the old system's database (`camp legacy import`): it is not typed into a command line. */
  legacyPassword: string | undefined
  /** The server (`camp serve`) that runs commands. */
  serverUrl: string | undefined
  publicUrl: string | undefined
  httpTimeoutMs: number | undefined
  leaseMs: number | undefined
  sweepMs: number
  timezone: string
  logLevel: LogLevel
  /** Set by systemd: its socket for messages, and the watchdog's interval if there is one. */
  notify: { socket: string; watchdogMs: number | undefined } | undefined
  /** Set by systemd: DEVICE:INODE of the journal's stream, which stderr may be. */
  journalStream: string | undefined
  /** How a worker logs; undefined: lines for people on a terminal, otherwise JSON. */
  logFormat: 'json' | 'text' | undefined
  /** Settings of an earlier camp that are still in the environment, each as a sentence: they have no effect. */
  outdated: readonly string[]
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

const milliseconds = (least: number) =>
  z.coerce
    .number()
    .int()
    .min(least)
    .max(24 * 3_600_000)

const url = (...protocols: string[]) =>
  z.string().superRefine((value, context) => {
    // Of several servers the first: redis+sentinel://a,b/name.
    const first = value.split(',')[0]!
    if (!protocols.some(protocol => value.startsWith(`${protocol}//`)))
      context.addIssue(t`must be a URL that begins with one of ${protocols.map(p => `${p}//`).join(', ')}`)
    else if (!URL.canParse(first) || (value.startsWith('redis') && !isDecodable(value)))
      context.addIssue(
        t`cannot be read as a URL: in a password write @ as %40, / as %2F, # as %23, ? as %3F and % as %25`,
      )
  })

/** Redis clients decode user and password of a URL; a PostgreSQL URL may contain a bare %. */
function isDecodable(url: string): boolean {
  try {
    decodeURIComponent(url)
    return true
  } catch {
    return false
  }
}

const environment = z.object({
  DATABASE_URL: url('postgres:', 'postgresql:').optional(),
  REDIS_URL: url('redis:', 'rediss:', 'redis+sentinel:', 'redis+cluster:', 'rediss+cluster:').optional(),
  CAMP_DIRECT_URL: url('postgres:', 'postgresql:').optional(),
  CAMP_HOME: z.string().optional(),
  CAMP_SECRET: z.string().min(16).optional(),
  CAMP_TOKEN: z.string().optional(),
  CAMP_LEGACY_PASSWORD: z.string().optional(),
  CAMP_URL: url('http:', 'https:').optional(),
  CAMP_PUBLIC_URL: url('http:', 'https:').optional(),
  CAMP_HTTP_TIMEOUT_MS: milliseconds(100).optional(),
  CAMP_LEASE_MS: milliseconds(500).optional(),
  CAMP_SWEEP_MS: milliseconds(100).default(15_000),
  CAMP_TIMEZONE: z
    .string()
    .default('America/Sao_Paulo')
    .refine(isTimeZone, { error: () => t`must be a time zone such as America/Sao_Paulo` }),
  LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
  NOTIFY_SOCKET: z.string().optional(),
  WATCHDOG_USEC: z.coerce.number().int().positive().optional(),
  WATCHDOG_PID: z.coerce.number().int().optional(),
  JOURNAL_STREAM: z.string().optional(),
  CAMP_LOG: z.enum(['json', 'text']).optional(),
})

const SELF_APPROVAL_MOVED =
  'CAMP_SELF_APPROVAL has no effect: an ADMIN sets it for the whole installation: camp setting set self-approval allow|deny'

/** @throws CampError USAGE, naming each variable that is wrong. An empty variable counts as not set. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const read = environment.safeParse(set, { error: wrongValue })
  if (!read.success) {
    const wrong = read.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`)
    throw new CampError('SETTINGS_INVALID', t`settings from the environment are wrong: ${wrong.join('; ')}`)
  }
  const e = read.data
  return {
    databaseUrl: e.DATABASE_URL,
    directUrl: e.DATABASE_URL && (e.CAMP_DIRECT_URL ?? e.DATABASE_URL),
    redisUrl: e.REDIS_URL,
    // Only on access: with DATABASE_URL and CAMP_TOKEN a process needs no folder, and may have none.
    get home() {
      return resolve(e.CAMP_HOME ?? defaultHome())
    },
    secret: e.CAMP_SECRET,
    token: e.CAMP_TOKEN,
    legacyPassword: e.CAMP_LEGACY_PASSWORD,
    serverUrl: e.CAMP_URL?.replace(/\/+$/, ''),
    publicUrl: e.CAMP_PUBLIC_URL?.replace(/\/+$/, ''),
    httpTimeoutMs: e.CAMP_HTTP_TIMEOUT_MS,
    leaseMs: e.CAMP_LEASE_MS,
    sweepMs: e.CAMP_SWEEP_MS,
    timezone: e.CAMP_TIMEZONE,
    logLevel: e.LOG_LEVEL,
    notify: e.NOTIFY_SOCKET === undefined ? undefined : { socket: e.NOTIFY_SOCKET, watchdogMs: watchdogMs(e) },
    journalStream: e.JOURNAL_STREAM,
    logFormat: e.CAMP_LOG,
    outdated: set.CAMP_SELF_APPROVAL === undefined ? [] : [SELF_APPROVAL_MOVED],
  }
}

/** The watchdog of another process, which passed its environment on, is not ours. */
function watchdogMs({ WATCHDOG_USEC, WATCHDOG_PID }: z.infer<typeof environment>): number | undefined {
  if (WATCHDOG_USEC === undefined || (WATCHDOG_PID ?? process.pid) !== process.pid) return undefined
  return WATCHDOG_USEC / 1_000
}

/** camp's own version, from package.json. */
export function campVersion(): string {
  const file = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return z.object({ version: z.string() }).parse(JSON.parse(file)).version
}

/**
 * Root's own folder is closed to the user that PostgreSQL must run as (it refuses to run as root), so root's data is where a
 * service's data is.
 */
function defaultHome(): string {
  if (process.getuid?.() === 0) return '/var/lib/camp'
  try {
    const folder = homedir()
    if (folder !== '') return join(folder, '.camp')
  } catch {
    // No HOME, and the user id has no entry in passwd: reported below.
  }
  throw new CampError(
    'HOME_UNUSABLE',
    t`the user ${process.getuid?.() ?? ''} has no home folder, and CAMP_HOME is not set`,
    {
      hint: t`Set CAMP_HOME to a folder that this user may write to.`,
    },
  )
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
