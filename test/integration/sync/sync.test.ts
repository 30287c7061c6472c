import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { addToBlocklist, removeFromBlocklist } from '../../../src/blocklist/blocklist.ts'
import { isUnreachable } from '../../../src/database/pool.ts'
import { encode } from '../../../src/tabular/encoding.ts'
import { useDatabase } from '../../support/database.ts'
import { fileOf, SPOOL, syncOn } from '../../support/sync.ts'
import { rowXml, workbookBytes } from '../../support/xlsx.ts'

const db = useDatabase()
const { sync, entries, userId } = syncOn(db)

const [A, B, C, D] = ['5511900000001', '5511900000002', '5511900000003', '5511900000004']
const [CPF, OTHER_CPF] = ['52998224725', '11144477735']

describe('a difference', () => {
  it('adds what the list names, and with --replace takes off what it does not', async () => {
    const first = await sync(await fileOf(`telefone;cpf;motivo\n${A};${CPF};pediu\n${B};;\n${C};;\n`))
    expect(first.figures).toMatchObject({ rows: 3, phones: 3, documents: 1, added: 4, unchanged: 0, removed: 0 })
    expect(await entries()).toEqual([`${A} pediu`, B, C, `${CPF} pediu`])

    const added = await sync(await fileOf(`${D}\n`))
    expect(added.figures).toMatchObject({ added: 1, unchanged: 0, removed: 0 })
    expect(await entries()).toHaveLength(5)

    const replaced = await sync(await fileOf(`telefone;cpf\n${A};${CPF}\n${B};\n${D};${OTHER_CPF}`), { replace: true })
    expect(replaced.figures).toMatchObject({ phones: 3, documents: 2, added: 1, changed: 0, unchanged: 4, removed: 1 })
    // A reason that is not given again is kept.
    expect(await entries()).toEqual([`${A} pediu`, B, D, OTHER_CPF, `${CPF} pediu`])
  })

  it('writes nothing where nothing is new', async () => {
    const list = await fileOf(`telefone;motivo\n${A};x\n${B};\n`)
    await sync(list)
    const rows = () => db.pool.query(`SELECT id, xmin, updated_at FROM "Blocklist" ORDER BY id`).then(all => all.rows)
    const before = await rows()
    expect((await sync(list, { replace: true })).figures).toMatchObject({
      added: 0,
      changed: 0,
      removed: 0,
      unchanged: 2,
    })
    expect(await rows()).toEqual(before)
  })

  it('counts a new reason and a new purpose as a change', async () => {
    await sync(await fileOf(`telefone;motivo\n${A};x\n${B};x\n`))
    const reasons = await sync(await fileOf(`telefone;motivo\n${A};y\n${B};x\n`))
    expect(reasons.figures).toMatchObject({ changed: 1, unchanged: 1 })
    const purposes = await sync(await fileOf(`${A}\n`), { purpose: 'offers' })
    expect(purposes.figures).toMatchObject({ changed: 1, unchanged: 0 })
    expect(await entries()).toEqual([`${A} y offers`, `${B} x`])
  })

  it('names a person once, however often and however written the list does, with the first reason given', async () => {
    const list = await fileOf(`fone;motivo\n(11) 98765-4321;\n1187654321;um\n+55 11 98765-4321;dois\n1100000001;x\n`)
    expect((await sync(list)).figures).toMatchObject({ rows: 4, refused: 1, phones: 1, added: 1 })
    expect(await entries()).toEqual(['5511987654321 um'])
    expect((await sync(list)).figures).toMatchObject({ changed: 0, unchanged: 1 })
  })

  it('leaves other sources alone, who may hold the same people', async () => {
    const added = { phones: [A], documents: [CPF], reason: 'à mão', purpose: null }
    await addToBlocklist(db.pool, { ...added, source: 'manual' })
    await sync(await fileOf(`${A}\n${B}\n`), { source: 'procon' })
    await sync(await fileOf(`${A}\n`))
    await sync(await fileOf(`telefone\n`), { replace: true, allowShrink: true })
    expect(await entries('manual')).toEqual([`${A} à mão`, `${CPF} à mão`])
    expect(await entries('procon')).toEqual([A, B])
    expect(await entries()).toEqual([])
  })

  it('ids of new entries ascend, and are all different', async () => {
    await sync(await fileOf(Array.from({ length: 40_000 }, (_, i) => `119${String(10_000_000 + i)}`).join('\n')), {
      only: 'phone',
    })
    const { rows } = await db.pool.query(
      `SELECT count(DISTINCT id)::int AS ids, bool_and(id > before) AS ascending, bool_and(substr(id::text, 15, 1) = '7') AS v7
       FROM (SELECT id, lag(id) OVER (ORDER BY phone) AS before FROM "Blocklist") ids`,
    )
    expect(rows).toEqual([{ ids: 40_000, ascending: true, v7: true }])
  })

  it('is in the audit, with its figures, and in the record of syncs', async () => {
    const list = await fileOf(`${A}\nnobody\n`)
    await sync(list, { purpose: 'offers', replace: true })
    const [event] = await db.prisma.auditEvent.findMany()
    expect(event).toMatchObject({
      action: 'blocklist.sync',
      subject: 'Blocklist',
      subject_id: 'lista',
      user_id: userId(),
    })
    expect(event!.detail).toMatchObject({
      ...{ from: list, purpose: 'offers', replace: true, rows: 2, refused: 1, added: 1 },
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    expect(await db.prisma.blocklistSync.findMany()).toMatchObject([
      { source: 'lista', location: list, purpose: 'offers', etag: null, figures: { rows: 2, refused: 1, added: 1 } },
    ])
  })
})

describe('a wrong list', () => {
  const list = () => fileOf(`${A}\n${B}\n${C}\n${CPF}\n`)

  it.each([
    ['an empty file', ''],
    ['blank lines', '\n \n\n'],
    ['an error page', '<!DOCTYPE html><html><body>502</body></html>'],
    ['an error in JSON', '{"error":"quota"}'],
    ['rows of something else', 'telefone;nome\nabc;Ana\n123;Bia\n'],
    ['columns without a name', '11987654321;Ana\n11987654322;Bia\n'],
    ['a quote that is not closed', `telefone;nome\n${A};"Ana\n${B};Bia\n`],
  ])('%s changes nothing, with any option', async (_what, content) => {
    await sync(await list())
    const before = await entries()
    const wrong = await fileOf(content)
    await expect(sync(wrong, { replace: true, allowShrink: true })).rejects.toMatchObject({ kind: 'DATA' })
    expect(await entries()).toEqual(before)
    expect(await db.prisma.auditEvent.count()).toBe(1)
  })

  it('by which more than half would go is refused without --allow-shrink', async () => {
    await sync(await list())
    await expect(sync(await fileOf(`${A}\n`), { replace: true })).rejects.toMatchObject({
      code: 'LIST_WOULD_SHRINK',
      message: 'lista.csv would remove 3 of the 4 entries of lista',
    })
    // As many as before, and others.
    const others = await fileOf(`${A}\n11900000011\n11900000012\n11900000013\n`)
    await expect(sync(others, { replace: true })).rejects.toMatchObject({ code: 'LIST_WOULD_SHRINK' })
    await expect(sync(await fileOf('telefone\n'), { replace: true })).rejects.toMatchObject({
      code: 'LIST_WOULD_SHRINK',
    })
    expect(await entries()).toEqual([A, B, C, CPF])
    // Half of them may.
    expect((await sync(await fileOf(`${A}\n${B}\n`), { replace: true })).figures).toMatchObject({ removed: 2 })
    expect((await sync(await fileOf(`${D}\n`), { replace: true, allowShrink: true })).figures.removed).toBe(2)
    expect(await entries()).toEqual([D])
  })

  it('with nothing but a header is only for --replace', async () => {
    await expect(sync(await fileOf('telefone\n'))).rejects.toMatchObject({ code: 'LIST_EMPTY' })
  })

  it.each(['manual', 'broker:GOSAC'])('does not go under the name of %s', async source => {
    await expect(sync(await list(), { source })).rejects.toMatchObject({ code: 'SOURCE_RESERVED' })
  })

  it('that is not there is said so', async () => {
    await expect(sync('/nowhere/list.csv')).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' })
    await expect(sync('ftp://example.com/list.csv')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  })
})

describe('a list is read', () => {
  const text = `Telefone;Motivo\r\n(11) 90000-0001;não quer – “nunca”\r\n`
  const expected = [`${A} não quer – “nunca”`]

  it.each(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const)('in %s', async encoding => {
    const mark = encoding.startsWith('utf-16') ? '\ufeff' : ''
    await sync(await fileOf(encode(mark + text, encoding)))
    expect(await entries()).toEqual(expected)
  })

  it('from a workbook, with the names of the sheets that are not read', async () => {
    const rows = (phone: string) => rowXml(1, ['telefone']) + rowXml(2, [phone])
    const book = await workbookBytes({
      sheets: [
        { name: 'Procon', rows: rows('(11) 90000-0001') },
        { name: 'Outros', rows: rows('(11) 90000-0002') },
      ],
    })
    const path = await fileOf(book, 'lista.xlsx')
    expect((await sync(path)).otherSheets).toEqual(['Outros'])
    expect(await entries()).toHaveLength(1)
    expect((await sync(path, { sheet: 'outros' })).otherSheets).toEqual([])
    expect(await entries()).toHaveLength(2)
  })

  it('gzipped, with any name, and from standard input', async () => {
    await sync(await fileOf(gzipSync(text), 'lista.csv.gz'))
    expect(await entries()).toEqual(expected)
    await sync(await fileOf(gzipSync(gzipSync(text)), 'lista.csv'), { source: 'again' })
    expect(await entries('again')).toEqual(expected)
    await sync('-', { source: 'stdin' }, { stdin: Readable.from([Buffer.from(text.slice(0, 20)), text.slice(20)]) })
    expect(await entries('stdin')).toEqual(expected)
  })

  it('unless its gzip is cut or damaged, and nothing of it stays on the disk', async () => {
    const whole = gzipSync(Array.from({ length: 5_000 }, (_, i) => `119${String(90_000_000 + i * 7)}`).join('\n'))
    const damaged = Buffer.from(whole)
    damaged[whole.length - 6]! ^= 0xff
    for (const bytes of [whole.subarray(0, whole.length / 2), damaged, whole.subarray(0, whole.length - 8)])
      await expect(sync(await fileOf(bytes, 'lista.csv.gz'))).rejects.toMatchObject({
        code: 'FILE_DAMAGED',
      })
    expect(await entries()).toEqual([])
    expect(await spooled()).toEqual([])
  })

  it('unless it is longer than it may be, packed or unpacked', async () => {
    const long = '11900000001\n'.repeat(20_000)
    const limit = { mostBytes: 100_000 }
    for (const content of [long, gzipSync(long)])
      await expect(sync(await fileOf(content), limit)).rejects.toMatchObject({
        code: 'FILE_TOO_LARGE',
        hint: expect.stringContaining('--max-size'),
      })
    await expect(sync('-', limit, { stdin: Readable.from([long]) })).rejects.toMatchObject({ code: 'FILE_TOO_LARGE' })
  })

  it('and its rejects can be mended and synced again', async () => {
    const list = await fileOf(`fone;cpf;motivo\n${A};;x\n123;;y\n${B};52998224726;z\n;;w\n`)
    const rejects = join(dirname(list), 'rejects.csv')
    const result = await sync(list, { rejects })
    expect(result.rejects).toEqual({ file: rejects, rows: 3 })
    expect(result.refusals.map(row => [row.line, row.code])).toEqual([
      [3, 'INVALID_PHONE'],
      [4, 'INVALID_DOCUMENT'],
      [5, 'BAD_ROW'],
    ])
    const text = await readFile(rejects, 'utf8')
    expect(text).toMatch(/^fone;cpf;motivo;linha;coluna;motivo;detalhe\n123;;y;3;;INVALID_PHONE;/)
    await sync(await fileOf(text.replace('123;', '11900000003;').replace('52998224726', CPF)))
    expect(await entries()).toEqual([`${A} x`, `${B} z`, `${C} y`, `${CPF} z`])

    const plain = await fileOf(`${A}\nnobody\n`)
    await sync(plain, { rejects: join(dirname(plain), 'r.csv') })
    expect(await readFile(join(dirname(plain), 'r.csv'), 'utf8')).toMatch(
      /^valor;linha;coluna;motivo;detalhe\nnobody;2;;INVALID_VALUE;/,
    )
  })

  it('and no rejects are left by a sync that failed', async () => {
    const list = await fileOf(`telefone\n123\n`)
    const rejects = join(dirname(list), 'rejects.csv')
    await expect(sync(list, { rejects })).rejects.toMatchObject({ code: 'LIST_EMPTY' })
    expect(existsSync(rejects)).toBe(false)
    expect(await readdir(dirname(list))).toEqual(['lista.csv'])
    await expect(sync(list, { rejects: list })).rejects.toMatchObject({ code: 'OPTIONS_CONFLICT' })
  })
})

describe('in the middle', () => {
  const many = () => fileOf(Array.from({ length: 60_000 }, (_, i) => `119${String(10_000_000 + i)}`).join('\n'))

  it('Ctrl-C while it is read leaves everything as it was', async () => {
    await sync(await fileOf(`${A}\n`))
    const stop = new AbortController()
    const stopped = sync(await many(), {}, { signal: stop.signal, onProgress: () => stop.abort(new Error('SIGINT')) })
    await expect(stopped).rejects.toMatchObject({ code: 'INTERRUPTED' })
    expect(await entries()).toEqual([A])
  })

  it('Ctrl-C while the database works ends its statement', async () => {
    await sync(await fileOf(`${A}\n`))
    const stop = new AbortController()
    const blocker = await db.pool.connect()
    try {
      // It reads beside this lock, and cannot write.
      await blocker.query(`BEGIN; LOCK TABLE "Blocklist" IN SHARE ROW EXCLUSIVE MODE`)
      const stopped = sync(await fileOf(`${B}\n`), {}, { signal: stop.signal })
      stopped.catch(() => undefined)
      await waiting()
      stop.abort(new Error('SIGINT'))
      await expect(stopped).rejects.toMatchObject({ code: 'INTERRUPTED' })
    } finally {
      await blocker.query('ROLLBACK')
      blocker.release()
    }
    expect(await entries()).toEqual([A])
  })

  it('a database that goes away has changed nothing', async () => {
    await sync(await fileOf(`${A}\n`))
    let killed: Promise<unknown> | undefined
    const onProgress = () => {
      killed ??= db.pool.query(
        `SELECT pg_terminate_backend(pid) FROM pg_locks
         WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      )
    }
    await expect(sync(await many(), {}, { onProgress })).rejects.toSatisfy(isUnreachable)
    await killed
    expect(await entries()).toEqual([A])
    expect((await sync(await fileOf(`${B}\n`))).figures.added).toBe(1)
  })

  /** Until a statement of this database waits for a lock. */
  async function waiting(): Promise<void> {
    for (;;) {
      const { rows } = await db.pool.query(
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      )
      if (rows.length > 0) return
    }
  }
})

it('a person who was removed by hand is blocked again by the next sync that names them', async () => {
  const list = await fileOf(`${A}\n${B}\n`)
  await sync(list)
  const removed = await removeFromBlocklist(db.pool, { phones: [A], documents: [], source: 'lista' })
  expect(removed).toMatchObject([{ phone: A, source: 'lista' }])
  expect((await sync(list)).figures).toMatchObject({ added: 1, unchanged: 1 })
})

/** Lists that lie on the disk. */
async function spooled(): Promise<string[]> {
  return readdir(SPOOL)
}
