import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { camp } from '../support/camp.ts'
import { nodeArguments } from '../support/process.ts'
import { scratchFolder } from '../support/scratch.ts'

const NOBODY = 65_534
const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const asRoot = process.getuid?.() === 0

async function folder(): Promise<string> {
  const path = scratchFolder('closed')
  await chmod(path, 0o755)
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

/** camp as a user without rights, and without an entry in passwd where `uid` has none. */
async function campAs(uid: number, argv: string[], env: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, [...nodeArguments(), ...argv], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, TSX_DISABLE_CACHE: '1', ...env },
    uid,
    gid: uid,
  })
  child.stdin.end()
  let [out, err] = ['', '']
  child.stdout.on('data', chunk => (out += chunk))
  child.stderr.on('data', chunk => (err += chunk))
  const [code] = await once(child, 'close')
  return { code: Number(code), out, err }
}

it.runIf(asRoot).each([['wallet', 'list'], ['wallet', 'add', 'A', '--idgis', '1'], ['worker']])(
  'a CAMP_HOME that may not be written is 8, with a hint: camp %s',
  async (...argv) => {
    const closed = join(await folder(), 'closed')
    await mkdir(closed, { mode: 0o555 })
    const run = await campAs(NOBODY, argv, { CAMP_HOME: join(closed, 'home') })
    expect(run).toMatchObject({ code: 8, out: '' })
    expect(run.err).toMatch(
      /^error: CAMP_HOME \(.*home\) cannot be used by user nobody: EACCES.*\n {2}Set CAMP_HOME to a folder/,
    )
  },
)

it.runIf(asRoot)('a user id without HOME and without an entry in passwd is told to set CAMP_HOME', async () => {
  const run = await campAs(54_321, ['wallet', 'list'], {})
  expect(run).toMatchObject({ code: 8, out: '' })
  expect(run.err).toMatch(/^error: the user 54321 has no home folder, and CAMP_HOME is not set\n {2}Set CAMP_HOME/)
})

it.each([
  ['wallet', 'list'],
  ['db', 'start'],
])('a CAMP_HOME below a file is 8, with a hint: camp %s %s', async (...argv) => {
  const file = join(await folder(), 'file')
  await writeFile(file, '')
  const run = await camp(argv, { env: { CAMP_HOME: join(file, 'home') } })
  expect(run).toMatchObject({ code: 8, out: '' })
  expect(run.err).toMatch(/^error: CAMP_HOME \(.*\) cannot be used by .*ENOTDIR/)
})

it('a CAMP_HOME that is a file is 8, with a hint', async () => {
  const file = join(await folder(), 'file')
  await writeFile(file, '')
  const run = await camp(['db', 'start'], { env: { CAMP_HOME: file } })
  expect(run).toMatchObject({ code: 8, out: '' })
  expect(run.err).toMatch(/^error: CAMP_HOME \(.*\) cannot be used by .*\n {2}Set CAMP_HOME/)
})

it.runIf(asRoot)("another user's CAMP_HOME is 7, with a hint, and stays as it is", async () => {
  const home = await folder()
  await mkdir(join(home, 'postgres'), { mode: 0o700 })
  await writeFile(join(home, 'postgres.password'), 'x', { mode: 0o600 })
  for (const argv of [['wallet', 'list'], ['worker'], ['db', 'start'], ['db', 'stop'], ['whoami']]) {
    const run = await campAs(NOBODY, argv, { CAMP_HOME: home })
    expect({ ...run, argv }).toMatchObject({ code: 7, out: '' })
    expect(run.err).toMatch(
      /^error: CAMP_HOME \(.*\) belongs to user id 0, and user nobody may not .*\n {2}Run camp as user id 0/,
    )
  }
  expect((await readdir(home)).sort()).toEqual(['postgres', 'postgres.password'])
})
