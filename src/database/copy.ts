import { once } from 'node:events'
import type pg from 'pg'
import { from } from 'pg-copy-streams'

/** A running COPY … FROM STDIN in text format. */
export interface Copy {
  /** Waits where the server is slower. @throws what the server or the connection says */
  write: (lines: string) => Promise<void>
  /** Sends the last of it and waits for the server to have it. */
  end: () => Promise<void>
  /** Gives it up: the statement fails, and its connection can roll back. */
  abort: () => Promise<void>
}

/** @param statement COPY … FROM STDIN, on a connection that does nothing else meanwhile */
export function startCopy(client: pg.PoolClient, statement: string): Copy {
  const stream = client.query(from(statement))
  let failure: Error | undefined
  stream.on('error', error => {
    failure = error
  })
  return {
    write: async lines => {
      if (failure) throw failure
      if (!stream.write(lines)) await once(stream, 'drain')
    },
    end: async () => {
      if (failure) throw failure
      stream.end()
      await once(stream, 'finish')
    },
    abort: async () => {
      // After a failure the server has ended the statement by itself.
      if (failure || stream.destroyed) return
      const closed = new Promise(resolve => stream.once('close', resolve))
      stream.destroy()
      await closed
    },
  }
}

const SPECIAL = /[\\\t\n\r]/
const SPECIALS = /[\\\t\n\r]/g
const ESCAPED: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

/** A value in COPY's text format. */
export function copyValue(value: string | null): string {
  if (value === null) return '\\N'
  return SPECIAL.test(value) ? value.replace(SPECIALS, special => ESCAPED[special]!) : value
}
