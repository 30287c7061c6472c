import { spawnSync } from 'node:child_process'
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseEnvFile } from '../../src/env-file.ts'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { booksOf, makeCampaign, makeScene } from '../support/fixtures.ts'
import { succeed } from '../support/login.ts'
import { nodeArguments, startCamp } from '../support/process.ts'
import { scratchFolder } from '../support/scratch.ts'

/** What docs/operations.md tells an operator to install, taken out of it and run. */
const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const OPERATING = readFileSync(join(ROOT, 'docs', 'operations.md'), 'utf8')
const block = (name: string): string => {
  const found = OPERATING.split('```').find(text => text.startsWith(`\n# ${name}`))
  if (found === undefined) throw new Error(`docs/operations.md has no ${name}`)
  return found.trim()
}
const SERVICE = block('as root: the units')
const CRON = block('/etc/cron.d/camp')

const db = useDatabase()
const SECRET = `a "secret" of $HOME & #16 letters; it's \\ long`
const folder = scratchFolder('production')
const [home, file, bin] = ['home', 'camp.env', 'bin'].map(name => join(folder, name)) as [string, string, string]

beforeAll(async () => {
  for (const path of [home, bin]) spawnSync('mkdir', [path])
  const command = [process.execPath, ...nodeArguments()].map(part => `'${part}'`).join(' ')
  writeFileSync(join(bin, 'camp'), `#!/bin/sh\nexec ${command} "$@"\n`)
  chmodSync(join(bin, 'camp'), 0o755)
  const env = { DATABASE_URL: db.url, CAMP_SECRET: SECRET }
  const add = ['user', 'add', 'ana@example.com', '--name', 'Ana', '--role', 'ADMIN', '--password-stdin']
  await succeed(camp(add, { env, stdin: 'correct horse' }))
  await succeed(camp(['login', 'ana@example.com', '--password-stdin'], { env, stdin: 'correct horse' }))
  const token = (await succeed(camp(['user', 'token', 'ana@example.com', '--quiet'], { env }))).out.trim()
  writeFileSync(
    file,
    `# settings\n; and more\nDATABASE_URL=${db.url}?application_name=a&options=-c%20statement_timeout%3D60s\n` +
      `CAMP_SECRET="${SECRET.replace(/["\\$`]/g, '\\$&')}"\n` +
      `CAMP_TOKEN='${token}' \nCAMP_HOME=${home}\nCAMP_PUBLIC_URL=https://camp.example\n`,
  )
})

it('the file of settings is one that camp and systemd read', () => {
  const settings = parseEnvFile(block('/etc/camp.env'), 'operations.md')
  expect(Object.keys(settings)).toEqual(expect.arrayContaining(['DATABASE_URL', 'CAMP_SECRET', 'CAMP_TOKEN']))
  expect(parseEnvFile(readFileSync(file, 'utf8'), file).CAMP_SECRET).toBe(SECRET)
})

describe('the systemd unit', () => {
  let unit: string
  beforeAll(async () => {
    // Below another root; the services are enabled by systemctl, which the line after it names.
    const words = /^camp (service install)$/m.exec(SERVICE)![1]!.split(' ')
    await succeed(camp([...words, '--root', folder], { env: {} }))
    expect(SERVICE).toMatch(/^systemctl enable --now camp-worker$/m)
    unit = readFileSync(join(folder, 'etc/systemd/system/camp-worker.service'), 'utf8')
  })

  it('can be enabled, and restarts a worker that fails, without a limit, unless its settings are wrong', () => {
    expect(unit).toMatch(/\[Unit\][^[]*StartLimitIntervalSec=0[^[]*\[Service\][^[]*Restart=on-failure/)
    expect(unit).toMatch(/\[Service\][^[]*RestartPreventExitStatus=2\nKillMode=mixed/)
    expect(unit).toMatch(/\[Install\]\nWantedBy=multi-user\.target/)
  })

  it('starts a worker with the file’s settings', async () => {
    const words = /^ExecStart=\/usr\/bin\/camp (.*)$/m.exec(unit)![1]!.replace(':8080', ':0').split(' ')
    const worker = await startCamp(words, parseEnvFile(readFileSync(file, 'utf8'), file))
    const url = worker.firstLine.split(' ').at(-1)
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
    worker.kill('SIGTERM')
    expect(await worker.ended).toEqual([0, null])
  })
})

describe('the cron job', () => {
  const [, user, command] = /^(?:\*\s+){5}(\S+)\s+(.*)$/m.exec(CRON)!
  const path = /^PATH=(.*)$/m.exec(CRON)![1]!

  /** As cron does: an environment of its own, and sh. */
  function asCron(line: string, env: Record<string, string> = {}) {
    const settings = { HOME: home, LOGNAME: user!, SHELL: '/bin/sh', PATH: `${bin}:${path}`, ...env }
    const words = Object.entries(settings).map(([name, value]) => `${name}=${value}`)
    return spawnSync('env', ['-i', ...words, 'sh', '-c', line], { cwd: home, encoding: 'utf8' })
  }

  it('starts what is due in the file’s database, and says nothing', async () => {
    const scene = await makeScene(db.pool)
    const due = { scheduled_at: new Date(Date.now() - 60_000) }
    const id = await makeCampaign(db.pool, scene, { leads: 1, columns: due })
    const kept = readdirSync(home)
    const { status, stdout, stderr } = asCron(command!.replace('/etc/camp.env', file))
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(await booksOf(db.pool, id)).toMatchObject({ campaign: 'PROCESSING' })
    expect(readdirSync(home)).toEqual(kept)
  })

  it('without its file makes no database, and ends with 4', () => {
    const kept = readdirSync(home)
    const { status, stderr } = asCron(command!.replace('--env-file /etc/camp.env', ''), { CAMP_HOME: home })
    expect(status).toBe(4)
    expect(stderr).toMatch(/^error: there is no database/)
    expect(readdirSync(home)).toEqual(kept)
  })
})

it('the program as it is installed asks for its file of settings itself: Node has an option of the same name', () => {
  const program = join(ROOT, 'bin/camp.js')
  const interpreter = readFileSync(program, 'utf8').split('\n')[0]!.slice(2)
  // As a system starts a script that is on PATH.
  const line = `${interpreter} ${program} --env-file ${join(folder, 'missing.env')} wallet list`
  const { status, stderr } = spawnSync('sh', ['-c', line], { encoding: 'utf8' })
  expect(stderr).toMatch(/^error: the settings in .*missing\.env cannot be read/)
  expect(status).toBe(2)
})
