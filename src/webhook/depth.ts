/** Levels of a callback's JSON: brokers' have six. What is nested in thousands is too deep for a parser's, or a writer's, stack. */
const DEEPEST = 64

const [QUOTE, BACKSLASH, SPACE] = [0x22, 0x5c, 0x20]
const OPENING = new Set([0x5b, 0x7b])
const CLOSING = new Set([0x5d, 0x7d])

/** Whether a body is JSON that is nested deeper than a callback is. To be asked before it is parsed: one pass over the bytes. */
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
