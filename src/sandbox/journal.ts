import { closeSync, createReadStream, existsSync, openSync, truncateSync, writeSync } from 'node:fs'
import { z } from 'zod'

/** Accepted messages, one line per request (the broker, then the keys), so that the counts survive the process. */
export interface Journal {
  /** Written when it returns (to the operating system, not to disk: it must survive this process, not the machine). */
  append(broker: string, keys: readonly string[]): void
  close(): void
}

const line = z.tuple([z.string()], z.string())

/** Opens a journal, creating it if necessary, after replaying its content. A truncated last line is removed. */
export async function openJournal(file: string, told: (broker: string, key: string) => void): Promise<Journal> {
  if (existsSync(file)) truncateSync(file, await replay(file, told))
  const handle = openSync(file, 'a')
  return {
    append(broker, keys) {
      if (keys.length === 0) return
      const bytes = Buffer.from(`${JSON.stringify([broker, ...keys])}\n`)
      for (let written = 0; written < bytes.length; ) written += writeSync(handle, bytes, written)
    },
    close: () => closeSync(handle),
  }
}

/** @returns the length of its complete lines, in bytes */
async function replay(file: string, told: (broker: string, key: string) => void): Promise<number> {
  let whole = 0
  let rest = Buffer.alloc(0)
  for await (const chunk of createReadStream(file)) {
    rest = Buffer.concat([rest, chunk as Buffer])
    let from = 0
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10, from)) {
      const [broker, ...keys] = line.parse(JSON.parse(rest.toString('utf8', from, end)))
      for (const key of keys) told(broker, key)
      from = end + 1
    }
    whole += from
    rest = rest.subarray(from)
  }
  return whole
}
