import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import { importLegacy, type LegacyResult } from '../../../src/legacy/import.ts'
import { useDatabase } from '../../support/database.ts'
import { makeScene, testKeys } from '../../support/fixtures.ts'
import { dumpOf, type LegacyTable, legacyTables } from '../../support/legacy-data.ts'
import { hasMariaDb, type MariaDb, startMariaDb } from '../../support/mariadb.ts'
import { scratchFolder } from '../../support/scratch.ts'
import { emptied } from '../../support/tampering.ts'

const db = useDatabase()
const DAY = '2026-11-02'
let userId: string
beforeAll(async () => {
  userId = (await makeScene(db.pool)).userId
})

interface Options {
  prefix?: string
  doubleEncoded?: boolean
  signal?: AbortSignal
  onProgress?: (rows: number) => void
}

async function take(from: string, { prefix = 'wp_', doubleEncoded = false, signal, onProgress }: Options = {}) {
  const deps = {
    pool: db.pool,
    prisma: db.prisma,
    keys: await testKeys(),
    clock: systemClock,
    timezone: 'America/Sao_Paulo',
  }
  return importLegacy(
    { ...deps, signal: signal ?? new AbortController().signal, onProgress: onProgress ?? (() => undefined) },
    { from, password: undefined, prefix, brokers: {}, idgis: {}, doubleEncoded, dryRun: false, rejects: null, userId },
  )
}

const sendsOf = ({ tables }: LegacyResult) => {
  const { read, taken, already, refused } = tables.find(one => one.table === 'envios_pendentes')!
  return { read, taken, already, refused }
}

const empty = async () => {
  await emptied(db.pool, '"CampaignLead", "Campaign", "Contact"')
}

/** The tables with this many messages of one campaign. */
function withSends(tables: Record<string, LegacyTable>, many: number): Record<string, LegacyTable> {
  const sends = tables.envios_pendentes!
  const rows = Array.from({ length: many }, (_, i) => [i + 1, ...sends.rows[0]!.slice(1)])
  return { ...tables, envios_pendentes: { ...sends, rows } }
}

describe('an import', () => {
  it('that is interrupted keeps its parts, and the next one goes on', async () => {
    const dump = join(scratchFolder('legacy'), 'many.sql')
    writeFileSync(dump, dumpOf(withSends(legacyTables(DAY), 6_000)))
    const stop = new AbortController()
    const stopped = take(dump, { signal: stop.signal, onProgress: () => stop.abort() })
    await expect(stopped).rejects.toMatchObject({ code: 'INTERRUPTED' })
    const { rows } = await db.pool.query(
      `SELECT status, rows, (SELECT count(*)::int FROM "CampaignLead") AS leads FROM "Campaign"`,
    )
    expect(rows).toEqual([{ status: 'ARCHIVED', rows: 5000, leads: 5000 }])
    expect(sendsOf(await take(dump))).toEqual({ read: 6_000, taken: 1_000, already: 5_000, refused: 0 })
    const after = await db.pool.query(
      `SELECT rows, (SELECT count(*)::int FROM "CampaignLead") AS leads FROM "Campaign"`,
    )
    expect(after.rows).toEqual([{ rows: 6_000, leads: 6_000 }])
    await empty()
  })
})

describe.skipIf(!hasMariaDb())('a MariaDB', () => {
  let server: MariaDb
  let tables: Record<string, LegacyTable>
  beforeAll(async () => {
    server = await startMariaDb()
    tables = legacyTables(DAY)
    await server.execute('CREATE DATABASE painel CHARACTER SET utf8mb4; CREATE DATABASE antigo CHARACTER SET latin1')
    // It has zero dates, as older servers allowed.
    await server.execute(`SET SESSION sql_mode = '';\n${dumpOf(tables, 'pc7_')}`, 'painel')
  })
  afterAll(() => server?.stop())

  const leads = async () => {
    const columns = 'seq, nome, custom_message AS text, status, sent_at'
    return (await db.pool.query(`SELECT ${columns} FROM "CampaignLead" ORDER BY seq`)).rows
  }

  it('is read as its dumps are: with and without column names, as hexadecimal, with a row in each INSERT', async () => {
    const read = await take(`${server.url}/painel`, { prefix: 'pc7_' })
    // The server has made a zero date of the impossible one: it is none.
    expect(sendsOf(read)).toEqual({ read: 14, taken: 9, already: 0, refused: 5 })
    const expected = await leads()
    expect(expected[1]).toMatchObject({ nome: 'João', text: `It's "\\o/";\n(linha 2), 😀` })
    for (const options of [[], ['--complete-insert', '--hex-blob'], ['--skip-extended-insert', '--skip-comments']]) {
      await empty()
      const file = join(scratchFolder('legacy'), 'dump.sql')
      writeFileSync(file, await server.dump('painel', '--default-character-set=utf8mb4', ...options))
      expect(sendsOf(await take(file, { prefix: 'pc7_' }))).toEqual(sendsOf(read))
      expect(await leads()).toEqual(expected)
    }
  })

  it('with UTF-8 in latin1 columns is repaired on demand', async () => {
    await empty()
    const sends = tables.envios_pendentes!
    // A latin1 column has no 😀.
    const row = sends.rows[1]!.map(value =>
      typeof value === 'string' ? value.replace('João', 'JoÃ£o').replace('😀', '') : value,
    )
    const old = dumpOf({ ...tables, envios_pendentes: { ...sends, rows: [row] } })
    await server.execute(`SET NAMES utf8mb4;\n${old}`, 'antigo')
    await take(`${server.url}/antigo`, { doubleEncoded: true })
    expect((await leads())[0]).toMatchObject({ nome: 'João' })
    await empty()
    const dump = join(scratchFolder('legacy'), 'latin1.sql')
    writeFileSync(dump, await server.dump('antigo', '--default-character-set=latin1'))
    await take(dump)
    expect((await leads())[0]).toMatchObject({ nome: 'JoÃ£o' })
  })
})
