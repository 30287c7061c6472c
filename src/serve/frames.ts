import { z } from 'zod'
import { LANGUAGES } from '../language/language.ts'

/** A client's request to run a command. */
export const runRequest = z.strictObject({
  version: z.string(),
  argv: z.array(z.string().refine(word => !word.includes('\0'))).max(1_000),
  /** Which of its streams are a terminal, and its width. */
  terminal: z.strictObject({
    stdin: z.boolean(),
    stdout: z.boolean(),
    stderr: z.boolean(),
    columns: z.number().int().min(1).max(1_000).nullable(),
    color: z.boolean().nullable(),
  }),
  /** Of the texts for the person at the client. */
  language: z.enum(LANGUAGES),
})

export type RunRequest = z.infer<typeof runRequest>

/**
 * The lines of the answer (NDJSON): a command's output and its requests for input. `need` is answered by POST …/inputs/N with
 * the content, or with the header `camp-unreadable` and its cause. Bytes are base64.
 */
export const frame = z.union([
  z.strictObject({ run: z.string() }),
  z.strictObject({ out: z.string() }),
  z.strictObject({ err: z.string() }),
  /** `path` null: standard input. */
  z.strictObject({ need: z.number().int(), path: z.string().nullable() }),
  /** A question is asked: the terminal sends each key; or it no longer does. */
  z.strictObject({ raw: z.boolean() }),
  /** A part of a file that the command has written; `end` marks the last part. */
  z.strictObject({ file: z.string(), data: z.string(), end: z.boolean() }),
  /** A login's session, for the client to keep. */
  z.strictObject({ session: z.string() }),
  z.strictObject({ exit: z.number().int() }),
  z.strictObject({ alive: z.literal(true) }),
])

export type Frame = z.infer<typeof frame>

/** Lines of a stream of bytes. @throws Error if one is longer than `most` characters */
export async function* linesOf(bytes: AsyncIterable<Buffer>, most = 4 * 1024 * 1024): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of bytes) {
    rest += decoder.decode(chunk, { stream: true })
    const lines = rest.split('\n')
    rest = lines.pop()!
    if (rest.length > most) throw new Error('a line is too long')
    yield* lines
  }
  if (rest !== '') yield rest
}
