import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** A port that stays while what is behind it is killed, moves or comes back: connections are passed on, reset, or refused. */
export interface StablePort {
  readonly port: number
  /** Where the next connections go; undefined: nowhere, they are reset. */
  lead(port: number | undefined): void
  /** Resets what is open. */
  cut(): void
  /** For so long connections are refused. What is open stays. */
  shut(ms: number): Promise<void>
  close(): Promise<void>
}

/** @param choose the port for a connection, asked again for each; `lead` replaces it */
export async function openProxy(choose: () => number | undefined = () => undefined): Promise<StablePort> {
  let target = choose
  const open = new Set<Socket>()
  const server = createServer(client => {
    const port = target()
    if (port === undefined) {
      client.resetAndDestroy()
      return
    }
    const upstream = connect(port, '127.0.0.1')
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(one)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        open.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  })
  const listen = async (on: number) => {
    server.listen(on, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }
  const port = await listen(0)
  const cut = () => {
    for (const socket of open) socket.resetAndDestroy()
  }
  return {
    port,
    lead: to => {
      target = () => to
    },
    cut,
    shut: async ms => {
      server.close()
      await delay(ms)
      await listen(port)
    },
    close: async () => {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}
