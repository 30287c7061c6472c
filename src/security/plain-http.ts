import { t } from '../language/text.ts'

/**
 * Whether requests to a URL cross a network unencrypted: http, and not to this machine.
 * @param text not a URL: false
 */
export function isPlainHttp(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url?.protocol === 'http:' && !LOOPBACK.test(url.hostname)
}

/** Whether a URL leads to this machine. @param text not a URL: false */
export function isLoopback(text: string): boolean {
  return URL.canParse(text) && LOOPBACK.test(new URL(text).hostname)
}

// As the URL parser writes them: 127.1 is 127.0.0.1, [0:0:0:0:0:0:0:1] is [::1].
const LOOPBACK = /^(?:(?:.+\.)?localhost\.?|127(?:\.\d+){3}|\[::1\]|\[::ffff:7f[\da-f]{2}:[\da-f]{1,4}\])$/

/** Shown with such a public URL. */
export const plainPublicUrl = () =>
  t`CAMP_PUBLIC_URL is http: brokers call back unencrypted, and the token in the URL can be intercepted`
