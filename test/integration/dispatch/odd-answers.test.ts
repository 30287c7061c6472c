import { describe, expect, it } from 'vitest'
import { reconcileBudgets } from '../../../src/budget/reconcile.ts'
import { runCampaign } from '../../../src/campaign/actions/start.ts'
import { useDatabase } from '../../support/database.ts'
import { dispatchOn } from '../../support/dispatch.ts'
import { type Books, booksOf, makeCampaign, makeScene, twilioCredential } from '../../support/fixtures.ts'
import { serveHttp } from '../../support/http.ts'
import { until } from '../../support/worker.ts'

/** Brokers whose answers hold what a database, a terminal or a clock does not take: what they say of the messages counts. */
const db = useDatabase()
const { workers } = dispatchOn(db)

interface Reply {
  status: number
  body: unknown
  headers?: Record<string, string>
}

type Answers = (keys: string[], request: number) => Reply

const results = (keys: string[], result: object, reference = 'r-1') => ({
  status: 200,
  body: { reference, results: keys.map(key => ({ key, ...result })) },
})

/** A campaign at a broker that answers so. @returns its id, and how many requests the broker had */
async function sent(leads: number, answers: Answers) {
  let requests = 0
  const url = await serveHttp(async (incoming, response) => {
    let text = ''
    for await (const chunk of incoming) text += chunk
    const { messages } = JSON.parse(text) as { messages: { key: string }[] }
    const { status, body, headers } = answers(
      messages.map(message => message.key),
      ++requests,
    )
    const written = typeof body === 'string' ? body : JSON.stringify(body)
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(written)
  })
  const scene = await makeScene(db.pool, { url, maxBatch: 20 })
  const deps = await workers({ count: 1 })
  const id = await makeCampaign(db.pool, scene, { leads })
  await runCampaign(deps, id, scene.userId)
  return { id, scene, requests: () => requests }
}

const seen = (id: string, what: string, isSo: (books: Books) => boolean) =>
  until(what, () => booksOf(db.pool, id), isSo)
const finished = (id: string) => seen(id, 'FINISHED', books => books.campaign === 'FINISHED')

async function leadsOf(id: string) {
  const { rows } = await db.pool.query<Record<'provider_msg_id' | 'error_code' | 'error_message', string | null>>(
    `SELECT provider_msg_id, error_code, error_message FROM "CampaignLead" WHERE campaign_id = $1 ORDER BY seq`,
    [id],
  )
  return rows
}

async function blockedUntil(credentialId: string): Promise<Date | null> {
  const { rows } = await db.pool.query<{ blocked_until: Date | null }>(
    `SELECT blocked_until FROM "SendSlot" WHERE id = $1`,
    [credentialId],
  )
  return rows[0]?.blocked_until ?? null
}

