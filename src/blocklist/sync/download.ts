import { Agent, type Dispatcher, request } from 'undici'
import { CampError, codeOf, messageOf } from '../../errors.ts'
import { userAgent } from '../../http/client.ts'
import { numberText } from '../../language/format.ts'
import { t } from '../../language/text.ts'
import { shownUrl } from './location.ts'

/** A download's HTTP validators, for a conditional request. */
export interface Validators {
  etag: string | null
  lastModified: string | null
}

export type Download =
  | { kind: 'NOT_MODIFIED' }
  /** `bytes` end with the complete list, or throw CampError UNREACHABLE. */
  | { kind: 'BODY'; bytes: AsyncIterable<Buffer>; validators: Validators }

export interface DownloadOptions {
  /** Of an earlier download, to allow "not modified". */
  known: Validators | null
  /** For connecting, for the response headers, and between two chunks of the body. */
  timeoutMs: number
  signal: AbortSignal
}

// Limits the total time: a server may send one byte at a time.
const MAX_MS = 3_600_000
const MAX_REDIRECTS = 5

/**
 * Downloads a list as a stream. Follows up to five redirects, never from https to http; a password in the URL is sent to its own host
 * only. Another status, a body shorter than its Content-Length and a timeout are errors.
 * @throws CampError UNREACHABLE with the server's behaviour
 */
export async function openDownload(url: URL, options: DownloadOptions) {
  const { timeoutMs } = options
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(MAX_MS)])
  const agent = new Agent({
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect: { timeout: Math.min(timeoutMs, 10_000) },
  })
  const close = () => agent.destroy()
  try {
    return { download: await follow(agent, url, { ...options, signal }), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function follow(agent: Agent, start: URL, { known, signal }: DownloadOptions): Promise<Download> {
  let url = start
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const answer = await ask(agent, url, headersFor(url, start, known), signal)
    const { statusCode: status, headers, body } = answer
    if (status === 200) {
      assertReadable(url, headers['content-encoding'])
      const validators = { etag: one(headers.etag) ?? null, lastModified: one(headers['last-modified']) ?? null }
      return { kind: 'BODY', bytes: piecesOf(body, url), validators }
    }
    body.on('error', () => undefined).destroy()
    if (status === 304 && known) return { kind: 'NOT_MODIFIED' }
    const next = one(headers.location)
    if (!REDIRECTS.has(status) || next === undefined) throw refused(url, status)
    url = redirected(url, next)
  }
  throw new CampError('LIST_UNREACHABLE', t`${shownUrl(start)} redirects more than ${MAX_REDIRECTS} times`, {
    hint: t`Use the final address of the list.`,
  })
}

const REDIRECTS = new Set([301, 302, 303, 307, 308])

function redirected(from: URL, location: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined
  const scheme = to?.protocol
  if (to && (scheme === 'https:' || (scheme === 'http:' && from.protocol === 'http:'))) return to
  throw new CampError(
    'LIST_UNREACHABLE',
    t`${shownUrl(from)} has a redirect that is not followed: ${to ? shownUrl(to) : t`no URL`}`,
    {
      hint: t`From https a redirect is followed only to https. Use the final address of the list.`,
    },
  )
}

function headersFor(url: URL, start: URL, known: Validators | null): Record<string, string> {
  const { username, password } = start
  const secret = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return {
    'user-agent': userAgent(),
    'accept-encoding': 'gzip',
    ...(known?.etag && { 'if-none-match': known.etag }),
    ...(known?.lastModified && { 'if-modified-since': known.lastModified }),
    ...(username !== '' &&
      url.origin === start.origin && { authorization: `Basic ${Buffer.from(secret).toString('base64')}` }),
  }
}

async function ask(
  dispatcher: Agent,
  url: URL,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  const bare = new URL(url)
  bare.username = bare.password = ''
  try {
    return await request(bare, { dispatcher, headers, signal })
  } catch (error) {
    signal.throwIfAborted()
    throw new CampError('LIST_UNREACHABLE', t`${shownUrl(url)} cannot be fetched: ${reasonOf(error)}`, {
      hint: nothingChanged(),
      cause: error,
    })
  }
}

async function* piecesOf(body: AsyncIterable<Buffer>, url: URL): AsyncGenerator<Buffer> {
  let read = 0
  try {
    for await (const piece of body) {
      read += piece.length
      yield piece
    }
  } catch (error) {
    const after = `${numberText(read)} bytes`
    throw new CampError(
      'LIST_UNREACHABLE',
      t`the download of ${shownUrl(url)} was interrupted after ${after}: ${reasonOf(error)}`,
      {
        hint: nothingChanged(),
        cause: error,
      },
    )
  }
}

function nothingChanged(): string {
  return t`The blocklist is unchanged. Try again later.`
}

function refused(url: URL, status: number): CampError {
  return new CampError('LIST_UNREACHABLE', t`${shownUrl(url)} answered HTTP ${status} without a list`, {
    hint:
      status === 401 || status === 403
        ? t`Check whether the URL needs a password or key. The blocklist is unchanged.`
        : nothingChanged(),
  })
}

/** gzip is detected by its first bytes and unpacked by the reader. */
function assertReadable(url: URL, encoding: string | string[] | undefined): void {
  const coding = one(encoding)?.trim().toLowerCase() ?? 'identity'
  if (['identity', 'gzip', 'x-gzip', ''].includes(coding)) return
  throw new CampError('LIST_UNREACHABLE', t`${shownUrl(url)} is sent as ${coding}, which was not requested`, {
    hint: nothingChanged(),
  })
}

const words = (): Readonly<Record<string, string>> => ({
  UND_ERR_CONNECT_TIMEOUT: t`no connection in time`,
  UND_ERR_HEADERS_TIMEOUT: t`no answer in time`,
  UND_ERR_BODY_TIMEOUT: t`the server stopped sending`,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: t`it is shorter than the server announced`,
  UND_ERR_SOCKET: t`the server closed the connection`,
})

function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return t`it took longer than an hour`
  const code = codeOf(error)
  return (code !== undefined && words()[code]) || code || messageOf(error)
}

function one(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}
