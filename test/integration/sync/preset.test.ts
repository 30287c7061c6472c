import { describe, expect, it } from 'vitest'
import { useDatabase } from '../../support/database.ts'
import { serveHttp } from '../../support/http.ts'
import { fileOf, syncOn } from '../../support/sync.ts'

const db = useDatabase()
const { sync, entries } = syncOn(db)
const NML = { preset: 'nao-me-ligue-sp', replace: true } as const
/** Noon in São Paulo. */
const on = (day: string) => ({ clock: { now: () => new Date(`${day}T12:00:00-03:00`) } })

describe('the preset nao-me-ligue-sp', () => {
  it('blocks phones of São Paulo 30 days after their registration, for every purpose', async () => {
    const list = await fileOf(
      'telefone;data de cadastro\n(11) 90000-0001;01/11/2026\n(19) 90000-0002;31/10/2026\n(21) 90000-0003;01/01/2020\n',
    )
    const first = await sync(list, NML, on('2026-11-30'))
    expect(first.figures).toMatchObject({ rows: 3, phones: 1, added: 1, waiting: 1, refused: 1 })
    expect(first.refusals).toMatchObject([{ line: 4, code: 'OUT_OF_SCOPE' }])
    expect(await entries()).toEqual(['5519900000002'])
    expect((await sync(list, NML, on('2026-12-01'))).figures).toMatchObject({ added: 1, waiting: 0 })
    expect(await entries()).toEqual(['5511900000001', '5519900000002'])
  })

  it('reads a list that its server calls unchanged again, since entries may bind by now', async () => {
    const asked: (string | undefined)[] = []
    const url = await serveHttp((request, response) => {
      asked.push(request.headers['if-none-match'])
      response.writeHead(200, { etag: '"1"' }).end('telefone;data\n11900000001;01/11/2026\n')
    })
    expect((await sync(url, NML, on('2026-11-15'))).figures).toMatchObject({ added: 0, waiting: 1 })
    expect((await sync(url, NML, on('2026-12-15'))).figures).toMatchObject({ added: 1, waiting: 0 })
    expect(asked).toEqual([undefined, undefined])
  })

  it('takes the date of a column that --map names, beside the phones that it finds', async () => {
    const list = await fileOf('telefone;inscrito em\n11900000001;01/11/2026\n')
    const mapped = { ...NML, map: { date: 'inscrito em' } }
    expect((await sync(list, mapped, on('2026-11-15'))).figures).toMatchObject({ added: 0, waiting: 1 })
  })

  it('blocks at once where the list has no date, one that cannot be read, or one in the future, and counts such rows', async () => {
    const dated = await fileOf(
      'telefone;data\n11900000001;01/11/2026\n11900000002;soon\n11900000003;\n11900000004;16/11/2026\n21900000005;soon\n',
    )
    const read = await sync(dated, NML, on('2026-11-15'))
    expect(read).toMatchObject({ firstUndated: 3, figures: { added: 3, waiting: 1, undated: 3, refused: 1 } })
    expect(await entries()).toEqual(['5511900000002', '5511900000003', '5511900000004'])
    const bare = await fileOf('11900000002\n12900000002\n')
    const options = { ...NML, allowShrink: true }
    expect((await sync(bare, options, on('2026-11-15'))).figures).toMatchObject({
      unchanged: 1,
      waiting: 0,
      undated: 2,
    })
  })

  it('refuses a document for being none of its phones, and takes the phone beside one', async () => {
    const cpf = '529.982.247-25'
    const list = await fileOf(`telefone;cpf\n;${cpf}\n11900000001;${cpf}\n21900000001;${cpf}\n`)
    const { refusals } = await sync(list, NML)
    expect(refusals).toMatchObject([
      { line: 2, code: 'NO_PHONE' },
      { line: 4, code: 'OUT_OF_SCOPE' },
    ])
    expect(await entries()).toEqual(['5511900000001'])
    // Both a mobile and a CPF: it is the mobile, without a doubt.
    const bare = await sync(await fileOf(`${cpf}\n11900000083\n`), { ...NML, allowShrink: true })
    expect(bare).toMatchObject({ refusals: [{ line: 1, code: 'NO_PHONE' }], figures: { ambiguous: 0 } })
    expect(await entries()).toEqual(['5511900000083'])
  })

  it('is kept for the later syncs of its source, also from another place, until they are told otherwise', async () => {
    const list = await fileOf('telefone\n11900000001\n21900000002\n')
    await sync(list, NML)
    const again = await sync(list, { replace: true })
    expect(again).toMatchObject({ preset: 'nao-me-ligue-sp', figures: { unchanged: 1, refused: 1 } })
    const elsewhere = await fileOf('telefone\n11900000001\n21900000002\n')
    expect(await sync(elsewhere)).toMatchObject({ preset: 'nao-me-ligue-sp', figures: { added: 0, refused: 1 } })
    expect(await sync(list, { source: 'another' })).toMatchObject({ preset: null, figures: { added: 2 } })
    await expect(sync(list, { purpose: 'offers' })).rejects.toMatchObject({
      code: 'OPTIONS_CONFLICT',
      hint: expect.stringContaining('--preset none'),
    })
    await expect(sync(list, { only: 'document' })).rejects.toMatchObject({ code: 'OPTIONS_CONFLICT' })
    expect(await entries()).toEqual(['5511900000001'])
    expect(await sync(list, { preset: 'none', purpose: 'offers' })).toMatchObject({
      preset: null,
      figures: { added: 1 },
    })
    expect(await sync(list)).toMatchObject({ preset: null, figures: { changed: 2 } })
  })
})
