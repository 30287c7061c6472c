import type { Adapter, SendRequest, SendResult } from '../../src/broker/port.ts'
import { systemClock } from '../../src/clock.ts'
import { createHttp, type Http, type HttpAnswer, type HttpRequest } from '../../src/http/client.ts'
import { serveHttp } from './http.ts'

export interface Received {
  method: string | undefined
  path: string | undefined
  headers: NodeJS.Dict<string | string[]>
  body: string
}

/**
 * Sends one request over real HTTP to a server that answers as told.
 * @param credential below the server's URL
 * @returns what the server received, to the byte, and what the adapter made of its answer
 */
export async function exchange(
  adapter: Adapter,
  credential: (url: string) => unknown,
  request: SendRequest,
  reply: { status: number; body: unknown },
): Promise<{ received: Received; result: SendResult }> {
  const received: Received[] = []
  const url = await serveHttp(async (incoming, response) => {
    let body = ''
    for await (const chunk of incoming) body += chunk
    received.push({ method: incoming.method, path: incoming.url, headers: incoming.headers, body })
    response.writeHead(reply.status, { 'content-type': 'application/json' }).end(JSON.stringify(reply.body))
  })
  const http = createHttp({ timeoutMs: 5_000 })
  const result = await adapter.send(request, adapter.credential.parse(credential(url)), http)
  await http.close()
  return { received: received[0]!, result }
}

/** A client that has no network: every request gets this answer. */
export function answering(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): Http & { requests: HttpRequest[] } {
  const requests: HttpRequest[] = []
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const http = {
    clock: systemClock,
    get unguarded(): Http {
      return http
    },
    requests,
    request: async (request: HttpRequest): Promise<HttpAnswer> => {
      const refusal = request.guard?.()
      if (refusal !== undefined) return { kind: 'NOT_SENT', reason: refusal }
      requests.push(request)
      return { kind: 'RESPONSE', status, headers, body: text }
    },
  }
  return http
}
