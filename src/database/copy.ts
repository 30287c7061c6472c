import { once } from 'node:events'
import type pg from 'pg'
import { from } from 'pg-copy-streams'

/** A running COPY … FROM STDIN in text format. */
export interface Copy {
  /** Waits if the server is slower. @throws the error of the server or the connection */
  write: (lines: string) => Promise<void>
  /** Sends the rest and waits for the server to have it. */
  end: () => Promise<void>
  /** Aborts it: the statement fails, and its connection can roll back. */
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
      // After a failure the server has already ended the statement.
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
