import { once } from 'node:events'
import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type CampError, messageOf } from '../errors.ts'

/** What the servers of camp have in common: the listener for callbacks, the command server and the sandbox. */

export interface Address {
  host: string
  /** 0: any free one. */
  port: number
}

/**
 * @param refused makes the error for an address that cannot be taken, of a sentence that names it and the system's own error
 * @returns the URL at which it listens
 */
export async function listen(
  server: Server,
  { host, port }: Address,
  refused: (message: string, cause: unknown) => CampError,
): Promise<string> {
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    throw refused(`cannot listen on ${host}:${port}: ${messageOf(error)}`, error)
  }
  const at = server.address() as AddressInfo
  return `http://${at.family === 'IPv6' ? `[${at.address}]` : at.address}:${at.port}`
}

/** No new connections; resolves when the requests in flight are answered, and breaks them off after `withinMs`. */
export async function stop(server: Server, withinMs: number): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  if (withinMs === 0) server.closeAllConnections()
  const impatience = setTimeout(() => server.closeAllConnections(), withinMs)
  await closed
  clearTimeout(impatience)
}

/**
 * @param most bytes
 * @param larger what becomes of a body that has more: DRAIN reads it to its end, for a connection that is closed while its caller
 * still writes would swallow the answer; BREAK closes the connection
 * @param take asked before a chunk is kept; false: it is treated as a larger body
 * @returns undefined where it has more
 */
export async function readBody(
  request: IncomingMessage,
  most: number,
  larger: 'DRAIN' | 'BREAK' = 'DRAIN',
  take: (bytes: number) => boolean = () => true,
): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let [bytes, isKept] = [0, true]
  for await (const chunk of request) {
    const { length } = chunk as Buffer
    bytes += length
    isKept &&= bytes <= most && take(length)
    if (isKept) chunks.push(chunk as Buffer)
    else if (larger === 'BREAK') break
    else chunks.length = 0
  }
  return isKept ? Buffer.concat(chunks) : undefined
}

/** A request's headers by their names in lower case; one that came several times, joined by commas. */
export function headersOf(request: IncomingMessage): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  )
}
