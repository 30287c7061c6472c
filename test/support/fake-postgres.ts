import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { UNTRUSTED } from './certificate.ts'
import { serveTcp } from './http.ts'

/** What a server or pooler that this machine may not have says to a client that connects: FATAL, a SQLSTATE, a message. */
export async function refusingPostgres(code: string, message: string): Promise<string> {
  const fields = [`SFATAL`, 'VFATAL', `C${code}`, `M${message}`].map(field => `${field}\0`).join('')
  const body = Buffer.from(`${fields}\0`)
  const answer = Buffer.concat([Buffer.from('E'), Buffer.alloc(4), body])
  answer.writeInt32BE(body.length + 4, 1)
  return postgresUrl(
    await serveTcp(socket => socket.on('error', () => undefined).once('data', () => socket.end(answer))),
  )
}

/** Speaks TLS with a certificate without a signer. */
export async function untrustedPostgres(): Promise<string> {
  const url = postgresUrl(await serveTcp(socket => socket.once('data', () => beginTls(socket))))
  return `${url.replace('127.0.0.1', 'localhost')}?sslmode=verify-full`
}

function beginTls(socket: Socket): void {
  socket.write('S', () => {
    const secured = new TLSSocket(socket, { isServer: true, ...UNTRUSTED })
    for (const end of [socket, secured]) end.on('error', () => undefined)
  })
}

function postgresUrl(url: string): string {
  return `${url.replace('http://', 'postgres://camp:geheim123@')}/camp`
}
