import { closeSync, createReadStream, existsSync, openSync, truncateSync, writeSync } from 'node:fs'
import { z } from 'zod'

/** What was accepted, a line a request, so that the counts outlive the process. */
export interface Journal {
  /** Written when it returns (to the system, not to the disk: it must outlive this process, not the machine). */
  append(keys: readonly string[]): void
  close(): void
}

const line = z.array(z.string())

/** Opens a journal, made where there is none, after telling what stands in it. A last line that was cut short is taken away. */
export async function openJournal(file: string, told: (key: string) => void): Promise<Journal> {
  if (existsSync(file)) truncateSync(file, await replay(file, told))
  const handle = openSync(file, 'a')
  return {
    append(keys) {
      const bytes = Buffer.from(`${JSON.stringify(keys)}\n`)
      for (let written = 0; written < bytes.length; ) written += writeSync(handle, bytes, written)
    },
    close: () => closeSync(handle),
  }
}

/** @returns the length of its whole lines, in bytes */
async function replay(file: string, told: (key: string) => void): Promise<number> {
  let whole = 0
  let rest = Buffer.alloc(0)
  for await (const chunk of createReadStream(file)) {
    rest = Buffer.concat([rest, chunk as Buffer])
    let from = 0
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10, from)) {
      for (const key of line.parse(JSON.parse(rest.toString('utf8', from, end)))) told(key)
      from = end + 1
    }
    whole += from
    rest = rest.subarray(from)
  }
  return whole
}
