import { createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough, Readable, Transform, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Clock } from '../clock.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import { placeOf } from './client-place.ts'
import type { Frame, RunRequest } from './frames.ts'
import { type HostFiles, openRunFiles } from './run-files.ts'

/** Runs a command line (`runCamp` and `Host` of src/cli). */
export type RunCommand = (
  argv: string[],
  host: {
    env: NodeJS.ProcessEnv
    streams: Record<'stdout' | 'stderr', Writable> & { stdin: Readable }
    clock: Clock
    signal: AbortSignal
    origin: string
    recordsHome: string
    files: HostFiles
  },
) => Promise<number>

export interface RunOptions {
  runCommand: RunCommand
  request: RunRequest
  /** The server's settings, with the client's token and a folder of the run's own as CAMP_HOME. */
  env: NodeJS.ProcessEnv
  folder: string
  /** The server's CAMP_HOME. */
  home: string
  origin: string
  clock: Clock
  signal: AbortSignal
  /** Bytes that a client may send in total. */
  mostBytes: number
  /** Resolves when another frame may follow. */
  send: (frame: Frame) => Promise<void>
}

/** A client's running command. */
export interface Run {
  /** The content requested by a `need` frame. @returns false if it was not requested, or has already come */
  give(need: number, content: Readable | { unreadable: string }): Promise<boolean>
  /** Keys typed at the client's terminal. */
  type(keys: Buffer): void
  /** Its exit code, after every frame but the last is sent. */
  done: Promise<number>
}

type Content = Readable | { unreadable: string }

/** Runs a command line in this process, as `camp` would, with a client's streams and files. */
export function startRun(options: RunOptions): Run {
  const { request, folder, send, signal } = options
  const needs = new Map<number, (content: Content) => Promise<void>>()
  let asked = 0
  let bytesLeft = options.mostBytes

  /** Requests content from the client; resolves when `take` has consumed all of it. */
  const need = (path: string | null, take: (content: Content) => Promise<void>) =>
    new Promise<void>((resolve, reject) => {
      const number = asked++
      needs.set(number, content => {
        const taken = take(content)
        taken.then(resolve, reject)
        return taken.catch(() => undefined)
      })
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
      send({ need: number, path }).catch(reject)
    })
  const bounded = () =>
    new Transform({
      transform(chunk: Buffer, _, done) {
        bytesLeft -= chunk.length
        done(
          bytesLeft < 0
            ? new CampError('UPLOAD_TOO_LARGE', t`the server accepts at most ${options.mostBytes} bytes of files`)
            : null,
          chunk,
        )
      },
    })

  const files = openRunFiles(folder, request.argv.includes('--json'), (path, to) =>
    need(path, async content => {
      if (!(content instanceof Readable)) {
        const code = content.unreadable === 'ENOENT' ? 'FILE_NOT_FOUND' : 'FILE_UNREADABLE'
        throw new CampError(code, t`${path} cannot be read: ${content.unreadable}`)
      }
      await pipeline(content, bounded(), createWriteStream(to, { flags: 'wx', mode: 0o600 }), { signal })
    }),
  )

  const { terminal } = request
  const stdin = Object.assign(new PassThrough(), {
    isTTY: terminal.stdin,
    setRawMode: (raw: boolean) => void send({ raw }).catch(() => undefined),
  })
  // An interrupted upload does not matter before a command begins to read it.
  stdin.on('error', () => undefined)
  // A question ends when its client has disconnected.
  signal.addEventListener('abort', () => stdin.end(), { once: true })
  // Piped input is requested when the command begins to read it.
  if (!terminal.stdin) {
    const resume = stdin.read.bind(stdin)
    let isAsked = false
    stdin.read = (size?: number) => {
      if (!isAsked) {
        isAsked = true
        need(null, async content => {
          if (content instanceof Readable) await pipeline(content, bounded(), stdin, { signal })
          else stdin.end()
        }).catch(error => stdin.destroy(error))
      }
      return resume(size)
    }
  }
  const output = (isTTY: boolean, frameOf: (text: string) => Frame) => {
    const write = (chunk: Buffer, _: unknown, done: (error?: Error) => void) => {
      const text = Buffer.from(files.named(chunk.toString('utf8'))).toString('base64')
      // Output for a disconnected client is dropped: the command ends by its signal.
      send(frameOf(text)).then(
        () => done(),
        () => done(),
      )
    }
    const stream = new Writable({ write })
    // A command must not end its process's streams: inquirer tries to.
    const end = () => stream
    return Object.assign(stream, {
      isTTY,
      end,
      ...(terminal.columns !== null && { columns: terminal.columns, rows: 24 }),
    })
  }
  const stdout = output(terminal.stdout, out => ({ out }))
  const stderr = output(terminal.stderr, err => ({ err }))

  const streams = { stdin, stdout, stderr }
  const { env, clock, home: recordsHome } = options
  const host = { env, streams, clock, signal, origin: placeOf(options.origin), recordsHome, files }
  const done = (async () => {
    const code = await options.runCommand(request.argv, host)
    await Promise.all([stdout, stderr].map(stream => new Promise(resolve => stream.write('', resolve))))
    for await (const frame of files.written()) await send(frame)
    const session = await readFile(join(folder, 'session'), 'utf8').catch(() => undefined)
    if (session !== undefined) await send({ session: session.trim() })
    return code
  })()
  done.catch(() => undefined)

  return {
    done,
    type: keys => void stdin.write(keys),
    async give(number, content) {
      const take = needs.get(number)
      needs.delete(number)
      await take?.(content)
      return take !== undefined
    },
  }
}
