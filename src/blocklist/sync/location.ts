import { createHash } from 'node:crypto'
import { basename, resolve } from 'node:path'
import { CampError } from '../../errors.ts'
import { t } from '../../language/text.ts'

/** A list's source. */
export type Location = ({ kind: 'FILE'; path: string } | { kind: 'URL'; url: URL } | { kind: 'STDIN' }) & {
  /** For display and records: a URL without password and query, which may hold keys. */
  shown: string
  /** SHA-256 of the whole location, to compare locations. */
  hash: string
  /** The list's name in errors. */
  name: string
}

/** @param text a path, an http(s) URL, or "-" for standard input @throws CampError USAGE */
export function parseLocation(text: string): Location {
  if (text === '-') return { kind: 'STDIN', shown: '-', hash: sha256('-'), name: 'stdin' }
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    const path = resolve(text)
    return { kind: 'FILE', path, shown: path, hash: sha256(path), name: basename(path) }
  }
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new CampError('INVALID_ARGUMENT', t`"${text}" is not a URL that camp can fetch`, {
      hint: t`Use an http or https URL, a path, or - for standard input.`,
    })
  }
  if (!isDecodable(url)) {
    throw new CampError(
      'INVALID_ARGUMENT',
      t`the user or password in the URL cannot be read: a % in it is not an escape`,
      {
        hint: t`Write a % as %25.`,
      },
    )
  }
  url.hash = ''
  const last = basename(url.pathname).replace(/[^\w.-]/g, '_')
  return { kind: 'URL', url, shown: shownUrl(url), hash: sha256(url.href), name: last || 'list' }
}

function isDecodable({ username, password }: URL): boolean {
  try {
    decodeURIComponent(`${username}:${password}`)
    return true
  } catch {
    return false
  }
}

/** Without password and query. */
export function shownUrl(url: URL): string {
  return `${url.origin}${url.pathname}${url.search === '' ? '' : '?…'}`
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
