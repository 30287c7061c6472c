import { readFileSync } from 'node:fs'
import type { CommandUnknownOpts } from '@commander-js/extra-typings'
import { beforeAll, describe, expect, it } from 'vitest'
import { asksNote } from '../../src/cli/add-command.ts'
import { PERMISSIONS } from '../../src/security/permissions.ts'
import { camp } from '../support/camp.ts'
import { commandTree } from '../support/commands.ts'
import { useDatabase } from '../support/database.ts'
import { makeCampaign, makeScene, type Scene, stampApproval } from '../support/fixtures.ts'
import { adminEnv, serverEnv, succeed, userEnv } from '../support/login.ts'

const db = useDatabase()
let admin: NodeJS.ProcessEnv
let owner: NodeJS.ProcessEnv
let other: NodeJS.ProcessEnv
let scene: Scene
let commands: Map<string, CommandUnknownOpts>

beforeAll(async () => {
  commands = await commandTree()
  admin = await adminEnv(db)
  owner = await userEnv(db, admin, 'carla@example.com')
  other = await userEnv(db, admin, 'dora@example.com')
  scene = await makeScene(db.pool)
})

/** Imported by carla. */
async function campaign(status: string, lead?: string): Promise<string> {
  const id = await makeCampaign(db.pool, scene, { leads: 3, status })
  await db.pool.query(
    `UPDATE "Campaign" SET user_id = (SELECT id FROM "User" WHERE email = 'carla@example.com') WHERE id = $1`,
    [id],
  )
  if (status === 'PAUSED') await stampApproval(db.pool, id)
  if (lead)
    await db.pool.query(
      `UPDATE "CampaignLead" SET status = $2::"LeadStatus", error_code = CASE WHEN $2 = 'ERROR' THEN 'REFUSED' END WHERE campaign_id = $1`,
      [id, lead],
    )
  return id
}

const run = (env: NodeJS.ProcessEnv, line: string) => camp(line.split(' '), { env })
const statusOf = async (id: string) =>
  (await db.pool.query(`SELECT status FROM "Campaign" WHERE id = $1`, [id])).rows[0].status

describe('who may do what', () => {
  it('is said for every command, and for no other', () => {
    const known = Object.keys(PERMISSIONS)
    const flags = known.filter(act => act.includes(' --'))
    expect(known.filter(act => !flags.includes(act)).sort()).toEqual([...commands.keys()].sort())
    for (const act of flags) {
      const [command, flag] = act.split(' --') as [string, string]
      const options = commands.get(command)!.options.map(option => option.long)
      expect(options, act).toContain(`--${flag}`)
    }
  })

  it('an empty list tells an ADMIN how to add one, and a USER who does', async () => {
    expect((await run(admin, 'template list')).out).toBe(
      'No templates yet. Add one: camp template add NAME --code CODE --content TEXT\n',
    )
    expect((await run(other, 'template list')).out).toMatch(/^No templates yet\. An ADMIN adds one: .*ana@example\.com/)
  })

  it.each([
    ['cancel', 'APPROVED', '--yes', undefined],
    ['cancel', 'PROCESSING', '--yes', undefined],
    ['resume', 'PAUSED', '', undefined],
    ['retry', 'FINISHED', '', 'ERROR'],
  ])('%s of a campaign that is %s: its importer and an ADMIN, no other USER', async (move, status, flag, lead) => {
    const id = await campaign(status, lead)
    const line = `campaign ${move} ${id} ${flag}`.trim()
    const refused = await run(other, line)
    expect(refused.code).toBe(7)
    expect(refused.err).toMatch(new RegExp(`dora@example\\.com may not ${move} T`))
    expect(refused.err).toMatch(/Its importer may, carla@example\.com, and each ADMIN: .*ana@example\.com/)
    expect(await statusOf(id)).toBe(status)
    expect(await run(owner, line)).toMatchObject({ code: 0 })
    const again = await campaign(status, lead)
    expect(await run(admin, line.replace(id, again))).toMatchObject({ code: 0 })
  })

  it('a pause is any user’s, with its reason; show says who, when and why', async () => {
    const id = await campaign('PROCESSING')
    await succeed(camp(['campaign', 'pause', id, '--reason', 'a customer complains'], { env: other }))
    const shown = await succeed(run(other, `campaign show ${id}`))
    expect(shown.out).toMatch(
      /^paused +20\d\d-\d\d-\d\d \d\d:\d\d:\d\d by dora@example\.com \(via ana@example\.com\): a customer complains$/m,
    )
    expect(shown.out).toMatch(
      /^next +Its importer, carla@example\.com, or an ADMIN \(.*ana@example\.com.*\) resumes it\.$/m,
    )
    expect((await run(other, `campaign show ${id} --json`)).json().stopped).toMatchObject({
      what: 'pause',
      by: 'dora@example.com (via ana@example.com)',
      reason: 'a customer complains',
    })
  })

  it.each([
    ['reject', 'PENDING_APPROVAL', /^rejected +\S+ \S+ by ana@example\.com: wrong$/m],
    ['cancel', 'APPROVED', /^cancelled +\S+ \S+ by ana@example\.com: wrong$/m],
  ])('a %s is shown with who and when, too', async (move, status, line) => {
    const id = await campaign(status)
    await succeed(run(admin, `campaign ${move} ${id} --reason wrong --yes`))
    const { out } = await run(other, `campaign show ${id}`)
    expect(out).toMatch(line)
    expect(out).not.toMatch(/^reason /m)
  })
})

