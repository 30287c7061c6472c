import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A server on loopback that lives as long as the test. @returns its URL */
export async function serveHttp(handler: RequestListener): Promise<string> {
  // An idle connection that the server closes while a request is on its way leaves a message in doubt: not what is tested.
  const server = createServer({ keepAliveTimeout: 600_000 }, handler)
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return listening(server)
}

/** For what no HTTP server would do. */
export async function serveTcp(handler: (socket: Socket) => void): Promise<string> {
  const server = createTcpServer(handler)
  onTestFinished(() => {
    server.close()
  })
  return listening(server)
}

/** A URL without a listener. */
export async function closedUrl(): Promise<string> {
  const server = createTcpServer()
  const url = await listening(server)
  server.close()
  await once(server, 'close')
  return url
}

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
