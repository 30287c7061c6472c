import type { Adapter, CallbackEvent } from '../../src/broker/port.ts'
import { CallbackRefused } from '../../src/broker/port.ts'
import { serveHttp } from './http.ts'

/** A caller of brokers that keeps what they tell it, each message's own URL being `url`?m=its lead. */
export async function receiveCallbacks(adapter: Adapter, credentials: readonly unknown[]) {
  const events: CallbackEvent[] = []
  const refused: number[] = []
  const url = await serveHttp(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const called = new URL(request.url ?? '/', url)
    try {
      const told = adapter.callback!(
        {
          url: called,
          headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
          body: Buffer.concat(chunks),
          leadId: called.searchParams.get('m') ?? undefined,
        },
        { credentials, receivedAt: new Date(), notice: () => undefined },
      )
      events.push(...told)
      response.writeHead(200).end()
    } catch (error) {
      if (!(error instanceof CallbackRefused)) throw error
      refused.push(error.status)
      response.writeHead(error.status).end()
    }
  })
  return {
    url,
    callbackUrl: (leadId?: string) => (leadId === undefined ? url : `${url}/?m=${leadId}`),
    events,
    refused,
  }
}
