import { basename } from 'node:path'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import { toText } from './encoding.ts'
import { inspectFile } from './inspect.ts'
import { openBytes } from './open-bytes.ts'

/** Longer than any message. */
const MAX_BYTES = 64 * 1024

/**
 * The text of a small file in any encoding that an import reads, without the byte order mark and the line breaks at its end.
 * @throws CampError NOT_FOUND; DATA: empty, too long, or not a text
 */
export async function readTextFile(path: string, signal: AbortSignal): Promise<string> {
  const file = basename(path)
  const { bytes, format, encoding } = await inspectFile(path, { encoding: null, delimiter: null, sheet: null, signal })
  if (format !== 'csv' || bytes > MAX_BYTES) {
    throw new CampError('FILE_UNSUPPORTED', t`${file} is not a text of at most ${MAX_BYTES / 1024} KB`, {
      hint: t`Save the message alone in a text file.`,
    })
  }
  let text = ''
  const { chunks } = openBytes({ path, file, gzip: false, chunk: MAX_BYTES, signal })
  for await (const chunk of toText(chunks, encoding)) text += chunk
  return text.trimEnd()
}
