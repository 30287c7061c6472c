import { once } from 'node:events'
import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { Pool } from 'undici'
import { campVersion, readConfig } from '../config.ts'
import { isErrorCode } from '../error-codes.ts'
import { CampError, codeOf, type ErrorDocument, messageOf } from '../errors.ts'
import { currentLanguage, t } from '../language/text.ts'
import { loadSession, saveSession } from '../security/session.ts'
import { commandOf } from '../serve/commands.ts'
import { type Frame, frame, linesOf, type RunRequest } from '../serve/frames.ts'
import { OUTPUT_OPTIONS, type OutputOption, type OutputPlace, openOutputPlace } from '../tabular/output-place.ts'
import type { Host } from './context.ts'

/** Commands that concern this machine only. */
const LOCAL = ['completion', 'demo', 'help', 'init', 'logout', 'sandbox', 'service']

/** Whether the server at CAMP_URL runs the command line. */
export function isRemote(argv: readonly string[]): boolean {
  const command = commandOf(argv)
  return command !== undefined && !LOCAL.includes(command) && !argv.includes('--help') && !argv.includes('-h')
}

/**
 * Has the server at CAMP_URL run a command line: sends the files and input that it asks for, and writes its output.
 * @returns the exit code
 * @throws CampError as the server reports it (USAGE, AUTH and others); UNREACHABLE
 */
export async function runRemote(argv: readonly string[], host: Host): Promise<number> {
  const config = readConfig(host.env)
  if (config.databaseUrl !== undefined) {
    throw new CampError(
      'SETTINGS_INVALID',
      t`CAMP_URL and DATABASE_URL are both set: a command runs either on the server or here`,
      {
        hint: t`Unset one of them.`,
      },
    )
  }
  const url = new URL(config.serverUrl!)
  if (url.protocol === 'http:' && !/^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname)) {
    host.streams.stderr.write(
      `${t`warning:`} ${t`${url.origin} is not encrypted: passwords and lists can be intercepted`}\n`,
    )
  }
  const token = commandOf(argv) === 'login' ? undefined : (config.token ?? (await loadSession(config.home)))
  const pool = new Pool(url.origin, { connections: 8, bodyTimeout: SILENT_MS, headersTimeout: SILENT_MS })
  const client = new Client(pool, url.pathname.replace(/\/$/, ''), argv, host, config.home)
  try {
    return await client.run(token)
  } catch (error) {
    if (error instanceof CampError) throw error
    throw new CampError(
      'SERVER_UNREACHABLE',
      t`the server at ${url.origin} cannot be reached, or was interrupted: ${messageOf(error)}`,
      {
        cause: error,
      },
    )
  } finally {
    await pool.destroy()
  }
}

/** The server sends a frame at least every 15 s. */
const SILENT_MS = 60_000

class Client {
  readonly #pool: Pool
  readonly #base: string
  readonly #argv: readonly string[]
  readonly #host: Host
  readonly #home: string
  #run = ''
  #typing: ((keys: Buffer) => void) | undefined
  readonly #files = new Map<string, OutputPlace>()

  constructor(pool: Pool, base: string, argv: readonly string[], host: Host, home: string) {
    this.#pool = pool
    this.#base = base
    this.#argv = argv
    this.#host = host
    this.#home = home
  }