describe('characters that PostgreSQL does not take change nothing of what an answer means', () => {
  it('401 with a NUL: the campaign is FAILED, nothing is in doubt', async () => {
    const { id, requests } = await sent(40, () => ({ status: 401, body: 'bad\0key \x1b[2J \u202etxet' }))
    const books = await seen(id, 'FAILED', ({ campaign, statuses }) => campaign === 'FAILED' && !statuses.SENDING)
    expect(books).toMatchObject({ statuses: { PENDING: 40 }, used: '0.0000', ledger: '0.0000' })
    expect(books.reason).toBe('HTTP 401: bad\ufffdkey \ufffd[2J txet')
    expect(requests()).toBeLessThanOrEqual(2)
  })

  it('400 with a NUL: halved, until the bad lead is alone', async () => {
    let bad: string | undefined
    const { id } = await sent(8, keys => {
      bad ??= keys[2]
      return keys.includes(bad!) ? { status: 400, body: 'bad\0request' } : results(keys, { status: 'accepted' })
    })
    expect(await finished(id)).toMatchObject({ statuses: { SENT: 7, ERROR: 1 }, used: '0.3150', ledger: '0.3150' })
  })

  it('200 with a NUL, or half a character, in the id or the reference: SENT', async () => {
    const { id } = await sent(20, keys => results(keys, { status: 'accepted', id: 'a\0b\ud800c' }, 'ref\0\nerence'))
    expect(await finished(id)).toMatchObject({ statuses: { SENT: 20 }, used: '0.9000' })
    expect((await leadsOf(id))[0]).toMatchObject({ provider_msg_id: 'a\ufffdb\ufffdc' })
    const { rows } = await db.pool.query(`SELECT broker_ref FROM "Batch" WHERE campaign_id = $1`, [id])
    // A line each, where a batch has several: one reference stays one line.
    expect(rows).toEqual([{ broker_ref: 'ref\ufffd erence' }])
  })

  it('rejected, its detail and its code with a NUL, an escape sequence and a direction mark: ERROR', async () => {
    const odd = { status: 'rejected', code: 'C\0ODE', detail: 'no\0 \x1b]0;x\x07such \u202enumber\u2066\r\nand more' }
    const { id } = await sent(4, keys => results(keys, odd))
    expect(await finished(id)).toMatchObject({ statuses: { ERROR: 4 }, used: '0.0000', ledger: '0.0000' })
    const said = { error_code: 'C\ufffdODE', error_message: 'no\ufffd \ufffd]0;x\ufffdsuch number and more' }
    expect((await leadsOf(id))[0]).toMatchObject(said)
  })

  it('accepted and rejected, both of the same message, in either order: IN_DOUBT', async () => {
    const accepted = (key: string) => ({ key, status: 'accepted', id: 'x' })
    const rejected = (key: string) => ({ key, status: 'rejected', code: 'A', detail: '' })
    const { id } = await sent(20, keys => ({
      status: 200,
      body: {
        reference: 'r',
        results: keys.flatMap((key, i) => (i % 2 ? [accepted(key), rejected(key)] : [rejected(key), accepted(key)])),
      },
    }))
    expect(await finished(id)).toMatchObject({ statuses: { IN_DOUBT: 20 } })
  })

  it('rejected without any code: ERROR, with one that shows', async () => {
    const { id } = await sent(2, keys => results(keys, { status: 'rejected', code: ' ', detail: '' }))
    expect(await finished(id)).toMatchObject({ statuses: { ERROR: 2 } })
    expect((await leadsOf(id))[0]).toMatchObject({ error_code: 'REFUSED' })
  })

  it('Twilio’s refusal of a number, with a NUL in its message: ERROR', async () => {
    const url = await serveHttp((_, response) => {
      const body = JSON.stringify({ code: 21211, message: "The 'To' number \0 is not valid", status: 400 })
      response.writeHead(400, { 'content-type': 'application/json' }).end(body)
    })
    const credential = twilioCredential(url)
    const scene = await makeScene(db.pool, { adapter: 'TWILIO', credential, maxBatch: 20 })
    const deps = await workers({ count: 1 })
    const id = await makeCampaign(db.pool, scene, { leads: 4 })
    await runCampaign(deps, id, scene.userId)
    expect(await finished(id)).toMatchObject({ statuses: { ERROR: 4 }, errors: { 21211: 4 }, used: '0.0000' })
    expect((await leadsOf(id))[0]!.error_message).toBe("The 'To' number \ufffd is not valid")
  })

  it('an id and a code of a megabyte: SENT, and ERROR', async () => {
    const long = 'x'.repeat(1_000_000)
    const { id } = await sent(4, keys => ({
      status: 200,
      body: {
        reference: long,
        results: keys.map((key, i) =>
          i === 0 ? { key, status: 'accepted', id: long } : { key, status: 'rejected', code: long, detail: long },
        ),
      },
    }))
    expect(await finished(id)).toMatchObject({ statuses: { SENT: 1, ERROR: 3 } })
    expect((await leadsOf(id)).map(lead => (lead.error_message ?? lead.provider_msg_id)?.length)).toEqual([
      300, 500, 500, 500,
    ])
  })
})

