import { createReadStream, createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { from, to } from 'pg-copy-streams'
import { transaction } from '../../src/database/pool.ts'
import { compareRates, type Measurement, type Size, say, seconds, single } from './measure.ts'
import { runToItsEnd } from './memory.ts'
import type { Stage } from './stage.ts'

const LEAST = 0.6
const MOST_MB = 200
const COLUMNS = 'id, phone, cpf_cnpj, reason, source, purpose, created_at, updated_at'
/** One entry in so many is removed, and one is new, in the second list. */
const CHANGED = 5_000

/**
 * `camp blocklist sync` of a plain list, unsorted, one in eight a document: for the first time, and with a few entries changed. Each
 * against a COPY of the entries that it made into the same table with its indexes. Memory is the peak resident set of the process.
 */
export async function measureSync(stage: Stage, size: Size): Promise<Measurement[]> {
  const entries = size.count(5_000_000)
  say(`sync: ${entries} entries`)
  await runToItsEnd(stage, ['wallet', 'list'])
  const [first, second] = [join(stage.home, 'first.txt'), join(stage.home, 'second.txt')]
  await pipeline(Readable.from(lines(entries, 0)), createWriteStream(first))
  await pipeline(Readable.from(lines(entries, 1)), createWriteStream(second))
  const sync = (file: string) => runToItsEnd(stage, ['blocklist', 'sync', file, '--source', 'bench', '--replace'])
  const whole = await sync(first)
  say(`  first: ${whole.seconds.toFixed(1)} s`)
  const kept = join(stage.home, 'blocklist.copy')
  await keep(stage, kept)
  const difference = await sync(second)
  say(`  difference: ${difference.seconds.toFixed(1)} s`)
  const copied = await copy(stage, kept)
  say(`  COPY: ${copied.toFixed(1)} s`)
  const counted = entries.toLocaleString('en-US')
  const side = (name: string, took: number) => ({ name, values: [entries / took] })
  const bare = side('COPY of the same into the same table', copied)
  const [one, two] = [
    `blocklist sync of ${counted}, first`,
    `blocklist sync of ${counted}, a difference of 2 in ${CHANGED}`,
  ]
  return [
    compareRates(one, 'entries/s', side('camp', whole.seconds), bare, LEAST),
    compareRates(two, 'entries/s', side('camp', difference.seconds), bare, LEAST),
    single(`${one}: memory`, 'MB', [whole.peakMb], MOST_MB),
    single(`${two}: memory`, 'MB', [difference.peakMb], MOST_MB),
  ]
}

/** @param version 0 or 1: of each `CHANGED` entries the first one differs */
function* lines(entries: number, version: number): Generator<string> {
  let text = ''
  for (let i = 0; i < entries; i++) {
    // A step that shares no divisor with the number of phones visits each of them once, in no order.
    const n = (i * 7_919_993) % 89_999_999
    const shifted = i % CHANGED === 0 ? 89_999_999 + version * CHANGED + i / CHANGED : n
    text += `${i % 8 === 0 ? documentOf(shifted) : `5511${9_00_000_000 + shifted}`}\n`
    if (text.length < 65_536) continue
    yield text
    text = ''
  }
  yield text
}

/** A CPF that is valid. */
function documentOf(n: number): string {
  const digits = [...String(100_000_000 + n).slice(-9)].map(Number)
  for (let length = 9; length < 11; length++) {
    const sum = digits.reduce((total, digit, i) => total + digit * (length + 1 - i), 0)
    digits.push(((sum * 10) % 11) % 10)
  }
  return digits.join('')
}

async function keep({ pool }: Stage, file: string): Promise<void> {
  const client = await pool.connect()
  try {
    const rows = client.query(to(`COPY (SELECT ${COLUMNS} FROM "Blocklist") TO STDOUT`))
    await pipeline(rows, createWriteStream(file))
  } finally {
    client.release()
  }
}

async function copy({ pool }: Stage, file: string): Promise<number> {
  await pool.query('TRUNCATE "Blocklist"')
  await pool.query('CHECKPOINT')
  return seconds(() =>
    transaction(pool, async client => {
      await pipeline(createReadStream(file), client.query(from(`COPY "Blocklist" (${COLUMNS}) FROM STDIN`)))
    }),
  )
}
