import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { adminEnv, allowSelfApproval, succeed, userEnv } from '../support/login.ts'
import { scratchFolder } from '../support/scratch.ts'
import { emptied } from '../support/tampering.ts'

const db = useDatabase()
const folder = scratchFolder('cli-calendar')
let admin: NodeJS.ProcessEnv
let user: NodeJS.ProcessEnv
beforeAll(async () => {
  admin = await adminEnv(db)
  user = await userEnv(db, admin)
  await allowSelfApproval(admin)
  await succeed(camp(['wallet', 'add', 'Carteira', '--idgis', '7'], { env: admin }))
  await succeed(camp(['broker', 'add', 'Sandbox', '--adapter', 'SANDBOX', '--cost', '0.0450'], { env: admin }))
  await succeed(camp(['credential', 'set', 'Carteira', 'Sandbox', 'url=http://127.0.0.1:9'], { env: admin }))
})
beforeEach(async () => {
  await emptied(db.pool, '"Campaign", "Holiday", "AuditEvent"')
})
const calendar = (...args: string[]) => camp(['calendar', ...args, '--json'], { env: admin })

describe('camp calendar', () => {
  it('adds a day, one of every year, one of a state; lists them with the country’s, and where they come from', async () => {
    const added = await succeed(calendar('add', '2026-12-24', '--name', 'Véspera'))
    expect(added.json()).toEqual({ added: true, day: '2026-12-24', state: null, yearly: false, name: 'Véspera' })
    await succeed(calendar('add', '9/7', '--state', 'sp', '--name', 'Nove de julho'))
    await succeed(calendar('add', '31/12/2026'))
    await succeed(calendar('add', '29/02'))
    const list = (await succeed(camp(['calendar', 'list', '2026', '--json'], { env: user }))).json()
    expect(list).toHaveLength(15)
    expect(list.every((day: { off: boolean }) => day.off)).toBe(true)
    expect(list).toContainEqual({
      ...{
        day: '2026-07-09',
        weekday: 'thu',
        name: 'Nove de julho',
        state: 'SP',
        origin: 'own',
        yearly: true,
        off: true,
      },
    })
    expect(list).toContainEqual(expect.objectContaining({ day: '2026-11-20', origin: 'national', state: null }))
    expect(list.map((one: { day: string }) => one.day)).toEqual([...list.map((one: { day: string }) => one.day)].sort())
    const leap = (await succeed(calendar('list', '2028'))).json()
    expect(leap.map((one: { day: string }) => one.day)).toContain('2028-02-29')
  })

  it('lists on demand what is no holiday unless a user adds it: optional days, and the states’ own', async () => {
    const all = async () => (await succeed(calendar('list', '2026', '--all'))).json()
    const before = await all()
    expect(before).toContainEqual(expect.objectContaining({ day: '2026-02-17', origin: 'optional', off: false }))
    expect(before).toContainEqual(
      expect.objectContaining({ day: '2026-07-09', state: 'SP', origin: 'state', off: false }),
    )
    await succeed(calendar('add', '2026-02-17'))
    const carnival = (await all()).filter((one: { day: string }) => one.day === '2026-02-17')
    expect(carnival).toEqual([expect.objectContaining({ origin: 'own', off: true })])
  })

  it('gives one that is there a new name, and removes it', async () => {
    await succeed(calendar('add', '24/12'))
    expect((await succeed(calendar('add', '24/12', '--name', 'Véspera'))).json()).toMatchObject({ added: false })
    expect((await calendar('remove', '24/12')).code).toBe(2)
    expect((await calendar('remove', '24/12', '--state', 'SP', '--yes')).code).toBe(3)
    expect((await succeed(calendar('remove', '24/12', '--yes'))).json()).toMatchObject({
      removed: true,
      day: '12-24',
      name: 'Véspera',
    })
    expect((await calendar('remove', '24/12', '--yes')).code).toBe(3)
    const events = await db.prisma.auditEvent.findMany({ orderBy: { id: 'asc' } })
    expect(events.map(event => event.action)).toEqual(['calendar.add', 'calendar.add', 'calendar.remove'])
    expect(events.every(event => event.user_id !== null)).toBe(true)
  })

  it('says of a day that is national anyway that it is', async () => {
    expect((await succeed(calendar('add', '2026-12-25'))).err).toMatch(/already a national holiday/)
  })

  it.each([
    [['add', '31/02'], 2],
    [['add', '2026-13-01'], 2],
    [['add', '24-12'], 2],
    [['add', 'Natal'], 2],
    [['add', '24/12', '--state', 'XX'], 2],
    [['list', 'today'], 2],
  ])('%j exits %i', async (args, code) => {
    expect(await calendar(...args)).toMatchObject({ code, out: '' })
  })

  it('takes an ADMIN to change', async () => {
    for (const args of [
      ['add', '24/12'],
      ['remove', '24/12', '--yes'],
    ])
      expect((await camp(['calendar', ...args], { env: user })).code).toBe(7)
  })

  it('tells the laws that it knows, each with its source and what is to be said against it', async () => {
    const laws = (await succeed(calendar('laws'))).json()
    expect(laws.map((law: { state: string }) => law.state)).toEqual(['AL', 'AM', 'ES', 'RJ', 'SP'])
    expect(laws[0]).toMatchObject({
      law: 'Lei 7.782/2016',
      hours: '08:00-20:00 mon-fri, 08:00-14:00 sat',
      holidays: false,
      texts: 'yes',
      source: expect.stringMatching(/^https:/),
      caveat: expect.stringMatching(/\w{4}/),
    })
    expect((await camp(['calendar', 'laws'], { env: user })).out).toMatch(/not legal advice/)
  })
})

