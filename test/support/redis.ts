import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../src/http/free-port.ts'

/**
 * REDIS_URL's server, or one of our own from `redis-server` on PATH, or undefined: then the suites that need it say that they
 * were skipped; with CAMP_TEST_REDIS=required that is a failure.
 */
export async function startRedis(): Promise<{ url: string; stop: () => Promise<void> } | undefined> {
  if (process.env.REDIS_URL) return { url: process.env.REDIS_URL, stop: async () => undefined }
  return ownRedis()
}

/** A server of our own, with these settings added; undefined without `redis-server`. */
export async function ownRedis(
  settings: readonly string[] = [],
): Promise<{ url: string; pid: number; stop: () => Promise<void> } | undefined> {
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'camp-redis-'))
  const usual = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no']
  const args = [...usual, ...settings]
  const server = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'ignore'] })
  const started = await new Promise<boolean>(resolve => {
    server.once('error', () => resolve(false))
    server.once('exit', () => resolve(false))
    server.stdout.on('data', chunk => String(chunk).includes('Ready to accept connections') && resolve(true))
  })
  if (!started) {
    await rm(folder, { recursive: true, force: true })
    if (process.env.CAMP_TEST_REDIS === 'required')
      throw new Error('CAMP_TEST_REDIS=required, and there is no redis-server')
    process.stderr.write('No REDIS_URL and no redis-server on PATH: the suites on Redis are skipped.\n')
    return undefined
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    pid: server.pid!,
    stop: async () => {
      const ended = new Promise(resolve => server.once('exit', resolve))
      server.kill('SIGTERM')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}
