import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { dumpedTable, dumpedTuple, type LegacyTable, legacyTables, structureOf } from '../support/legacy-data.ts'
import { type Measurement, type Size, say } from './measure.ts'
import { memoryOf, runToItsEnd } from './memory.ts'
import type { Stage } from './stage.ts'

const ROWS_IN_AN_INSERT = 5_000

/** The most memory that `camp legacy import` takes on a dump with this many messages, and that of importing it again. */
export async function measureLegacy(stage: Stage, size: Size): Promise<Measurement[]> {
  const rows = size.count(1_000_000)
  say(`legacy: a dump of ${rows} messages`)
  const dump = await writeDump(stage.home, rows)
  const first = await runToItsEnd(stage, ['legacy', 'import', dump])
  say(`  imported in ${first.seconds.toFixed(1)} s`)
  const again = await runToItsEnd(stage, ['legacy', 'import', dump])
  say(`  imported again in ${again.seconds.toFixed(1)} s`)
  const tables = z.object({ tables: z.array(z.object({ table: z.string(), already: z.number() })) })
  const sends = tables.parse(JSON.parse(again.out)).tables.find(one => one.table === 'envios_pendentes')
  if (sends?.already !== rows) throw new Error(`the second import has found ${sends?.already} of ${rows} messages`)
  const counted = rows.toLocaleString('en-US')
  return [
    memoryOf(`memory: camp legacy import, ${counted} messages`, first.peakMb),
    memoryOf(`memory: camp legacy import again, ${counted} messages`, again.peakMb),
  ]
}

/** As mysqldump writes it: some megabytes in an INSERT. */
async function writeDump(folder: string, rows: number): Promise<string> {
  const file = join(folder, 'painel.sql')
  const { envios_pendentes: sends, ...others } = legacyTables('2026-10-05')
  await pipeline(Readable.from(parts(sends!, others, rows)), createWriteStream(file))
  return file
}

function* parts(sends: LegacyTable, others: Readonly<Record<string, LegacyTable>>, rows: number): Generator<string> {
  yield '-- MySQL dump 10.13\n/*!40101 SET NAMES utf8mb4 */;\n'
  yield structureOf('wp_envios_pendentes', sends)
  const [, , ...rest] = sends.rows[1]!
  for (let from = 1; from <= rows; from += ROWS_IN_AN_INSERT) {
    const tuples = Array.from({ length: Math.min(ROWS_IN_AN_INSERT, rows - from + 1) }, (_, i) => {
      return dumpedTuple([from + i, `119${80_000_000 + from + i}`, ...rest])
    })
    yield `INSERT INTO \`wp_envios_pendentes\` VALUES ${tuples.join(',')};\n`
  }
  for (const [name, table] of Object.entries(others)) yield dumpedTable(`wp_${name}`, table)
  yield '-- Dump completed\n'
}
