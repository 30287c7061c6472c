import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Control, Fault } from './control.ts'

export interface Reply {
  status: number
  body: unknown
}

/** Ends a request before anything is taken. @returns false for a fault that comes after that */
export function refuse(response: ServerResponse, fault: Fault, control: Control): boolean {
  switch (fault) {
    case '401':
      return write(response, 401, { error: 'the key is not valid' })
    case '429': {
      const wait = control.retry_after_s
      return write(response, 429, { error: 'too many requests' }, wait === null ? {} : { 'retry-after': String(wait) })
    }
    case '500':
      return write(response, 500, { error: 'internal error' })
    case 'redirect':
      return write(response, 307, { error: 'moved' }, { location: '/v1/messages?moved' })
    case 'drop':
      reset(response.socket)
      return true
    case 'hang':
      return true
    default:
      return false
  }
}

/** Answers with what was taken, or with what a fault makes of that. */
export function answer(response: ServerResponse, { status, body }: Reply, fault: Fault | undefined): void {
  const text = JSON.stringify(body)
  const half = text.slice(0, text.length / 2)
  const headers = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }
  switch (fault) {
    case 'accept-500':
      write(response, 500, { error: 'internal error' })
      return
    case 'accept-drop':
      reset(response.socket)
      return
    case 'accept-hang':
      return
    case 'accept-headers':
      response.writeHead(status, headers)
      response.write('', () => reset(response.socket))
      response.flushHeaders()
      return
    case 'accept-truncated':
      response.writeHead(status, headers)
      response.write(half, () => response.socket?.end())
      return
    case 'accept-cut':
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(half)
      return
    case 'accept-html':
      response.writeHead(status, { 'content-type': 'text/html' })
      response.end('<!doctype html><title>Sign in</title><p>Your session has ended.</p>')
      return
    default:
      write(response, status, body)
  }
}

function write(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): true {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
  return true
}

function reset(socket: Socket | null): void {
  socket?.resetAndDestroy()
}
