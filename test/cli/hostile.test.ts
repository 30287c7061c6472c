import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { camp, type Run } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { adminEnv, allowSelfApproval, succeed, userEnv } from '../support/login.ts'
import { scratchFolder } from '../support/scratch.ts'

/** All that a text may do to a terminal, and lines that look like camp's own. */
const HOSTILE =
  '\x1b[2J\x1b]0;x\x07\x1b[8m\x9b31m\x7f\r\u202e\u2066\u200b\nforged  leads 3: PENDING 3\r\nforged  x\u2028forged'

const db = useDatabase()
const folder = scratchFolder('hostile')
let admin: NodeJS.ProcessEnv
let user: NodeJS.ProcessEnv
let handle: string
// By id: their names are hostile, too.
let wallet: string
let broker: string

const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`

beforeAll(async () => {
  admin = await adminEnv(db)
  user = await userEnv(db, admin)
  await allowSelfApproval(admin)
  await succeed(camp(['wallet', 'add', 'Sul', '--idgis', '7'], { env: admin }))
  await succeed(camp(['broker', 'add', 'SBX', '--adapter', 'SANDBOX', '--cost', '0.0450'], { env: admin }))
  await succeed(camp(['credential', 'set', 'Sul', 'SBX', 'url=http://127.0.0.1:9'], { env: admin }))
  await succeed(camp(['budget', 'set', 'Sul', month(), '1000'], { env: admin }))
  await succeed(camp(['template', 'add', 'Acordo', '--code', 'acordo_v1', '--content', 'Olá {{1}}'], { env: admin }))
  await succeed(camp(['fish', 'add', 'Isca', '11 91234-5678'], { env: admin }))
  await succeed(camp(['blocklist', 'add', '--phone', '11987650009', '--reason', 'x'], { env: admin }))
  await succeed(camp(['calendar', 'add', '2026-12-24', '--name', 'x'], { env: admin }))
  wallet = (await db.pool.query(`SELECT id FROM "Wallet"`)).rows[0].id
  broker = (await db.pool.query(`SELECT id FROM "Broker"`)).rows[0].id
  const { json } = await succeed(importing('--json'))
  handle = json().agendamento_id
  // What a broker, an older camp, or SQL may have left there.
  for (const [table, columns] of Object.entries({
    Campaign: ['name', 'base_message', 'failure_reason', 'source_file'],
    CampaignLead: ['nome', 'error_code', 'error_message', 'provider_msg_id', 'custom_message'],
    Wallet: ['name'],
    Broker: ['name'],
    Template: ['name', 'content'],
    Fish: ['name'],
    Blocklist: ['source', 'reason', 'purpose'],
    Holiday: ['name'],
    BudgetEntry: ['reason'],
  })) {
    const set = columns.map(column => `${column} = coalesce(${column}, '') || $1`)
    await db.pool.query(`UPDATE "${table}" SET ${set.join(', ')}`, [HOSTILE])
  }
  await db.pool.query(`UPDATE "User" SET name = name || $1`, [HOSTILE])
})

describe('no text from outside acts on a terminal, or looks like a line of camp', () => {
  it.each([
    ['campaign', 'list'],
    ['campaign', 'show', 'ID'],
    ['campaign', 'leads', 'ID'],
    ['campaign', 'report', 'ID'],
    ['campaign', 'explain', '11987650001'],
    ['wallet', 'list'],
    ['broker', 'list'],
    ['credential', 'list'],
    ['template', 'list'],
    ['template', 'show', 'acordo_v1'],
    ['fish', 'list'],
    ['blocklist', 'check', '11987650009'],
    ['blocklist', 'stats'],
    ['calendar', 'list', '2026', '--all'],
    ['user', 'list'],
    ['budget', 'list'],
    ['budget', 'audit'],
    ['whoami'],
  ])('%s %s %s', async (...argv) => {
    for (const json of [[], ['--json']]) {
      const run = await camp([...argv.map(word => (word === 'ID' ? handle : word)), ...json], { env: admin })
      expectHarmless(run)
      expect(`${run.out}${run.err}`.length).toBeGreaterThan(10)
    }
  })

  it('a file with hostile cells, headers and name, and a hostile message', async () => {
    for (const flags of [
      ['--dry-run'],
      ['--again'],
      ['--again', '--json'],
      ['--again', '--rejects', join(folder, 'r\x1b[2J.csv')],
    ])
      expectHarmless(await succeed(importing(...flags)))
    const named = await camp([...ARGV('campaign', 'import', bad()), '--message', HOSTILE], { env: user })
    expect(named.code).not.toBe(0)
    expectHarmless(named)
  })

  it('errors that repeat a header, a cell, a word of the command line, or what a broker said', async () => {
    const headers = join(folder, 'headers.csv')
    writeFileSync(headers, `${quoted(`x${HOSTILE}`)};y\n1;2\n`)
    const runs = [
      await camp(ARGV('campaign', 'import', headers, '--message', 'Oi'), { env: user }),
      await camp(ARGV('campaign', 'import', good(), '--message', `{{x${HOSTILE}}}`), { env: user }),
      await camp(ARGV('campaign', 'import', join(folder, `none${HOSTILE}`), '--message', 'Oi'), { env: user }),
      await camp(['wallet', 'show', HOSTILE], { env: user }),
      await camp(['campaign', 'show', HOSTILE, '--debug'], { env: user }),
      await camp(['campaign', 'show', handle, `--x${HOSTILE}`], { env: user }),
      await camp([`x${HOSTILE}`], { env: user }),
      await camp(['campaign', 'import', 'x', '--hours', HOSTILE, '--stale-days', HOSTILE], { env: user }),
      await camp(['campaign', 'reject', handle, '--reason', HOSTILE], { env: user }),
      await camp(['blocklist', 'sync', headers, '--source', 'x'], { env: user }),
    ]
    for (const run of runs) {
      expect(run.code).not.toBe(0)
      expectHarmless(run)
    }
  })

  it('the screen on which a campaign is approved, and what a question asks', async () => {
    const asked = await camp(['campaign', 'approve', handle], { env: admin, answer: 'n' })
    expect(asked.err).toContain('forged')
    expectUntouched(asked.err)
    const removed = await camp(['wallet', 'remove', '7'], { env: admin, answer: 'n' })
    expectUntouched(removed.err)
  })

  it('in colours, which are of what camp says alone', async () => {
    const run = await succeed(camp(['campaign', 'leads', handle], { env: { ...admin, FORCE_COLOR: '1' } }))
    const [dim, off] = ['\x1b[2m', '\x1b[22m']
    expect(run.out.startsWith(dim)).toBe(true)
    const rows = run.out.slice(dim.length).replace(off, '')
    const status = new RegExp(`${ESCAPE}\\[3[123]m([A-Z_]+ *)${ESCAPE}\\[39m`, 'g')
    expectHarmless({ ...run, out: rows.replace(status, '$1') })
  })
})

const ESCAPE = '\x1b'
const ARGV = (...argv: string[]) => [...argv, '--wallet', wallet, '--broker', broker]

function importing(...flags: string[]): Promise<Run> {
  return camp(ARGV('campaign', 'import', good(), '--name', 'x', '--message', MESSAGE, ...flags), { env: user })
}

/** What an import takes; the rest is refused, and shown in an error. */
const MESSAGE = 'Oi {{nome}}\nforged  leads 3: PENDING 3\nforged  cost 0'

function good(): string {
  const file = join(folder, 'arquivo\x1b[2J\u202eforged.csv')
  writeFileSync(
    file,
    `telefone;nome;${quoted(`x${HOSTILE}`)}\n11987650001;${quoted(`Ana${HOSTILE}`)};1\n${quoted(HOSTILE)};B;2\n`,
  )
  return file
}

function bad(): string {
  const file = join(folder, `arquivo${HOSTILE.replaceAll('/', '')}.csv`)
  writeFileSync(file, 'telefone;nome\n11987650002;Ana\n')
  return file
}

/** inquirer writes sequences of its own. */
function expectUntouched(text: string): void {
  for (const piece of ['\x1b[2J', '\x1b]', '\x1b[8m', '\x07', '\x9b', '\u202e', '\u2066', '\u2028', '\nforged'])
    expect(text).not.toContain(piece)
}

function expectHarmless({ out, err }: Run): void {
  for (const text of [out, err]) {
    expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\u2028\u2029]/u)
    expect(text).not.toMatch(/^forged/m)
  }
}

function month(): string {
  return new Date(Date.now() - 3 * 3_600_000).toISOString().slice(0, 7)
}
