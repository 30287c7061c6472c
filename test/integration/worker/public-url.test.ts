import { describe, expect, it, onTestFinished } from 'vitest'
import { callback } from '../../../src/broker/twilio/callback.ts'
import { useDatabase } from '../../support/database.ts'
import { makeScene } from '../../support/fixtures.ts'
import { testLog } from '../../support/log.ts'
import { startTestWorker } from '../../support/worker.ts'

const db = useDatabase()

async function startedWith(env: NodeJS.ProcessEnv): Promise<string[]> {
  const lines: string[] = []
  const log = testLog(line => line.includes('"event":"config.') && lines.push(line))
  const worker = await startTestWorker({ databaseUrl: db.url, env, log })
  onTestFinished(() => worker.stop())
  return lines
}

describe('a worker without CAMP_PUBLIC_URL', () => {
  it('says once at its start which brokers cannot call back; with one it says nothing', async () => {
    await makeScene(db.pool, { adapter: 'TWILIO', credential: {} })
    await makeScene(db.pool, { adapter: 'CDA', credential: {} })
    const { rows } = await db.pool.query<{ name: string }>(`SELECT name FROM "Broker" WHERE adapter = 'TWILIO'`)
    const said = await startedWith({})
    expect(said).toHaveLength(1)
    expect(JSON.parse(said[0]!)).toMatchObject({ event: 'config.public_url_missing', brokers: [rows[0]!.name] })
    expect(await startedWith({ CAMP_PUBLIC_URL: 'https://camp.example' })).toEqual([])
  })
})

it('a worker whose CAMP_PUBLIC_URL is http, and not this machine’s, says what that means', async () => {
  const said = await startedWith({ CAMP_PUBLIC_URL: 'http://camp.example' })
  expect(said.map(line => JSON.parse(line).event)).toEqual(['config.public_url_plain'])
  expect(await startedWith({ CAMP_PUBLIC_URL: 'http://127.0.0.1:9' })).toEqual([])
})

it('a Twilio signature that does not fit names CAMP_PUBLIC_URL', () => {
  const request = {
    url: new URL('https://camp.example/webhooks/x/y'),
    headers: { 'x-twilio-signature': 'bm90IHRoaXM=' },
    body: Buffer.from('AccountSid=AC1&MessageSid=SM1&MessageStatus=delivered'),
    leadId: undefined,
  }
  const credential = { account_sid: 'AC00000000000000000000000000000000', auth_token: 'secret' } as never
  const context = { credentials: [credential], receivedAt: new Date(0), notice: () => undefined }
  expect(() => callback(request, context)).toThrow(/CAMP_PUBLIC_URL is probably not the address that Twilio calls/)
})
