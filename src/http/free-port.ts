import { createServer } from 'node:net'

/**
 * A TCP port of 127.0.0.1 that is free at this moment.
 * @param wanted 0: any
 * @throws Error when `wanted` is taken
 */
export async function freePort(wanted = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(wanted, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}