describe('a Retry-After', () => {
  it('that no number can hold is none: PENDING, and later', async () => {
    const { id, scene } = await sent(20, (keys, n) =>
      n === 1
        ? { status: 429, body: '', headers: { 'retry-after': '99999999999999999' } }
        : results(keys, { status: 'accepted' }),
    )
    expect(await finished(id)).toMatchObject({ statuses: { SENT: 20 } })
    expect(await blockedUntil(scene.credentialId)).toBeNull()
  })

  it.each([
    ['a year', '31536000'],
    ['a date in a year', new Date(Date.now() + 31_536_000_000).toUTCString()],
  ])('of %s is an hour', async (_, header) => {
    const { id, scene } = await sent(20, () => ({ status: 429, body: '', headers: { 'retry-after': header } }))
    await until(
      'it waits',
      () => blockedUntil(scene.credentialId),
      at => at !== null,
    )
    const ms = (await blockedUntil(scene.credentialId))!.getTime() - Date.now()
    expect(ms).toBeGreaterThan(3_500_000)
    expect(ms).toBeLessThanOrEqual(3_600_000)
    expect(await booksOf(db.pool, id)).toMatchObject({ statuses: { PENDING: 20 }, used: '0.0000' })
  })
})

describe('a database that refuses for a while', () => {
  it.each([
    ['disk full', '53100'],
    ['a statement timeout', '57014'],
    ['out of memory', '53200'],
    ['a lock timeout', '55P03'],
  ])('by %s loses no answer', async (_, code) => {
    const name = `refuse_${code.toLowerCase()}`
    await db.pool.query(
      `CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '${code}'; END $$`,
    )
    let from: number | undefined
    const refusing = async () => {
      await db.pool.query(
        `CREATE TRIGGER ${name} BEFORE UPDATE ON "CampaignLead" FOR EACH ROW WHEN (OLD.status = 'SENDING') EXECUTE FUNCTION ${name}()`,
      )
      from = Date.now()
    }
    let began: Promise<void> | undefined
    let requests = 0
    const url = await serveHttp(async (incoming, response) => {
      let text = ''
      for await (const chunk of incoming) text += chunk
      requests++
      // From the first request on: its answer, and those of the others on their way, are to be settled meanwhile.
      began ??= refusing()
      await began
      const { messages } = JSON.parse(text) as { messages: { key: string }[] }
      response.end(
        JSON.stringify(
          results(
            messages.map(message => message.key),
            { status: 'accepted' },
          ).body,
        ),
      )
    })
    const scene = await makeScene(db.pool, { url, maxBatch: 20 })
    const deps = await workers({ count: 1 })
    const id = await makeCampaign(db.pool, scene, { leads: 100 })
    await runCampaign(deps, id, scene.userId)
    await until(
      'it has refused for two seconds',
      async () => Date.now() - (from ?? Date.now()),
      ms => ms > 2_000,
    )
    await db.pool.query(`DROP TRIGGER ${name} ON "CampaignLead"`)
    const back = Date.now()
    expect(await finished(id)).toMatchObject({ statuses: { SENT: 100 }, used: '4.5000', ledger: '4.5000' })
    expect(requests).toBe(5)
    // The first try after it comes within a second.
    const { rows } = await db.pool.query<{ at: Date }>(
      `SELECT min(settled_at) AS at FROM "Batch" WHERE campaign_id = $1`,
      [id],
    )
    expect(rows[0]!.at.getTime() - back).toBeLessThan(3_000)
  })

  it('for a text of the answer: the answer is settled without its texts', async () => {
    await db.pool.query(
      `CREATE FUNCTION refuse_text() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no such text' ` +
        `USING ERRCODE = '22021'; END $$`,
    )
    await db.pool.query(
      `CREATE TRIGGER refuse_text BEFORE UPDATE ON "CampaignLead" FOR EACH ROW
       WHEN (NEW.provider_msg_id = 'odd' OR NEW.error_message = 'odd') EXECUTE FUNCTION refuse_text()`,
    )
    const { id } = await sent(10, keys => ({
      status: 200,
      body: {
        reference: 'r-1',
        results: keys.map((key, i) =>
          i % 2 ? { key, status: 'accepted', id: 'odd' } : { key, status: 'rejected', code: 'X', detail: 'odd' },
        ),
      },
    }))
    expect(await finished(id)).toMatchObject({
      statuses: { SENT: 5, ERROR: 5 },
      errors: { REFUSED: 5 },
      used: '0.2250',
      ledger: '0.2250',
    })
    await db.pool.query(`DROP TRIGGER refuse_text ON "CampaignLead"`)
  })
})

it('and the books agree', async () => {
  expect((await reconcileBudgets(db.pool)).differences).toEqual([])
})
