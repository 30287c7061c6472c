import { beforeAll, expect, it } from 'vitest'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { adminEnv, succeed, userEnv } from '../support/login.ts'

const db = useDatabase()
let env: NodeJS.ProcessEnv
beforeAll(async () => {
  env = await adminEnv(db)
  await succeed(camp(['broker', 'add', 'TW', '--adapter', 'TWILIO', '--cost', '0.08'], { env }))
})
const set = (...codes: string[]) => camp(['broker', 'set', 'TW', ...codes.flatMap(code => ['--code', code])], { env })
const codes = async () => (await succeed(camp(['broker', 'show', 'TW', '--json'], { env }))).json().codes

it('an ADMIN changes the class of codes, which is told, shown and audited; default takes it back', async () => {
  const changed = await succeed(set('30007=stop', '63049=later:48h', 'ODD=record'))
  expect(changed.out).toMatch(/30007: stop \(set\)\n63049: later:2d \(set\)\nODD: record \(set\)\n$/)
  expect(changed.err).toContain('the adapter TWILIO does not list the code ODD')
  expect(changed.err).not.toContain('30007')
  expect(await codes()).toMatchObject({ 30007: { class: 'stop' }, 63049: { class: 'later', after_ms: 172_800_000 } })
  const listed = (await succeed(camp(['broker', 'show', 'TW', '--codes', '--json'], { env }))).json()
  expect(listed.find(({ code }: { code: string }) => code === '30007')).toMatchObject({
    ...{ class: 'stop', overridden: true, is_listed: true },
  })
  const [audit] = (await succeed(camp(['audit', 'list', '--json'], { env }))).json()
  expect(audit).toMatchObject({
    action: 'broker.set',
    detail: { codes: { to: '30007=stop, 63049=later:2d, ODD=record' } },
  })

  const back = await succeed(set('30007=default', 'ODD=default'))
  expect(back.out).toMatch(/30007: record \(by share\)\nODD: by share\n$/)
  expect(Object.keys(await codes())).toEqual(['63049'])
})

it.each([
  ['30007', 2],
  ['30007=never', 2],
  ['=stop', 2],
  ['30007=stop:24h', 2],
])('refuses --code %s with %i, and changes nothing', async (code, exit) => {
  const before = await codes()
  expect((await set('21610=record', code)).code).toBe(exit)
  expect(await codes()).toEqual(before)
})

it('and a USER changes none', async () => {
  const user = await userEnv(db, env)
  expect((await camp(['broker', 'set', 'TW', '--code', '30007=stop'], { env: user })).code).toBe(7)
})
