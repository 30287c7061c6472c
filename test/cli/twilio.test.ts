import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { adminEnv, succeed } from '../support/login.ts'
import { scratchFolder } from '../support/scratch.ts'
import { emptied } from '../support/tampering.ts'

/** What Twilio would refuse, or let expire, is said before anything is sent. */
const db = useDatabase()
const folder = scratchFolder('cli-twilio')
const SIDS = {
  AC: `AC${'0'.repeat(32)}`,
  MG: `MG${'0'.repeat(32)}`,
  SK: `SK${'0'.repeat(32)}`,
  HX: `HX${'0'.repeat(32)}`,
}
const LONG_CODE = [`account_sid=${SIDS.AC}`, 'auth_token=t', 'from=+5511900000000']
const PHONES = 3_700
let env: NodeJS.ProcessEnv

beforeAll(async () => {
  env = await adminEnv(db)
  await succeed(camp(['wallet', 'add', 'Sul', '--idgis', '7'], { env }))
  const phones = Array.from({ length: PHONES }, (_, i) => `119${String(80_000_000 + i)}`)
  writeFileSync(join(folder, 'many.csv'), ['telefone', ...phones].join('\n'))
  writeFileSync(join(folder, 'few.csv'), ['telefone', ...phones.slice(0, 3)].join('\n'))
})
beforeEach(async () => {
  await emptied(db.pool, '"Campaign"')
  await db.pool.query(`DELETE FROM "Broker"`)
  await succeed(camp(['broker', 'add', 'Twilio', '--adapter', 'TWILIO', '--cost', '0.0500'], { env }))
})

const set = (keys: string[], more: NodeJS.ProcessEnv = {}) =>
  camp(['credential', 'set', 'Sul', 'Twilio', ...keys], { env: { ...env, ...more } })
const importing = (file: string, ...more: string[]) =>
  camp(['campaign', 'import', join(folder, file), '--wallet', 'Sul', '--broker', 'Twilio', ...more], { env })
const campaigns = async () => (await db.pool.query(`SELECT id FROM "Campaign"`)).rowCount

describe('more messages than a long code sends within their validity', () => {
  beforeEach(() => succeed(set(LONG_CODE)))

  test.each([
    ['a dry run', ['--dry-run']],
    ['an import', []],
  ])('are refused by %s, with the figures and what to change', async (_, options) => {
    const refused = await importing('many.csv', '--message', 'Olá', ...options)
    expect([refused.code, refused.out, await campaigns()]).toEqual([5, '', 0])
    expect(refused.err).toContain('many of 3,700 messages: the long code sends 1 a second')
    expect(refused.err).toContain('camp broker set BROKER --rate 1/s')
  })

  test('are counted in SMS', async () => {
    expect((await importing('few.csv', '--message', 'Olá', '--dry-run')).code).toBe(0)
    await succeed(set(['validity=5']))
    expect((await importing('few.csv', '--message', 'Olá', '--dry-run')).code).toBe(0)
    const long = await importing('few.csv', '--message', 'a'.repeat(161), '--dry-run')
    expect([long.code, long.err]).toEqual([5, expect.stringContaining('3 messages (6 SMS)')])
  })

  test.each<[string, () => Promise<unknown>, string[]]>([
    ['the rate of the broker', () => succeed(camp(['broker', 'set', 'Twilio', '--rate', '1/s'], { env })), []],
    ['the throttling', async () => undefined, ['--throttle', 'fixed:1s']],
    ['a faster sender', () => succeed(set(['sender_rate=2'])), []],
    ['a longer validity', () => succeed(set(['validity=7200'])), []],
  ])('are imported with %s', async (_, change, options) => {
    await change()
    const imported = await importing('many.csv', '--message', 'Olá', ...options)
    expect([imported.code, await campaigns()]).toEqual([0, 1])
  })
})

describe('WhatsApp', () => {
  beforeEach(() => succeed(set([...LONG_CODE, 'channel=whatsapp'])))

  test.each([
    ['a dry run', ['--dry-run']],
    ['an import', []],
    ['a recurring import', ['--repeat', '0 9 * * *']],
  ])('takes no free text in %s', async (_, options) => {
    const refused = await importing('few.csv', '--message', 'Oi', ...options)
    expect([refused.code, refused.out, await campaigns()]).toEqual([5, '', 0])
    expect(refused.err).toContain('WhatsApp accepts only approved templates, not free text')
    expect(refused.err).toContain('--template CODE')
  })
})

describe('credential set', () => {
  test('refuses what is no SID and no sender, by name, and stores nothing', async () => {
    const refused = await set([
      'account_sid=12345',
      'auth_token=t',
      'from=11900000000',
      'messaging_service_sid=nonsense',
    ])
    expect([refused.code, refused.out]).toEqual([5, ''])
    for (const key of ['account_sid', 'from', 'messaging_service_sid'])
      expect(refused.err).toContain(`"${key}": must be`)
    expect((await db.pool.query(`SELECT id FROM "Credential"`)).rowCount).toBe(0)
  })

  test('says which sender is used, what callbacks need, and what Twilio has against the callback URL', async () => {
    expect((await succeed(set(LONG_CODE))).err).toBe('')
    const both = await set([...LONG_CODE, `messaging_service_sid=${SIDS.MG}`])
    expect([both.code, both.err]).toEqual([
      0,
      expect.stringContaining('messaging_service_sid is used, and from is not'),
    ])
    const keyed = await set([...LONG_CODE, 'auth_token=', `api_key_sid=${SIDS.SK}`, 'api_key_secret=s'])
    expect([keyed.code, keyed.err]).toEqual([
      0,
      expect.stringContaining('without auth_token no callback can be verified'),
    ])
    const underscored = await set(LONG_CODE, { CAMP_PUBLIC_URL: 'https://camp_1.example' })
    expect([underscored.code, underscored.err]).toEqual([0, expect.stringContaining('21609')])
  })
})
