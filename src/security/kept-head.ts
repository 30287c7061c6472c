import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type pg from 'pg'
import { parse } from 'pg-connection-string'
import { z } from 'zod'
import type { Sql } from '../database/pool.ts'
import { CampError, codeOf } from '../errors.ts'
import { replacePrivate } from '../files.ts'
import { t } from '../language/text.ts'
import { recordAudit } from './audit-log.ts'
import { A_FEW, type Head, takeCheckpoints } from './checkpoints.ts'
import type { Keys } from './keys.ts'

/**
 * The newest checkpoint that this machine has seen of each database, in CAMP_HOME: outside the database, so that rows which are
 * deleted together with their checkpoints are noticed.
 */
export interface Keeper {
  home: string
  databaseUrl: string | undefined
}

interface Deps {
  pool: pg.Pool
  keys: Keys
  keeper: Keeper
}

/** Covers what a command has written to the audit with a checkpoint, and remembers its head on this machine. */
export async function coverAudit({ pool, keys, keeper }: Deps): Promise<void> {
  const { head, isBroken } = await takeCheckpoints(pool, keys, A_FEW)
  if (head && !isBroken) await keepHead(pool, keeper, head)
}

/** After a restore that a person has made: what this machine remembers is the newest checkpoint of now. With its audit. */
export async function acceptHead({ pool, keys, keeper }: Deps, userId: string): Promise<void> {
  const before = await keptHead(keeper).catch(() => undefined)
  await recordAudit(pool, {
    userId,
    action: 'records.accept',
    subject: 'Checkpoint',
    subjectId: String(before?.number ?? 0),
    detail: { head: before ? formatHead(before) : null },
  })
  const { head } = await takeCheckpoints(pool, keys)
  if (head) await replaceHead(keeper, head)
}

const HEAD = /^(\d{1,9}):([0-9a-f]{64})$/
const kept = z.record(z.string(), z.string().regex(HEAD))

/** NUMBER:HASH */
export function formatHead({ number, hash }: Head): string {
  return `${number}:${hash}`
}

/** @throws CampError USAGE unless it is written NUMBER:HASH */
export function parseHead(text: string): Head {
  const match = HEAD.exec(text.trim())
  if (match) return { number: Number(match[1]), hash: match[2]! }
  throw new CampError('INVALID_ARGUMENT', t`"${text}" is not a head`, {
    hint: t`It is NUMBER:HASH, as camp audit verify --head printed it.`,
  })
}

function headsFile(home: string): string {
  return join(home, 'heads.json')
}

/** @throws CampError DATA if the file was not written by camp */
export async function keptHead({ home, databaseUrl }: Keeper): Promise<Head | undefined> {
  const text = (await readHeads(home))[databaseName(databaseUrl)]
  return text === undefined ? undefined : parseHead(text)
}

/** Stores a newer head. One that the database no longer has is not overwritten: it shows that something is missing. */
export async function keepHead(sql: Sql, keeper: Keeper, head: Head): Promise<void> {
  const before = await keptHead(keeper)
  if (before && (before.number >= head.number || (await headFlaw(sql, before)) !== null)) return
  await replaceHead(keeper, head)
}

/** Replaces the stored head, even if it or its file is not valid. */
async function replaceHead({ home, databaseUrl }: Keeper, head: Head): Promise<void> {
  const others = await readHeads(home).catch(error => {
    if (error instanceof CampError) return {}
    throw error
  })
  const heads = { ...others, [databaseName(databaseUrl)]: formatHead(head) }
  await replacePrivate(headsFile(home), `${JSON.stringify(heads, null, 2)}\n`)
}

/** @returns how the chain differs from the one that had this head; null if it does not */
export async function headFlaw(sql: Sql, { number, hash }: Head): Promise<string | null> {
  const { rows } = await sql.query<{ hash: string | null; newest: number | null }>(
    `SELECT (SELECT hash FROM "Checkpoint" WHERE number = $1) AS hash, (SELECT max(number) FROM "Checkpoint") AS newest`,
    [number],
  )
  const found = rows[0]!
  if (found.hash === hash) return null
  if (found.hash !== null) return `checkpoint ${number} differs from the one that was kept: the records were rewritten`
  return found.newest === null
    ? `checkpoint ${number} does not exist, and there is none: records are missing since`
    : `checkpoint ${number} does not exist, the newest is ${found.newest}: records are missing since`
}

async function readHeads(home: string): Promise<Record<string, string>> {
  try {
    return kept.parse(JSON.parse(await readFile(headsFile(home), 'utf8')))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return {}
    if (!(error instanceof SyntaxError || error instanceof z.ZodError)) throw error
    throw new CampError('HEADS_FILE_CHANGED', t`${headsFile(home)} was changed since it was written`, {
      hint: t`Find out what changed it. camp audit verify --accept-head replaces it, and loses what it would have shown.`,
    })
  }
}

/** The embedded server's port changes with each start. */
function databaseName(url: string | undefined): string {
  if (url === undefined) return 'embedded'
  const { host, port, database } = parse(url)
  return `${host ?? ''}:${port || '5432'}/${database ?? ''}`
}
