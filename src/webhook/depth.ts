/**
 * Maximum nesting of a callback's JSON: brokers use up to six levels. Thousands of levels overflow the stack of a parser or a
 * serializer.
 */
const DEEPEST = 64

const [QUOTE, BACKSLASH, SPACE] = [0x22, 0x5c, 0x20]
const OPENING = new Set([0x5b, 0x7b])
const CLOSING = new Set([0x5d, 0x7d])

/** Whether a body is JSON nested deeper than DEEPEST. To be checked before parsing: one pass over the bytes. */
export function isTooDeep(body: Buffer): boolean {
  let start = 0
  while (start < body.length && body[start]! <= SPACE) start++
  if (!OPENING.has(body[start] ?? 0)) return false
  let [depth, inText] = [0, false]
  for (let i = start; i < body.length; i++) {
    const byte = body[i]!
    if (inText) {
      if (byte === BACKSLASH) i++
      else if (byte === QUOTE) inText = false
    } else if (byte === QUOTE) inText = true
    else if (OPENING.has(byte)) depth++
    else if (CLOSING.has(byte)) depth--
    if (depth > DEEPEST) return true
  }
  return false
}
