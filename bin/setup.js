// Installs and builds what is missing in a clone; does nothing, quickly, where nothing is. With --check it only says, by its exit
// code, whether the build is that of the sources. Only Node's own modules here: it runs before anything is installed.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const stampOf = { install: 'node_modules/.cache/camp/installed', build: 'dist/.built' }

const sources = fingerprint(['tsconfig.json', 'prisma/schema.prisma', ...filesBelow('src')])
if (process.argv.includes('--check')) process.exit(stamp('build') === sources ? 0 : 1)

const lock = fingerprint(['package-lock.json', 'package.json'])
if (stamp('install') !== lock) {
  run('Installing dependencies', 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
  leaveStamp('install', lock)
}

if (process.argv.includes('--build') || stamp('build') !== sources) {
  rmSync(join(root, 'dist'), { recursive: true, force: true })
  rmSync(join(root, 'node_modules/.cache/camp/build.tsbuildinfo'), { force: true })
  // Prisma's command line downloads a schema engine unless it is told where one is; generating the client uses none
  // (docs/decisions/0002-migrations-without-a-download.md).
  run('Generating the database client', 'npx', ['--no-install', 'prisma', 'generate'], {
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  })
  run('Building', 'npx', ['--no-install', 'tsc', '-p', 'tsconfig.json'])
  run('Writing the manual pages', process.execPath, ['bin/man.js'])
  await joinCatalogue()
  leaveStamp('build', sources)
}

/** The Portuguese texts in one file, which loads faster than their modules (docs/decisions/0068-one-file-of-texts-in-the-build.md). */
async function joinCatalogue() {
  const { PT_BR } = await import(new URL('../dist/language/pt-br/index.js', import.meta.url).href)
  writeFileSync(join(root, 'dist/language/pt-br.json'), JSON.stringify(PT_BR))
}

function run(what, command, args, env = {}) {
  process.stderr.write(`${what}…\n`)
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  if (status === 0) return
  process.stderr.write(`${stdout ?? ''}${stderr ?? ''}${what} failed${error ? `: ${error.message}` : ''}\n`)
  process.exit(1)
}

/** One hash over the names and contents of files: a fresh clone's times say nothing. */
function fingerprint(files) {
  const hash = createHash('sha256').update(process.version)
  for (const file of files.sort()) hash.update(`${file}\0`).update(readFileSync(join(root, file)))
  return hash.digest('hex')
}

function filesBelow(folder) {
  return readdirSync(join(root, folder)).flatMap(name => {
    const path = `${folder}/${name}`
    if (path === 'src/database/generated') return []
    return statSync(join(root, path)).isDirectory() ? filesBelow(path) : [path]
  })
}

function stamp(step) {
  try {
    return readFileSync(join(root, stampOf[step]), 'utf8')
  } catch {
    return undefined
  }
}

function leaveStamp(step, value) {
  mkdirSync(dirname(join(root, stampOf[step])), { recursive: true })
  writeFileSync(join(root, stampOf[step]), value)
}
