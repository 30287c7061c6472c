import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type pg from 'pg'
import { adapterOf } from '../../src/broker/registry.ts'
import { systemClock } from '../../src/clock.ts'
import { startServer, stopServer } from '../../src/database/embedded/server.ts'
import { migrate } from '../../src/database/migrations.ts'
import { openPool } from '../../src/database/pool.ts'
import type { PrismaClient } from '../../src/database/prisma.ts'
import { encode } from '../../src/tabular/encoding.ts'
import { makeScene, type Scene, SECRET } from '../support/fixtures.ts'
import { importRequest } from '../support/import-request.ts'
import { mailing } from '../support/mailing.ts'
import { rowXml, writeWorkbook } from '../support/xlsx.ts'
import { built } from './built.ts'

const { importCampaign } = await built<typeof import('../../src/intake/import.ts')>('intake/import.js')
const { openPrisma } = await built<typeof import('../../src/database/prisma.ts')>('database/prisma.js')

/** An installation of its own: an embedded PostgreSQL as camp sets it up, in a folder that goes with it. */
export interface Stage {
  home: string
  pool: pg.Pool
  prisma: PrismaClient
  /** For a camp process on this installation. */
  env: NodeJS.ProcessEnv
  url: string
  /** The server's pid file. */
  pidFile: string
  close(): Promise<void>
}

export async function openStage(): Promise<Stage> {
  const home = await mkdtemp(join(tmpdir(), 'camp-bench-'))
  try {
    const url = await startServer(home)
    await migrate(url)
    const pool = openPool(url)
    const prisma = openPrisma(pool)
    const close = async () => {
      await prisma.$disconnect()
      await pool.end()
      await removeHome(home)
    }
    const env = { PATH: process.env.PATH, CAMP_HOME: home, CAMP_SECRET: SECRET, LOG_LEVEL: 'warn' }
    const pidFile = join(home, 'postgres', 'data', 'postmaster.pid')
    return { home, url, pool, prisma, env, pidFile, close }
  } catch (error) {
    await removeHome(home)
    throw error
  }
}

async function removeHome(home: string): Promise<void> {
  await stopServer(home)
  await rm(home, { recursive: true, force: true })
}

/** A mailing of made-up people with every spelling and defect of the trade. @returns its path */
export async function writeMailing(folder: string, rows: number): Promise<string> {
  const file = join(folder, `mailing-${rows}.csv`)
  await pipeline(Readable.from(encoded(rows)), createWriteStream(file))
  return file
}

/** The same, packed. @returns its path */
export async function packMailing(file: string): Promise<string> {
  await pipeline(createReadStream(file), createGzip(), createWriteStream(`${file}.gz`))
  return `${file}.gz`
}

/**
 * The same as Excel saves it: each different text once, behind the sheet, four of them in each row. A sheet ends at 1,048,576 rows.
 * @returns its path
 */
export async function writeMailingBook(folder: string, rows: number): Promise<string> {
  const common = new Map<string, number>()
  for (const { cells } of mailing(1_000)) {
    for (const text of cells.slice(4)) if (!common.has(text)) common.set(text, common.size)
  }
  const shared = (index: number) => ({ t: 's', v: `<v>${index}</v>` })
  const inSheet = function* () {
    let n = 0
    for (const { cells, kind } of mailing(rows)) {
      const [own, others] = [cells.slice(0, 4), cells.slice(4)]
      const texts = others.map((text, i) =>
        i === 0 && kind !== 'header' ? Number(text.replace(',', '.')) : shared(common.get(text)!),
      )
      yield rowXml(n + 1, [...own.map((_, i) => shared(common.size + 4 * n + i)), ...texts])
      n++
    }
  }
  const strings = function* () {
    yield* common.keys()
    for (const { cells } of mailing(rows)) yield* cells.slice(0, 4)
  }
  return writeWorkbook(join(folder, `mailing-${rows}.xlsx`), {
    sheets: [{ name: 'Plan1', rows: inSheet() }],
    strings: strings(),
  })
}

function* encoded(rows: number): Generator<Buffer> {
  let text = ''
  for (const { line } of mailing(rows)) {
    text += line
    if (text.length < 65_536) continue
    yield encode(text, 'windows-1252')
    text = ''
  }
  yield encode(text, 'windows-1252')
}

export interface SceneSize {
  /** The sandbox's. */
  url?: string
  adapter?: string
  /** Of an adapter other than SANDBOX. */
  credential?: object
  /** Entries of the blocklist: every installation has one. */
  blocked: number
}

/** A wallet that can pay, a broker, and a blocklist of people who are in no mailing. */
export async function setScene({ pool }: Stage, { url, adapter, credential, blocked }: SceneSize): Promise<Scene> {
  await pool.query(
    `INSERT INTO "Blocklist" (id, phone, cpf_cnpj, source, updated_at)
     SELECT gen_random_uuid(), CASE WHEN n % 10 > 0 THEN '5511' || 970000000 + n END,
            CASE WHEN n % 10 = 0 THEN 'X' || lpad(n::text, 10, '0') END, 'bench', now()
     FROM generate_series(1, $1::int) n`,
    [blocked],
  )
  await pool.query('ANALYZE "Blocklist"')
  const broker = adapter === undefined ? { maxBatch: SANDBOX_BATCH } : { adapter, ...(credential && { credential }) }
  return makeScene(pool, { ...broker, budget: '1000000.00', ...(url !== undefined && { url }) })
}

const SANDBOX_BATCH = 500

/** Imports as `camp campaign import` does, to be sent round the clock. @returns the campaign's id and how many leads it can send */
export async function importMailing(
  stage: Stage,
  scene: Scene,
  file: string,
  adapter = 'SANDBOX',
): Promise<{ id: string; pending: number }> {
  const maxBatch = adapter === 'SANDBOX' ? SANDBOX_BATCH : null
  const { id, pending } = await importCampaign(
    { pool: stage.pool, prisma: stage.prisma, clock: systemClock, signal: new AbortController().signal },
    {
      ...importRequest(scene),
      file,
      adapter: await adapterOf(adapter),
      broker: { id: scene.brokerId, cost: '0.0450', maxBatch, rateLimit: null },
      message: 'Olá {{nome}}, temos uma proposta para o seu contrato {{contrato}}.',
      hours: { from: 0, to: 1440 },
      days: 127,
      allowHolidays: true,
      again: true,
    },
  )
  return { id: id!, pending }
}