describe('camp campaign import, by the hours', () => {
  const importing = (rows: string[], flags: string[], env = user) => {
    const file = join(folder, `${Math.random()}.csv`)
    writeFileSync(file, `telefone\n${rows.join('\n')}\n`)
    const usual = ['--wallet', 'Carteira', '--broker', 'Sandbox', '--message', 'Olá', '--json']
    return camp(['campaign', 'import', file, ...usual, ...flags], { env })
  }

  it('keeps the laws that it is told to, shows what they leave, and binds the approval to them', async () => {
    const flags = ['--state-laws', 'rj,AL', '--hours', '08:00-19:30']
    const shown = [
      { state: 'AL', law: 'Lei 7.782/2016', hours: '08:00-19:30 mon-fri, 08:00-14:00 sat' },
      { state: 'RJ', law: 'Lei 7.868/2018', hours: '09:00-19:00 mon-fri' },
    ]
    expect((await succeed(importing(['21987654321'], [...flags, '--dry-run']))).json().state_laws).toEqual(shown)
    const { id } = (await succeed(importing(['21987654321'], flags))).json()
    const show = await succeed(camp(['campaign', 'show', id, '--json'], { env: user }))
    expect(show.json()).toMatchObject({ state_laws: shown, waiting_for_hours: false })
    expect((await camp(['campaign', 'show', id], { env: user })).out).toMatch(/laws +AL .*; RJ 09:00-19:00 mon-fri/)

    await db.pool.query(`UPDATE "Broker" SET cost_per_message = 0`)
    await succeed(camp(['campaign', 'approve', id, '--yes'], { env: admin }))
    await db.pool.query(`UPDATE "Campaign" SET state_laws = '{AL}' WHERE id = $1`, [id])
    const run = await camp(['campaign', 'run', id], { env: admin })
    expect([run.code, run.err]).toEqual([4, expect.stringMatching(/approved again/)])
  })

  it('takes no law unless it is told to, and all with auto', async () => {
    expect((await succeed(importing(['21987654321'], []))).json().state_laws).toEqual([])
    const auto = (await succeed(importing(['21987654321'], ['--state-laws', 'auto', '--again']))).json()
    expect(auto.state_laws.map((law: { state: string }) => law.state)).toEqual(['AL', 'AM', 'ES', 'RJ', 'SP'])
  })

  it.each<[string, string[], string[], RegExp]>([
    ['a law that is not known', ['31987654321'], ['--state-laws', 'MG'], /MG, whose law is unknown to camp/],
    ['none beside others', ['31987654321'], ['--state-laws', 'none,AL'], /NONE/],
    ['no state at all', ['31987654321'], ['--state-laws', ','], /names no state/],
    [
      'Sundays, with a law that was named',
      ['31987654321'],
      ['--state-laws', 'AL', '--days', 'sun'],
      /--days sun never open for AL: Lei 7\.782\/2016 \(AL\): 08:00-20:00 mon-fri, 08:00-14:00 sat/,
    ],
    [
      'Saturdays, with all laws and somebody in Rio',
      ['11987654321', '21987654321'],
      ['--state-laws', 'auto', '--days', 'sat'],
      /never open for area code 21, 22, 24 \(RJ\): Lei 7\.868\/2018/,
    ],
    [
      'an hour that an area code of two time zones does not have',
      ['97987654321'],
      ['--hours', '08:00-09:00'],
      /area code 97 \(AM-97\): it lies in America\/Manaus and America\/Eirunepe/,
    ],
  ])('refuses %s, and imports nothing', async (_, rows, flags, reason) => {
    for (const more of [[], ['--dry-run']]) {
      const run = await importing(rows, [...flags, ...more])
      expect([run.code, run.out]).toEqual([2, ''])
      expect(run.err).toMatch(reason)
    }
    expect(await db.prisma.campaign.count()).toBe(0)
  })

  it('lets Saturdays be with all laws where every lead is in a state that has one', async () => {
    await succeed(importing(['11987654321', '31987654321'], ['--state-laws', 'auto', '--days', 'sat']))
  })

  it('takes an ADMIN for holidays', async () => {
    expect((await importing(['11987654321'], ['--allow-holidays'])).code).toBe(7)
    const made = await succeed(importing(['11987654321'], ['--allow-holidays'], admin))
    expect(made.json()).toMatchObject({ allow_holidays: true })
  })
})
