import { storableText } from '../message/characters.ts'

const EXCERPT_LENGTH = 300

/** The beginning of an answer in a form that may be stored: ": one line of text", or nothing. */
export function excerpt(body: string, secrets: readonly string[]): string {
  const start = body.trimStart()
  if (start === '') return ''
  return start.startsWith('<') ? ': an HTML page' : `: ${quoted(start, secrets)}`
}

/** A broker's text about a message or a request in a form that may be stored: one short line. */
export function quoted(text: string, secrets: readonly string[]): string {
  // Before redacting: an invisible character would hide a secret or a phone from it.
  const line = redact(storableText(text, 20 * EXCERPT_LENGTH).trim(), secrets).replace(/\s+/g, ' ')
  return line.length > EXCERPT_LENGTH ? `${line.slice(0, EXCERPT_LENGTH)}…` : line
}

/**
 * Removes the secrets, both raw and as encoded in URLs, JSON (PHP's too) and Basic headers, and all but the last digits of long
 * numbers (phones, documents).
 */
export function redact(text: string, secrets: readonly string[]): string {
  const spellings = secrets
    .filter(secret => secret.length >= 4)
    .flatMap(secret => [
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      JSON.stringify(secret).slice(1, -1).replaceAll('/', '\\/'),
      Buffer.from(secret).toString('base64'),
    ])
    .sort((a, b) => b.length - a.length)
  const clean = spellings.reduce((rest, spelling) => rest.replaceAll(spelling, '***'), text)
  return clean.replace(/\d{8,}/g, number => `***${number.slice(-4)}`)
}
