import { createHash, createHmac } from 'node:crypto'
import { parse, stringify } from 'node:querystring'
import { constantTimeEqual } from '../../constant-time.ts'

export interface Signed {
  /** As Twilio called it, query string included. */
  url: URL
  /** The value of the signature header. */
  signature: string
  body: Buffer
}

/** The query parameter with the hash of a body that is not a form. */
export const BODY_HASH = 'bodySHA256'

/**
 * Whether Twilio signed the request with this token (docs/wire/twilio.md#signature): HMAC-SHA1 over the URL and the form's
 * parameters, or over the URL alone if it contains the body's hash. Twilio is not consistent about a standard port and the
 * escaping of a query string, so each variant is tried, as its own SDK does.
 */
export function isSignedByTwilio({ url, signature, body }: Signed, authToken: string): boolean {
  const hash = url.searchParams.get(BODY_HASH)
  if (hash !== null && !constantTimeEqual(hash, createHash('sha256').update(body).digest('hex'))) return false
  const parameters = hash === null ? parametersOf(body) : ''
  return spellingsOf(url).some(spelling => {
    const hmac = createHmac('sha1', authToken).update(spelling + parameters)
    return constantTimeEqual(signature, hmac.digest('base64'))
  })
}

/** Sorted by name, each name followed by its value; for a repeated name, each distinct value, sorted. */
function parametersOf(body: Buffer): string {
  const form = new URLSearchParams(body.toString('utf8'))
  const names = [...new Set(form.keys())].sort()
  return names.flatMap(name => [...new Set(form.getAll(name))].sort().map(value => name + value)).join('')
}

function spellingsOf(url: URL): string[] {
  const user = url.username && `${url.username}${url.password && `:${url.password}`}@`
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  const query = url.search.slice(1)
  const queries = new Set([url.search, query && `?${stringify(parse(query))}`])
  return ['', `:${port}`].flatMap(port =>
    [...queries].map(query => `${url.protocol}//${user}${url.hostname}${port}${url.pathname}${query}`),
  )
}