  async run(token: string | undefined): Promise<number> {
    const { stdin, stdout, stderr } = this.#host.streams
    const { NO_COLOR, FORCE_COLOR } = this.#host.env
    const request: RunRequest = {
      version: campVersion(),
      argv: [...this.#argv],
      terminal: {
        stdin: stdin.isTTY === true,
        stdout: stdout.isTTY === true,
        stderr: stderr.isTTY === true,
        // A terminal that does not know its width reports 0.
        columns: Math.min(stdout.columns || stderr.columns || 0, 1_000) || null,
        color: NO_COLOR ? false : FORCE_COLOR ? true : null,
      },
      language: currentLanguage(),
    }
    await this.#assertFree()
    const answer = await this.#pool.request({
      path: `${this.#base}/v1/runs`,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(request),
    })
    if (answer.statusCode !== 200) throw refusal(answer.statusCode, await answer.body.text())
    const cancel = () => void this.#post('cancel').catch(() => undefined)
    this.#host.signal.addEventListener('abort', cancel, { once: true })
    try {
      for await (const line of linesOf(answer.body)) {
        const exit = await this.#take(frame.parse(JSON.parse(line)))
        if (exit !== undefined) return exit
      }
    } finally {
      this.#host.signal.removeEventListener('abort', cancel)
      this.#rawMode(false)
      for (const place of this.#files.values()) {
        await place.handle.close().catch(() => undefined)
        await place.discard()
      }
    }
    throw new Error(t`it ended without an exit code`)
  }

  /** @returns the exit code if it is the last frame */
  async #take(said: Frame): Promise<number | undefined> {
    const { stdout, stderr } = this.#host.streams
    if ('exit' in said) return said.exit
    if ('run' in said) {
      this.#run = said.run
      if (this.#host.signal.aborted) await this.#post('cancel')
    } else if ('out' in said) await written(stdout, Buffer.from(said.out, 'base64'))
    else if ('err' in said) await written(stderr, Buffer.from(said.err, 'base64'))
    else if ('need' in said) void this.#give(said.need, said.path).catch(() => undefined)
    else if ('raw' in said) this.#rawMode(said.raw)
    else if ('file' in said) await this.#keep(said)
    else if ('session' in said) await saveSession(this.#home, said.session)
    return undefined
  }

  async #give(need: number, path: string | null): Promise<void> {
    const to = `inputs/${need}`
    if (path === null) return this.#post(to, this.#host.streams.stdin as Readable)
    try {
      this.#assertNamed(path)
      const handle = await open(path)
      if (!(await handle.stat()).isFile()) {
        await handle.close()
        return await this.#post(to, null, { 'camp-unreadable': 'EISDIR' })
      }
      await this.#post(to, handle.createReadStream())
    } catch (error) {
      await this.#post(to, null, { 'camp-unreadable': codeOf(error) ?? 'EACCES' })
    }
  }

  /** Runs before anything is sent. @throws CampError STATE if a file to be written exists and may not be overwritten */
  async #assertFree(): Promise<void> {
    if (this.#argv.includes('--dry-run')) return
    for (const option of OUTPUT_OPTIONS) {
      const path = this.#valueOf(option)
      if (path === undefined || path === '-') continue
      const place = await this.#open(path)
      await place.handle.close()
      await place.discard()
    }
  }

  #valueOf(option: OutputOption): string | undefined {
    const at = this.#argv.findIndex(word => word === option || word.startsWith(`${option}=`))
    const word = this.#argv[at]
    return word === option ? this.#argv[at + 1] : word?.slice(option.length + 1)
  }

  async #open(path: string): Promise<OutputPlace> {
    const option = OUTPUT_OPTIONS.find(one => this.#valueOf(one) === path) ?? '--rejects'
    return openOutputPlace(path, { overwrite: this.#argv.includes('--overwrite'), option }).catch(error => {
      throw error instanceof CampError
        ? error
        : new CampError('FILE_UNWRITABLE', t`${path} cannot be written: ${codeOf(error) ?? messageOf(error)}`, {
            cause: error,
          })
    })
  }

  async #keep({ file, data, end }: { file: string; data: string; end: boolean }): Promise<void> {
    this.#assertNamed(file)
    const place = this.#files.get(file) ?? (await this.#open(file))
    this.#files.set(file, place)
    await place.handle.writeFile(Buffer.from(data, 'base64'))
    if (end) await place.publish()
  }

  /** A server may ask only for files that the command line names. */
  #assertNamed(path: string): void {
    if (this.#argv.some(word => word === path || (word.startsWith('--') && word.endsWith(`=${path}`)))) return
    throw new CampError('SERVER_MISBEHAVED', t`the server asked for ${path}, which the command line does not name`)
  }

  /** During a question each key is sent to the server. */
  #rawMode(raw: boolean): void {
    const stdin = this.#host.streams.stdin as NodeJS.ReadStream
    if (stdin.isTTY !== true) return
    stdin.setRawMode?.(raw)
    if (raw && this.#typing === undefined) {
      this.#typing = keys => void this.#post('keys', keys).catch(() => undefined)
      stdin.on('data', this.#typing)
    } else if (!raw && this.#typing !== undefined) {
      stdin.off('data', this.#typing)
      stdin.pause()
      this.#typing = undefined
    }
  }

  async #post(
    what: string,
    body: Readable | Buffer | null = null,
    headers: Record<string, string> = {},
  ): Promise<void> {
    const path = `${this.#base}/v1/runs/${this.#run}/${what}`
    const answer = await this.#pool.request({ path, method: 'POST', body, headers })
    await answer.body.dump()
  }
}

async function written(stream: NodeJS.WritableStream, bytes: Buffer): Promise<void> {
  if (!stream.write(bytes)) await once(stream, 'drain')
}

function refusal(status: number, body: string): CampError {
  const said = parsed(body)
  if (status === 409) {
    return new CampError(
      'VERSION_MISMATCH',
      t`the server is camp ${said.version ?? '?'}, and this is camp ${campVersion()}`,
      {
        hint: t`Install the same version here.`,
      },
    )
  }
  if (status === 400 || status === 413)
    return new CampError('COMMAND_LINE_TOO_LONG', t`the command line is too long for the server`)
  if (status === 503) return new CampError('SERVER_BUSY', t`the server is busy: it runs its maximum of commands`)
  const { code, message, hint } = said.error ?? {}
  if (isErrorCode(code) && message) return new CampError(code, message, { hint: hint?.split('\n') })
  return new CampError('NOT_A_SERVER', t`the server at CAMP_URL is not camp serve (HTTP ${status})`)
}

function parsed(body: string): { version?: string; error?: Partial<ErrorDocument['error']> } {
  try {
    return JSON.parse(body)
  } catch {
    return {}
  }
}
