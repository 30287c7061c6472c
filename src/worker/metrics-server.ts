import { createServer } from 'node:http'
import { namedError } from '../database/faults.ts'
import { CampError } from '../errors.ts'
import { type Address, listen, stop } from '../http/server.ts'
import { t } from '../language/text.ts'
import type { Log } from '../log.ts'
import type { Metrics } from './metrics.ts'

export interface MetricsServer {
  readonly url: string
  close(): Promise<void>
}

/**
 * Answers GET /metrics on an address of its own: the listener's is open to brokers, and the figures are not for them.
 * @throws CampError ADDRESS_UNAVAILABLE
 */
export async function openMetricsServer(address: Address, metrics: Metrics, log: Log): Promise<MetricsServer> {
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 10_000 }, (request, response) => {
    if (request.method !== 'GET' || request.url?.split('?')[0] !== '/metrics') return void response.writeHead(404).end()
    metrics.text().then(
      text => response.writeHead(200, { 'content-type': metrics.contentType }).end(text),
      err => {
        log.warn({ event: 'metrics.failed', err: namedError(err) }, 'a scrape was not answered')
        response.writeHead(503).end()
      },
    )
  })
  const url = await listen(
    server,
    address,
    (message, cause) =>
      new CampError('ADDRESS_UNAVAILABLE', message, { hint: t`Choose another address with --metrics.`, cause }),
  )
  return { url: `${url}/metrics`, close: () => stop(server, 0) }
}