describe('what cannot be undone, and an approval', () => {
  const asking: [string, string, string?][] = [
    ['campaign approve', 'PENDING_APPROVAL'],
    ['campaign cancel', 'APPROVED'],
    ['campaign reject', 'PENDING_APPROVAL'],
    ['campaign resolve', 'FINISHED', 'IN_DOUBT'],
    ['campaign repeat remove', ''],
    ['blocklist remove', ''],
    ['calendar remove', ''],
    ['broker remove', ''],
    ['credential remove', ''],
    ['fish remove', ''],
    ['template remove', ''],
    ['wallet remove', ''],
    ['data erase', ''],
    ['prune', ''],
  ]

  it('is said in its help, and in no other', () => {
    const saying = [...commands].filter(([, command]) => helpOf(command).includes(asksNote())).map(([name]) => name)
    expect(saying.sort()).toEqual(asking.map(([name]) => name).sort())
    const table = readFileSync('docs/people.md', 'utf8').split('## What asks')[1]!.split('\n\n')[1]!
    for (const [name] of asking) expect(table, name).toContain(`\`${name}`)
    expect(table.match(/`(campaign|repeat|data|prune|\w+ remove)/g)!.length).toBe(asking.length)
  })

  it('asks: without a terminal and without --yes it ends with 2, and nothing has changed', async () => {
    const setUp = [
      ['wallet', 'add', 'W', '--idgis', '1'],
      ['wallet', 'add', 'V', '--idgis', '2'],
      ['broker', 'add', 'B', '--adapter', 'SANDBOX', '--cost', '0.01'],
      ['broker', 'add', 'A', '--adapter', 'SANDBOX', '--cost', '0.01'],
      ['credential', 'set', 'W', 'B', 'url=http://127.0.0.1:9'],
      ['template', 'add', 'T', '--code', 't', '--content', 'x'],
      ['fish', 'add', 'F', '11987654321'],
      ['blocklist', 'add', '--phone', '11987654321'],
      ['calendar', 'add', '24/12'],
    ]
    for (const argv of setUp) await succeed(camp(argv, { env: admin }))
    const repeat = await camp(
      [
        'campaign',
        'import',
        'test/*.csv',
        '--repeat',
        '0 9 * * 1-5',
        '--wallet',
        'V',
        '--broker',
        'A',
        '--message',
        'x',
        '--json',
      ],
      { env: admin },
    )
    const [cancelled, rejected, doubtful] = [
      await campaign('APPROVED'),
      await campaign('PENDING_APPROVAL'),
      await campaign('FINISHED', 'IN_DOUBT'),
    ]
    const person = await db.pool.query(`SELECT phone FROM "CampaignLead" WHERE campaign_id = $1 LIMIT 1`, [cancelled])
    const lines: [string, string][] = [
      ['campaign approve', `campaign approve ${rejected}`],
      ['campaign cancel', `campaign cancel ${cancelled}`],
      ['campaign reject', `campaign reject ${rejected}`],
      ['campaign resolve', `campaign resolve ${doubtful} --sent`],
      ['campaign resolve', `campaign resolve ${doubtful} --not-sent`],
      ['campaign resolve', `campaign resolve ${doubtful} --resend`],
      ['campaign repeat remove', `campaign repeat remove ${repeat.json().handle}`],
      ['blocklist remove', 'blocklist remove --phone 11987654321'],
      ['calendar remove', 'calendar remove 24/12'],
      ['credential remove', 'credential remove W B'],
      ['broker remove', 'broker remove B'],
      ['fish remove', 'fish remove F'],
      ['template remove', 'template remove t'],
      ['wallet remove', 'wallet remove W'],
      ['data erase', `data erase --phone ${person.rows[0].phone}`],
      ['prune', 'prune --older-than 180d'],
    ]
    expect([...new Set(lines.map(([name]) => name))].sort()).toEqual(asking.map(([name]) => name).sort())
    const before = await everything()
    for (const [, line] of lines) {
      const refused = await run(admin, line)
      expect(refused, line).toMatchObject({ code: 2, out: '' })
      expect(refused.err, line).toMatch(
        /\?.* This requires an answer, and there is no terminal\.\n {2}Add --yes to answer yes\.\n$/,
      )
    }
    expect(await everything()).toEqual(before)
    const no = await camp(['campaign', 'cancel', cancelled], { env: admin, answer: 'n' })
    expect(no.code).toBe(130)
    expect(await everything()).toEqual(before)
    await succeed(camp(['campaign', 'cancel', cancelled], { env: admin, answer: 'y' }))
    expect(await statusOf(cancelled)).toBe('CANCELLED')
  })

  it('is not asked about where the state does not allow it', async () => {
    expect((await run(admin, `campaign cancel ${await campaign('FINISHED')}`)).code).toBe(4)
    expect((await run(admin, `campaign reject ${await campaign('APPROVED')}`)).code).toBe(4)
    expect((await run(admin, `campaign resolve ${await campaign('FINISHED')} --sent`)).code).toBe(4)
  })

  async function everything(): Promise<unknown> {
    const tables = [
      'Wallet',
      'Broker',
      'Credential',
      'Template',
      'Fish',
      'Blocklist',
      'Holiday',
      'Recurrence',
      'Campaign',
    ]
    return Promise.all(tables.map(async table => (await db.pool.query(`SELECT * FROM "${table}" ORDER BY id`)).rows))
  }
})

it('an approval on a terminal shows the campaign and asks; elsewhere --yes answers', async () => {
  const id = await campaign('PENDING_APPROVAL')
  const no = await camp(['campaign', 'approve', id], { env: admin, answer: 'n' })
  expect(no.code).toBe(130)
  expect(no.err).toMatch(/budget +\w+: R\$ [\d.,]+ used, R\$ [\d.,]+ committed, R\$ [\d.,]+ left after this one/)
  expect(await statusOf(id)).toBe('PENDING_APPROVAL')
  expect((await camp(['campaign', 'approve', id], { env: admin })).code).toBe(2)
  expect((await camp(['campaign', 'approve', id, '--yes'], { env: admin })).code).toBe(0)
  const own = await makeCampaign(db.pool, scene, { leads: 1, status: 'PENDING_APPROVAL' })
  await db.pool.query(
    `UPDATE "Campaign" SET user_id = (SELECT id FROM "User" WHERE email = 'ana@example.com') WHERE id = $1`,
    [own],
  )
  const early = await camp(['campaign', 'approve', own], { env: admin, terminal: 'stdin' })
  expect(early).toMatchObject({ code: 7, err: expect.not.stringContaining('Approve it?') })
})

it('a caller without a login is refused for any name', async () => {
  for (const move of ['cancel X --yes', 'resume X', 'retry X', 'pause X', 'watch X', 'repeat remove X --yes'])
    expect((await run(serverEnv(db), `campaign ${move}`)).code, move).toBe(7)
})

function helpOf(command: CommandUnknownOpts): string {
  let text = ''
  command.configureOutput({
    writeOut: part => {
      text += part
    },
  })
  command.outputHelp()
  return text
}
