import { type FaultRule, faultOf, hintOf, type PublicWord, ruleFor } from '../database/fault.ts'
import { DATABASE_FAULTS, encodeHint } from '../database/fault-table.ts'
import type { ErrorCode } from '../error-codes.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'

/** Redis reports the kind of an error in the first word of its answer. */
export const REDIS_FAULTS: readonly FaultRule[] = [
  {
    name: 'NOAUTH',
    message: /^NOAUTH\b/,
    kind: 'AUTH',
    word: 'refused',
    says: () => t`Redis requires a password, and REDIS_URL has none`,
    hint: () => t`redis://:PASSWORD@HOST:6379, or redis://USER:PASSWORD@HOST:6379. ${encodeHint()}`,
  },
  {
    name: 'WRONGPASS, invalid password',
    message: /^WRONGPASS\b|invalid password|^ERR AUTH\b/,
    kind: 'AUTH',
    word: 'refused',
    says: () => t`Redis refuses the login`,
    hint: () => t`Check the user and the password in REDIS_URL. ${encodeHint()}`,
  },
  {
    name: 'NOPERM',
    message: /^NOPERM\b/,
    kind: 'AUTH',
    word: 'refused',
    says: () => t`the Redis user lacks a permission`,
    hint: () => t`On the server: ACL SETUSER NAME ~{camp}* &* +@all -@dangerous +info +keys`,
  },
  {
    name: 'READONLY, MASTERDOWN',
    message: /^(READONLY|MASTERDOWN)\b/,
    kind: 'UNREACHABLE',
    word: 'read-only',
    says: () => t`Redis accepts no writes`,
    hint: () => t`REDIS_URL names a replica: name the primary, or the sentinels (redis+sentinel://HOST,HOST/NAME).`,
  },
  {
    name: 'OOM',
    message: /^OOM\b/,
    kind: 'UNREACHABLE',
    word: 'full',
    says: () => t`Redis has no memory left`,
    hint: () => t`Raise its maxmemory.`,
  },
  {
    name: 'MISCONF',
    message: /^MISCONF\b/,
    kind: 'UNREACHABLE',
    word: 'full',
    says: () => t`Redis cannot write to its disk, and accepts no writes`,
    hint: () => t`Free space on its disk, and see its log.`,
  },
  {
    name: 'LOADING, BUSY, TRYAGAIN, CLUSTERDOWN',
    message: /^(LOADING|BUSY|TRYAGAIN|CLUSTERDOWN)\b/,
    kind: 'UNREACHABLE',
    word: 'busy',
    says: () => t`Redis does not answer yet`,
    hint: () => t`Wait until it has started, or its cluster is complete again.`,
  },
  {
    name: 'ERR max number of clients reached',
    message: /max number of clients/,
    kind: 'UNREACHABLE',
    word: 'busy',
    says: () => t`Redis has no connection left`,
    hint: () => t`Run fewer workers, or raise its maxclients.`,
  },
  {
    name: 'ERR This instance has cluster support disabled, MOVED, CROSSSLOT',
    message: /cluster support disabled|^(MOVED|CROSSSLOT)\b/,
    kind: 'UNREACHABLE',
    word: 'refused',
    says: () => t`REDIS_URL names a cluster and the server is not one, or the reverse`,
    hint: () => t`redis:// for one server, redis+cluster://HOST,HOST for a cluster.`,
  },
  {
    name: 'a certificate that is not trusted, or TLS on one side only',
    code: /^(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_\w+|CERT_\w+|ERR_TLS_\w+|ERR_SSL_\w+|EPROTO)$/,
    kind: 'UNREACHABLE',
    word: 'refused',
    says: () => t`the TLS connection to Redis failed`,
    hint: () =>
      t`rediss:// is with TLS, redis:// without. Name the authority that signed its certificate in NODE_EXTRA_CA_CERTS.`,
  },
  {
    name: 'ENOTFOUND, EAI_AGAIN the host is not found',
    code: /^(ENOTFOUND|EAI_\w+)$/,
    kind: 'UNREACHABLE',
    word: 'unreachable',
    says: () => t`Redis does not answer`,
    hint: () => t`Check REDIS_URL: no host has this name. ${encodeHint()}`,
  },
  {
    name: 'an answer that is not from Redis',
    message: /^(Protocol error|Unknown RESP type)/,
    kind: 'UNREACHABLE',
    word: 'refused',
    says: () => t`the server at REDIS_URL is not Redis`,
    hint: () => t`Check its host and its port.`,
  },
]

const CODES = {
  refused: 'QUEUE_REFUSED',
  unreachable: 'QUEUE_UNREACHABLE',
  busy: 'QUEUE_BUSY',
  full: 'QUEUE_FULL',
  'read-only': 'QUEUE_READ_ONLY',
  failing: 'QUEUE_FAILING',
} as const satisfies Record<PublicWord, ErrorCode>

export const storedHint = () => t`The request is stored, and is sent when the queue is back.`

/** @param redis whether the queue is on Redis; else it is in the database @returns the error to report */
export function queueError(cause: unknown, redis: boolean): CampError {
  const fault = faultOf(cause)
  const rule = ruleFor(redis ? REDIS_FAULTS : DATABASE_FAULTS, fault)
  if (!rule) {
    return new CampError('QUEUE_UNREACHABLE', t`the queue cannot be reached: ${fault.message}`, {
      hint: t`${storedHint()} Check REDIS_URL; without it the queue is PostgreSQL.`,
      cause,
    })
  }
  return new CampError(
    rule.kind === 'AUTH' ? 'QUEUE_ACCESS_DENIED' : CODES[rule.word],
    t`the queue cannot be reached: ${rule.says()}: ${fault.message}`,
    {
      hint: [storedHint(), hintOf(rule, fault, undefined)],
      cause,
    },
  )
}
