import { createReadStream, createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { from, to } from 'pg-copy-streams'
import { v7 as uuid } from 'uuid'
import { transaction } from '../../src/database/pool.ts'
import { compareRates, type Measurement, type Size, say, seconds } from './measure.ts'
import { importMailing, type Stage, setScene, writeMailing, writeMailingBook } from './stage.ts'

const ROUNDS = 3
const LEAST = 0.85
const LEAST_OF_XLSX = 0.35
const COLUMNS = `seq, id, source_line, phone, nome, cpf_cnpj, idcob_contrato, custom_message, variables, status, error_code, error_message`

/**
 * An import against a bare COPY of the very rows that it has made, into the same table with its indexes. In turns, each on an
 * empty table after a checkpoint; the first import is as cold as a person's.
 */
export async function measureImport(stage: Stage, size: Size): Promise<Measurement[]> {
  const rows = size.count(1_000_000)
  say(`import: ${rows} rows`)
  const scene = await setScene(stage, { blocked: size.count(1_000_000) })
  const mailing = await writeMailing(stage.home, rows)
  const copied = join(stage.home, 'rows.copy')
  const book = await writeMailingBook(stage.home, rows)
  const [imports, books, copies]: [number[], number[], number[]] = [[], [], []]
  let bare: string | undefined
  for (let run = 0; run < size.rounds(ROUNDS); run++) {
    await emptyTable(stage)
    let imported = ''
    imports.push(await seconds(async () => (imported = (await importMailing(stage, scene, mailing)).id)))
    bare ??= await keepRows(stage, imported, copied)
    await emptyTable(stage)
    books.push(await seconds(() => importMailing(stage, scene, book)))
    await emptyTable(stage)
    copies.push(await seconds(() => copyRows(stage, bare!, copied)))
    say(
      `  import ${imports.at(-1)!.toFixed(2)} s, .xlsx ${books.at(-1)!.toFixed(2)} s, bare COPY ${copies.at(-1)!.toFixed(2)} s`,
    )
  }
  const rates = (name: string, times: readonly number[]) => ({ name, values: times.map(time => rows / time) })
  const what = `import of ${rows.toLocaleString('en-US')} rows`
  const copy = rates('bare COPY', copies)
  return [
    compareRates(what, 'rows/s', rates('camp', imports), copy, LEAST),
    compareRates(`${what} of an .xlsx`, 'rows/s', rates('camp', books), copy, LEAST_OF_XLSX),
  ]
}

async function emptyTable({ pool }: Stage): Promise<void> {
  await pool.query('TRUNCATE "CampaignLead"')
  await pool.query('CHECKPOINT')
}

/** Writes the rows of a campaign to a file, as rows of another one. @returns that one's id */
async function keepRows({ pool }: Stage, imported: string, file: string): Promise<string> {
  const id = uuid()
  await pool.query(
    `INSERT INTO "Campaign" (id, agendamento_id, name, user_id, wallet_id, broker_id, source_file, source_sha256, updated_at)
     SELECT $2, 'BARE', name, user_id, wallet_id, broker_id, source_file, source_sha256, updated_at FROM "Campaign" WHERE id = $1`,
    [imported, id],
  )
  const client = await pool.connect()
  try {
    const rows = client.query(to(`COPY (SELECT '${id}', ${COLUMNS} FROM "CampaignLead") TO STDOUT`))
    await pipeline(rows, createWriteStream(file))
  } finally {
    client.release()
  }
  return id
}

async function copyRows({ pool }: Stage, id: string, file: string): Promise<void> {
  await transaction(pool, async client => {
    const rows = client.query(from(`COPY "CampaignLead" (campaign_id, ${COLUMNS}) FROM STDIN`))
    await pipeline(createReadStream(file), rows)
  })
  const { rows } = await pool.query<{ any: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM "CampaignLead" WHERE campaign_id = $1) AS any`,
    [id],
  )
  if (!rows[0]!.any) throw new Error('the bare COPY has copied nothing')
}
