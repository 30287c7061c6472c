import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { scratchFolder } from '../support/scratch.ts'

/**
 * The package as it is installed: npm pack, npm install --global by a user without rights, and a demo. It installs from the registry, which
 * takes a minute or more: only where CAMP_TEST_PACKAGE is set, as .ci/run does.
 */
const isAsked = process.env.CAMP_TEST_PACKAGE !== undefined
/**
 * Measured: 1,124,990 bytes, of which the Portuguese texts and documents are some 115,000, replies and tables of codes some 50,000. A
 * broker with its stand-in and its page takes some 9,000.
 */
const MOST_BYTES = 1_135_000
/** A user without rights; as root, PostgreSQL would run as another user anyway. */
const PLAIN_USER = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}

describe.skipIf(!isAsked)('the package', () => {
  const folder = scratchFolder('package')
  const [home, prefix] = [join(folder, 'home'), join(folder, 'prefix')]
  const run = (program: string, words: readonly string[], options: object = {}) => {
    const { status, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8', ...options })
    if (status !== 0) throw new Error(`${program} ${words.join(' ')} ended with ${status}: ${stderr}${stdout}`)
    return stdout
  }

  it('is small, holds no source, and runs a demo for a user without rights', () => {
    const [made] = JSON.parse(run('npm', ['pack', '--json', '--silent', '--pack-destination', folder]))
    expect(made.size).toBeLessThan(MOST_BYTES)
    const paths: string[] = made.files.map(({ path }: { path: string }) => path)
    expect(paths.filter(path => /\.(?:ts|map)$|^(?:src|test)\//.test(path))).toEqual([])
    expect(paths).toContain('dist/man/camp.1')

    for (const path of [home, prefix]) run('mkdir', [path])
    chmodSync(folder, 0o755)
    if (PLAIN_USER.uid !== undefined) for (const path of [home, prefix]) chownSync(path, PLAIN_USER.uid, PLAIN_USER.gid)
    const env = { PATH: `${join(process.execPath, '..')}:/usr/bin:/bin`, HOME: home }
    const npmEnv = { ...process.env, HOME: home, npm_config_cache: join(home, 'cache') }
    const install = ['install', '--global', '--prefix', prefix, '--no-audit', '--no-fund', join(folder, made.filename)]
    run('npm', install, { ...PLAIN_USER, cwd: home, env: npmEnv })
    const modules = readdirSync(join(prefix, 'lib/node_modules/camp/node_modules'))
    const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
    expect(modules.filter(name => Object.hasOwn(devDependencies, name))).toEqual([])
    expect(existsSync(join(prefix, 'share/man/man1/camp-campaign.1'))).toBe(true)
    const demo = run(join(prefix, 'bin/camp'), ['demo', '--json'], { ...PLAIN_USER, cwd: home, env })
    expect(JSON.parse(demo)).toBeTypeOf('object')
  })
})
