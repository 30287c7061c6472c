import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { expect, onTestFinished, test } from 'vitest'
import { runCamp } from '../../src/cli/main.ts'
import { systemClock } from '../../src/clock.ts'
import { startSandbox } from '../../src/sandbox/server.ts'
import { camp } from '../support/camp.ts'
import { startCamp } from '../support/process.ts'

/** `camp sandbox` in this process, until `stop`. */
function run(...flags: string[]) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const stop = new AbortController()
  const code = runCamp(['sandbox', ...flags], {
    env: {},
    streams: { stdin, stdout, stderr },
    clock: systemClock,
    signal: stop.signal,
  })
  onTestFinished(() => stop.abort())
  return {
    firstLine: async () => String((await once(stdout, 'data'))[0]),
    stop: () => {
      stop.abort()
      return code
    },
  }
}

test('prints its URL as one JSON line, does what its flags say, and ends with 0', async () => {
  const sandbox = run(
    ...[
      '--json',
      '--latency',
      '1-2',
      '--refused',
      '0.5',
      '--fault',
      '429=0.25',
      '--fault',
      '500=0.1',
      '--retry-after',
      '3',
    ],
    ...[
      '--poison',
      '5511900000001',
      '--delivered',
      '1',
      '--failed',
      '0',
      '--callback-delay',
      '7',
      '--control',
      '{"next":[]}',
    ],
  )
  const line = await sandbox.firstLine()
  expect(line).toMatch(/^\{.*\}\n$/)
  const { url } = JSON.parse(line)
  expect(await (await fetch(`${url}/control`)).json()).toMatchObject({
    latency_ms: [1, 2],
    refused: 0.5,
    faults: { '429': 0.25, '500': 0.1 },
    retry_after_s: 3,
    poison: ['5511900000001'],
    callbacks: { delay_ms: 7, delivered: 1, failed: 0, read: 0.6 },
  })
  expect(await sandbox.stop()).toBe(0)
  await expect(fetch(url)).rejects.toThrow()
})

test('prints its URL plainly without --json', async () => {
  const sandbox = run()
  expect(await sandbox.firstLine()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\n$/)
  expect(await sandbox.stop()).toBe(0)
})

test.each([
  [['--listen', 'nowhere'], 2, 'HOST:PORT'],
  [['--refused', 'some'], 2, 'number'],
  [['--control', '[]'], 2, 'JSON object'],
  [['--refused', '2'], 5, 'refused'],
  [['--fault', 'flood=1'], 5, 'flood'],
])('%j ends with exit code %i', async (flags, code, named) => {
  const ended = await camp(['sandbox', ...flags], { env: {} })
  expect(ended.code).toBe(code)
  expect(ended.err).toContain(named)
})

test('says that its port is taken', async () => {
  const other = await startSandbox()
  onTestFinished(() => other.close())
  const ended = await camp(['sandbox', '--listen', new URL(other.url).host], { env: {} })
  expect(ended).toMatchObject({ code: 8, err: expect.stringContaining('EADDRINUSE') })
})

test('as a process of its own it ends cleanly on SIGTERM', async () => {
  const sandbox = await startCamp(['sandbox', '--json'], {})
  expect((await fetch(`${JSON.parse(sandbox.firstLine).url}/v1/health`)).status).toBe(200)
  sandbox.kill('SIGTERM')
  expect(await sandbox.ended).toEqual([0, null])
})
