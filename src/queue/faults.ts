import { type FaultRule, faultOf, hintOf, type PublicWord, ruleFor } from '../database/fault.ts'
import { DATABASE_FAULTS, ENCODE } from '../database/fault-table.ts'
import type { ErrorCode } from '../error-codes.ts'
import { CampError } from '../errors.ts'

/** Redis reports the kind of an error in the first word of its answer. */
export const REDIS_FAULTS: readonly FaultRule[] = [
  {
    name: 'NOAUTH',
    message: /^NOAUTH\b/,
    kind: 'AUTH',
    word: 'refused',
    says: 'Redis requires a password, and REDIS_URL has none',
    hint: `redis://:PASSWORD@HOST:6379, or redis://USER:PASSWORD@HOST:6379. ${ENCODE}`,
  },
  {
    name: 'WRONGPASS, invalid password',
    message: /^WRONGPASS\b|invalid password|^ERR AUTH\b/,
    kind: 'AUTH',
    word: 'refused',
    says: 'Redis refuses the login',
    hint: `Check the user and the password in REDIS_URL. ${ENCODE}`,
  },
  {
    name: 'NOPERM',
    message: /^NOPERM\b/,
    kind: 'AUTH',
    word: 'refused',
    says: 'the Redis user lacks a permission',
    hint: 'On the server: ACL SETUSER NAME ~{camp}* &* +@all -@dangerous +info +keys',
  },
  {
    name: 'READONLY, MASTERDOWN',
    message: /^(READONLY|MASTERDOWN)\b/,
    kind: 'UNREACHABLE',
    word: 'read-only',
    says: 'Redis accepts no writes',
    hint: 'REDIS_URL names a replica: name the primary, or the sentinels (redis+sentinel://HOST,HOST/NAME).',
  },
  {
    name: 'OOM',
    message: /^OOM\b/,
    kind: 'UNREACHABLE',
    word: 'full',
    says: 'Redis has no memory left',
    hint: 'Raise its maxmemory.',
  },
  {
    name: 'MISCONF',
    message: /^MISCONF\b/,
    kind: 'UNREACHABLE',
    word: 'full',
    says: 'Redis cannot write to its disk, and accepts no writes',
    hint: 'Free space on its disk, and see its log.',
  },
  {
    name: 'LOADING, BUSY, TRYAGAIN, CLUSTERDOWN',
    message: /^(LOADING|BUSY|TRYAGAIN|CLUSTERDOWN)\b/,
    kind: 'UNREACHABLE',
    word: 'busy',
    says: 'Redis does not answer yet',
    hint: 'Wait until it has started, or its cluster is complete again.',
  },
  {
    name: 'ERR max number of clients reached',
    message: /max number of clients/,
    kind: 'UNREACHABLE',
    word: 'busy',
    says: 'Redis has no connection left',
    hint: 'Run fewer workers, or raise its maxclients.',
  },
  {
    name: 'ERR This instance has cluster support disabled, MOVED, CROSSSLOT',
    message: /cluster support disabled|^(MOVED|CROSSSLOT)\b/,
    kind: 'UNREACHABLE',
    word: 'refused',
    says: 'REDIS_URL names a cluster and the server is not one, or the reverse',
    hint: 'redis:// for one server, redis+cluster://HOST,HOST for a cluster.',
  },
  {
    name: 'a certificate that is not trusted, or TLS on one side only',
    code: /^(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_\w+|CERT_\w+|ERR_TLS_\w+|ERR_SSL_\w+|EPROTO)$/,
    kind: 'UNREACHABLE',
    word: 'refused',
    says: 'the TLS connection to Redis failed',
    hint: 'rediss:// is with TLS, redis:// without. Name the authority that signed its certificate in NODE_EXTRA_CA_CERTS.',
  },
  {
    name: 'ENOTFOUND, EAI_AGAIN the host is not found',
    code: /^(ENOTFOUND|EAI_\w+)$/,
    kind: 'UNREACHABLE',
    word: 'unreachable',
    says: 'Redis does not answer',
    hint: `Check REDIS_URL: no host has this name. ${ENCODE}`,
  },
  {
    name: 'an answer that is not from Redis',
    message: /^(Protocol error|Unknown RESP type)/,
    kind: 'UNREACHABLE',
    word: 'refused',
    says: 'the server at REDIS_URL is not Redis',
    hint: 'Check its host and its port.',
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

export const STORED = 'The request is stored, and is sent when the queue is back.'

/** @param redis whether the queue is on Redis; else it is in the database @returns the error to report */
export function queueError(cause: unknown, redis: boolean): CampError {
  const fault = faultOf(cause)
  const rule = ruleFor(redis ? REDIS_FAULTS : DATABASE_FAULTS, fault)
  if (!rule) {
    return new CampError('QUEUE_UNREACHABLE', `the queue cannot be reached: ${fault.message}`, {
      hint: `${STORED} Check REDIS_URL; without it the queue is PostgreSQL.`,
      cause,
    })
  }
  return new CampError(
    rule.kind === 'AUTH' ? 'QUEUE_ACCESS_DENIED' : CODES[rule.word],
    `the queue cannot be reached: ${rule.says}: ${fault.message}`,
    {
      hint: [STORED, hintOf(rule, fault, undefined)],
      cause,
    },
  )
}
