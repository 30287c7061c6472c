import type { FaultRule } from './fault.ts'

/** An unencoded character ends the password early, and the rest is read as the host's name. */
export const ENCODE = 'In a password write @ as %40, / as %2F, # as %23, ? as %3F and % as %25.'

const TLS_CODES =
  /^(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_\w+|CERT_\w+|ERR_TLS_\w+|ERR_SSL_\w+|ERR_OSSL_\w+|EPROTO)$/

const NO_ROOM = 'What was asked for is undone. '

/** Specific rules come before general ones: the first match applies. */
export const DATABASE_FAULTS: readonly FaultRule[] = [
  {
    name: '28000 no pg_hba.conf entry',
    message: /no pg_hba\.conf entry|pg_hba\.conf rejects/,
    kind: 'AUTH',
    word: 'refused',
    says: 'the database does not admit this machine, user or database',
    hint:
      'Where the message says "no encryption": add ?sslmode=verify-full to DATABASE_URL. Else the server’s ' +
      'pg_hba.conf needs a line for {user}.',
  },
  {
    name: '28000 not permitted to log in',
    message: /role "(?<role>[^"]+)" is not permitted to log in/,
    kind: 'AUTH',
    word: 'refused',
    says: 'the database refuses the login',
    hint: 'On the server: ALTER ROLE "{role}" LOGIN',
  },
  {
    name: 'no password given',
    message: /client password must be a (non-empty )?string|no password supplied|password is required/i,
    kind: 'AUTH',
    word: 'refused',
    says: 'the database asks for a password, and DATABASE_URL has none',
    hint: `postgres://USER:PASSWORD@HOST/DATABASE. ${ENCODE}`,
  },
  {
    name: '28P01, 28xxx wrong user or password',
    code: /^28...$/,
    kind: 'AUTH',
    word: 'refused',
    says: 'the database refuses the login',
    hint: `Check the user and the password in DATABASE_URL. ${ENCODE}`,
  },
  {
    name: '08P01 login refused (PgBouncer)',
    code: /^08P01$/,
    message: /password authentication failed|no such user|auth(entication)? (query )?failed|server login failed|SASL/i,
    kind: 'AUTH',
    word: 'refused',
    says: 'the database refuses the login',
    hint: `Check the user and the password in DATABASE_URL and in PgBouncer's auth_file. ${ENCODE}`,
  },
  {
    name: 'SASL: the passwords do not agree, or no common method (no code)',
    message: /^SASL: /,
    kind: 'AUTH',
    word: 'refused',
    says: 'the database refuses the login',
    hint: `Check the user and the password in DATABASE_URL. ${ENCODE}`,
  },
  {
    name: '3D000 no such database',
    code: /^3D...$/,
    kind: 'UNREACHABLE',
    word: 'refused',
    says: 'there is no such database',
    hint: 'Its name is the last part of DATABASE_URL; without one it is the user’s name. To make it: CREATE DATABASE … OWNER "{user}"',
  },
  {
    name: '08P01 no such database (PgBouncer)',
    code: /^08P01$/,
    message: /no such database/i,
    kind: 'UNREACHABLE',
    word: 'refused',
    says: 'there is no such database',
    hint: 'PgBouncer knows those of the section [databases] of its configuration; DATABASE_URL names another.',
  },
  {
    name: '42501 on a schema',
    code: /^42501$/,
    message: /permission denied for schema (?<schema>\S+)/,
    kind: 'AUTH',
    word: 'refused',
    says: 'the database user lacks a right',
    hint: 'As the owner of the database: GRANT USAGE, CREATE ON SCHEMA {schema} TO "{user}"',
  },
  {
    name: '42501 on a database',
    code: /^42501$/,
    message: /permission denied for database "?(?<database>[^"\s]+)"?/,
    kind: 'AUTH',
    word: 'refused',
    says: 'the database user lacks a right',
    hint: 'As the owner of the database: GRANT CONNECT, CREATE ON DATABASE "{database}" TO "{user}"',
  },
  {
    name: '42501 on a table or sequence',
    code: /^42501$/,
    message: /permission denied for (table|relation|view|sequence) /,
    kind: 'AUTH',
    word: 'refused',
    says: 'the database user lacks a right',
    hint:
      'The tables belong to another user: use that one in DATABASE_URL, or as their owner: GRANT SELECT, INSERT, ' +
      'UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "{user}", ' +
      'GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO "{user}", and the same for the schema camp_queue.',
  },
  {
    name: '42501 not the owner',
    code: /^42501$/,
    message: /must be (the )?owner/,
    kind: 'AUTH',
    word: 'refused',
    says: 'the database user lacks a right',
    hint: 'Only the owner of the tables can migrate them: run camp db migrate with the user that made them.',
  },
  {
    name: '42501 other rights',
    code: /^42501$/,
    kind: 'AUTH',
    word: 'refused',
    says: 'the database user lacks a right',
    hint: 'Have the owner of the database grant it to "{user}".',
  },
  {
    name: '53300 too many connections',
    code: /^53300$/,
    kind: 'UNREACHABLE',
    word: 'busy',
    says: 'the database cannot be reached: it has no connection left',
    hint:
      'Run fewer workers, raise max_connections, or ALTER ROLE "{user}" CONNECTION LIMIT -1. A worker needs up to ' +
      '10 connections, and 2 for each broker.',
  },
  {
    name: '08P01 no more connections allowed (PgBouncer)',
    code: /^08P01$/,
    message: /no more connections allowed|max_client_conn|too many (clients|connections)|remaining connection slots/i,
    kind: 'UNREACHABLE',
    word: 'busy',
    says: 'the database cannot be reached: it has no connection left',
    hint: 'Run fewer workers, or raise max_client_conn of PgBouncer or max_connections of PostgreSQL.',
  },
  {
    name: '53100 disk full',
    code: /^53100$/,
    kind: 'UNREACHABLE',
    word: 'full',
    says: "the database's disk is full",
    hint: `${NO_ROOM}Make room on its disk, and do it again.`,
  },
  {
    name: '53200 out of memory, 53400 limit exceeded',
    code: /^53...$/,
    kind: 'UNREACHABLE',
    word: 'full',
    says: 'the database has no memory left, or another limit is reached',
    hint: `${NO_ROOM}See the server's log; work_mem and max_connections decide how much it takes.`,
  },
  {
    name: '58xxx the disk fails, XX001 damaged data',
    code: /^(58...|XX00[12])$/,
    kind: 'UNREACHABLE',
    word: 'failing',
    says: 'the database cannot read or write its files',
    hint: `${NO_ROOM}See the server's log before anything else is written.`,
  },
  {
    name: '57014 cancelled, 55P03 lock timeout, 25P03, 25P04, 57P05 time limits',
    code: /^(57014|55P03|25P0[34]|57P05)$/,
    kind: 'UNREACHABLE',
    word: 'busy',
    says: 'the database ended it before it was done',
    hint:
      'What was asked for is undone. A time limit of the user or server (statement_timeout, lock_timeout, …) is ' +
      'too short, or an administrator cancelled it.',
  },
  {
    name: '40P01 deadlock, 40001 serialization, five times in a row',
    code: /^40(P01|001)$/,
    kind: 'UNREACHABLE',
    word: 'busy',
    says: 'the database ended it, because others were at the same rows',
    hint: 'What was asked for is undone. Do it again.',
  },
  {
    name: '25006 read-only',
    code: /^25006$/,
    kind: 'UNREACHABLE',
    word: 'read-only',
    says: 'the database takes no writes',
    hint: 'It is a standby, or default_transaction_read_only is on: DATABASE_URL must name the primary.',
  },
  {
    name: '57P03 starting up, or a standby that takes no queries',
    code: /^57P03$/,
    kind: 'UNREACHABLE',
    word: 'unreachable',
    says: 'the database cannot be reached: it does not take connections yet',
    hint: 'Wait until it has started, or check DATABASE_URL: a standby that takes no queries says the same.',
  },
  {
    name: '42P01, 3F000 no such table or schema',
    code: /^(42P01|3F000)$/,
    kind: 'UNREACHABLE',
    word: 'failing',
    says: "the database does not have camp's tables",
    hint: 'Check that DATABASE_URL names the database of this installation, and its user sees the schema: camp db status, camp db migrate.',
  },
  {
    name: '26000, 42P05 prepared statements behind a pooler',
    code: /^(26000|42P05)$/,
    kind: 'UNREACHABLE',
    word: 'failing',
    says: 'the connection pooler mixes prepared statements of several connections',
    hint: 'PgBouncer 1.21 or later with max_prepared_statements, or DATABASE_URL of the server itself.',
  },
  {
    name: 'The server does not support SSL connections',
    message: /does not support SSL/i,
    kind: 'UNREACHABLE',
    word: 'refused',
    says: 'the database speaks no TLS, and DATABASE_URL asks for it',
    hint: 'Switch it on there (ssl = on), or take sslmode out of DATABASE_URL.',
  },
  {
    name: 'a certificate that is not trusted (SELF_SIGNED_CERT_IN_CHAIN, …)',
    code: TLS_CODES,
    kind: 'UNREACHABLE',
    word: 'refused',
    says: "the database's TLS certificate is not accepted",
    hint:
      'Name the authority that signed it: ?sslmode=verify-full&sslrootcert=/path/ca.pem in DATABASE_URL. Its host ' +
      'must be named as in the certificate.',
  },
  {
    name: '08P01 unsupported startup parameter (PgBouncer)',
    code: /^08P01$/,
    message: /unsupported startup parameter/i,
    kind: 'UNREACHABLE',
    word: 'refused',
    says: 'a connection pooler refuses the connection',
    hint:
      'The queue on PostgreSQL needs a direct connection, which PgBouncer is not: set REDIS_URL, or name the ' +
      'server itself in DATABASE_URL.',
  },
  {
    name: '08P01 query_wait_timeout, server cannot be reached (PgBouncer)',
    code: /^08P01$/,
    message:
      /query_wait_timeout|client_login_timeout|server_login_retry|pgbouncer cannot connect|server conn crashed|pooler error/i,
    kind: 'UNREACHABLE',
    word: 'unreachable',
    says: 'the database cannot be reached: the connection pooler has no server for it',
    hint: 'See PgBouncer’s log: the server behind it is away, refuses it, or all its connections are taken.',
  },
  {
    name: 'ENOTFOUND, EAI_AGAIN the host is not found',
    code: /^(ENOTFOUND|EAI_\w+)$/,
    kind: 'UNREACHABLE',
    word: 'unreachable',
    says: 'the database cannot be reached',
    hint: `Check DATABASE_URL: no host has this name. ${ENCODE}`,
  },
  {
    name: 'ECONNREFUSED, ETIMEDOUT, ECONNRESET, 08xxx, 57P01, 57P02, no answer',
    code: /^(08...|57P0[12]|ECONN\w+|EPIPE|ETIMEDOUT|EHOST\w+|ENET\w+)$/,
    kind: 'UNREACHABLE',
    word: 'unreachable',
    says: 'the database cannot be reached',
    hint: 'Check DATABASE_URL and that the server runs; without DATABASE_URL camp uses its own (camp db status).',
  },
  {
    name: 'a connection that ended (no code)',
    message:
      /Connection terminated|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error/,
    kind: 'UNREACHABLE',
    word: 'unreachable',
    says: 'the database cannot be reached',
    hint: 'Check DATABASE_URL and that the server runs; without DATABASE_URL camp uses its own (camp db status).',
  },
  {
    name: 'anything else with which the server ends a connection (FATAL)',
    kind: 'UNREACHABLE',
    word: 'refused',
    says: 'the database refuses the connection',
    hint: 'See the server’s log, and check DATABASE_URL with its parameters.',
  },
]
