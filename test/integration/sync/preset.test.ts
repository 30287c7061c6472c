import { describe, expect, it } from 'vitest'
import { useDatabase } from '../../support/database.ts'
import { serveHttp } from '../../support/http.ts'
import { fileOf, syncOn } from '../../support/sync.ts'

const db = useDatabase()
const { sync, entries } = syncOn(db)
const NML = { preset: 'nao-me-ligue-sp', only: 'phone', replace: true } as const
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

  it('blocks at once where the list has no date, or none that can be read', async () => {
    const dated = await fileOf('telefone;data\n11900000001;soon\n')
    expect((await sync(dated, NML, on('2026-11-15'))).figures).toMatchObject({ added: 1, waiting: 0 })
    const bare = await fileOf('11900000001\n12900000002\n')
    expect((await sync(bare, NML, on('2026-11-15'))).figures).toMatchObject({ added: 1, unchanged: 1, waiting: 0 })
  })
})
