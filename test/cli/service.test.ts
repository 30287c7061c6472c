import { spawnSync } from 'node:child_process'
import { appendFileSync, chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { SECRET } from '../support/fixtures.ts'
import { startCamp } from '../support/process.ts'
import { scratchFolder } from '../support/scratch.ts'
import { hasSystemd } from '../support/systemd.ts'
import { until } from '../support/worker.ts'

const UNITS = ['camp-due.service', 'camp-due.timer', 'camp-worker.service']

function place() {
  const root = scratchFolder('root')
  const folder = join(root, 'etc/systemd/system')
  const run = (words: string, env = {}) => camp([...words.split(' '), '--root', root], { env })
  return { root, folder, run, install: (more = '') => run(`service install --program /bin/true --json${more}`) }
}

describe('camp service', () => {
  it('writes its units once, and again only with other options', async () => {
    const { folder, install, run } = place()
    expect((await install()).json()).toMatchObject({ folder, written: expect.arrayContaining(UNITS), reloaded: false })
    expect(readdirSync(folder).sort()).toEqual(UNITS)
    expect((await install()).json().written).toEqual([])
    expect((await install(' --listen 0.0.0.0:9000')).json().written).toEqual(['camp-worker.service'])
    const states = (await run('service status --program /bin/true --json')).json()
    expect(states).toMatchObject([
      { unit: 'camp-worker.service', state: 'OURS', active: null },
      { state: 'CURRENT' },
      {},
    ])
  })

  it('replaces a unit that it did not write, or that was edited, only after a yes', async () => {
    const { folder, install } = place()
    await install()
    const [timer, worker] = [join(folder, 'camp-due.timer'), join(folder, 'camp-worker.service')]
    appendFileSync(timer, '# edited\n')
    writeFileSync(worker, '[Service]\nExecStart=/bin/false\n')
    const refused = await install()
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('TERMINAL_REQUIRED') })
    expect(refused.error().message).toContain(
      'camp-worker.service (not written by camp), camp-due.timer (edited since)',
    )
    expect(readFileSync(worker, 'utf8')).toContain('/bin/false')
    expect((await install(' --yes')).json().written).toEqual(['camp-worker.service', 'camp-due.timer'])
    expect(readFileSync(worker, 'utf8')).toContain('ExecStart=/bin/true worker')
  })

  it('removes only what it wrote', async () => {
    const { folder, install, run } = place()
    await install()
    writeFileSync(join(folder, 'camp-due.timer'), '[Timer]\n')
    expect(await run('service uninstall')).toMatchObject({ code: 2 })
    const removed = await run('service uninstall --yes --json')
    expect(removed.json()).toMatchObject({
      removed: ['camp-worker.service', 'camp-due.service'],
      kept: ['camp-due.timer'],
    })
    expect(readdirSync(folder)).toEqual(['camp-due.timer'])
  })

  it.each(['--home relative', '--home /a/../b', '--settings /a%b', '--run-as a:b', '--program /a;b', '--listen x'])(
    'takes nothing that systemd would read otherwise: %s',
    async wrong => {
      const { folder, run } = place()
      expect((await run(`service install ${wrong}`)).code).toBe(2)
      expect(existsSync(folder)).toBe(false)
    },
  )

  it.runIf(hasSystemd)(
    'writes units that systemd accepts, and finds safe (skipped without systemd-analyze)',
    async () => {
      const { folder, install } = place()
      await install()
      const paths = UNITS.map(name => join(folder, name))
      const analyze = (...words: string[]) => {
        const { status, stdout, stderr } = spawnSync('systemd-analyze', words, { encoding: 'utf8' })
        return { status, said: stdout + stderr }
      }
      expect(analyze('verify', ...paths)).toEqual({ status: 0, said: '' })
      for (const path of paths.filter(name => name.endsWith('.service')))
        expect(analyze('security', '--offline=true', '--threshold=25', path)).toMatchObject({ status: 0 })
    },
  )
})

describe('a worker under systemd', () => {
  const db = useDatabase()

  it('tells it when it takes jobs, that it still does, and that it stops', async () => {
    const folder = scratchFolder('notify')
    const [said, bin] = [join(folder, 'said'), join(folder, 'bin')]
    mkdirSync(bin)
    writeFileSync(join(bin, 'systemd-notify'), `#!/bin/sh\necho "$NOTIFY_SOCKET $*" >> ${said}\n`)
    chmodSync(join(bin, 'systemd-notify'), 0o755)
    const env = { NOTIFY_SOCKET: '/run/x', WATCHDOG_USEC: '300000', DATABASE_URL: db.url, CAMP_SECRET: SECRET }
    const worker = await startCamp(
      ['worker', '--listen', '127.0.0.1:0'],
      { ...env, CAMP_HOME: join(folder, 'home') },
      { path: bin },
    )
    const lines = () => (existsSync(said) ? readFileSync(said, 'utf8').trim().split('\n') : [])
    await until(
      'it was fed',
      async () => lines(),
      found => found.some(line => line.includes('WATCHDOG=1')),
    )
    worker.kill('SIGTERM')
    expect(await worker.ended).toEqual([0, null])
    expect(lines()[0]).toBe('/run/x READY=1 STATUS=takes jobs')
    expect(lines()).toContain('/run/x WATCHDOG=1 STATUS=takes jobs')
    expect(lines()).toContain('/run/x STOPPING=1')
  })
})
