import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { unreachable } from '../errors.ts'
import type { Control, SimulatedFault } from './control.ts'
import type { Reply, SimulatedBroker, StyledError } from './simulated-broker.ts'

/** Ends a request before anything is accepted. @returns false for a fault that happens later */
export function refuseRequest(
  response: ServerResponse,
  fault: SimulatedFault,
  broker: SimulatedBroker,
  control: Control,
): boolean {
  switch (fault) {
    case '401':
    case '403':
    case '429':
    case '500':
    case '503':
      write(response, errorOf(broker, fault, control))
      return true
    case 'redirect':
      write(response, { status: 307, body: { error: 'moved' }, headers: { location: '/v1/messages?moved' } })
      return true
    case 'drop':
      reset(response.socket)
      return true
    case 'hang':
      return true
    case 'accept-500':
    case 'accept-502':
    case 'accept-drop':
    case 'accept-hang':
    case 'accept-headers':
    case 'accept-truncated':
    case 'accept-cut':
    case 'accept-html':
    case 'accept-missing':
      return false
    default:
      return unreachable(fault)
  }
}

/** Answers an accepted request, modified by a fault if there is one. */
export function answer(
  response: ServerResponse,
  reply: Reply,
  fault: SimulatedFault | undefined,
  broker: SimulatedBroker,
  control: Control,
): void {
  const text = textOf(reply)
  const half = text.slice(0, text.length / 2)
  const type = { 'content-type': 'application/json' }
  switch (fault) {
    case 'accept-500':
    case 'accept-502':
      write(response, errorOf(broker, fault, control))
      return
    case 'accept-drop':
      reset(response.socket)
      return
    case 'accept-hang':
      return
    case 'accept-headers':
      response.writeHead(reply.status, { ...type, 'content-length': String(Buffer.byteLength(text)) })
      response.write('', () => reset(response.socket))
      response.flushHeaders()
      return
    case 'accept-truncated':
      response.writeHead(reply.status, { ...type, 'content-length': String(Buffer.byteLength(text)) })
      response.write(half, () => response.socket?.end())
      return
    case 'accept-cut':
      response.writeHead(reply.status, type)
      response.end(half)
      return
    case 'accept-html':
      response.writeHead(reply.status, { 'content-type': 'text/html' })
      response.end('<!doctype html><title>Sign in</title><p>Your session has ended.</p>')
      return
    case 'accept-missing':
      write(response, { ...reply, body: broker.dropLast ? broker.dropLast(reply.body) : reply.body })
      return
    default:
      write(response, reply)
  }
}

export function errorOf(broker: SimulatedBroker, error: StyledError, control: Control): Reply {
  const styled = broker.errors?.[error]?.(control)
  const reply = styled ?? PLAIN[error]
  const wait = error === '429' ? control.retry_after_s : null
  return wait === null ? reply : { ...reply, headers: { ...reply.headers, 'retry-after': String(wait) } }
}

const PLAIN: Readonly<Record<StyledError, Reply>> = {
  '400': { status: 400, body: { error: 'one of the messages is not valid' } },
  '401': { status: 401, body: { error: 'the key is not valid' } },
  '403': { status: 403, body: { error: 'not allowed' } },
  '429': { status: 429, body: { error: 'too many requests' } },
  '500': { status: 500, body: { error: 'internal error' } },
  '503': { status: 503, body: { error: 'unavailable' } },
  'accept-500': { status: 500, body: { error: 'internal error' } },
  'accept-502': { status: 502, body: { error: 'bad gateway' } },
}

export function write(response: ServerResponse, reply: Reply): void {
  response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers })
  response.end(textOf(reply))
}

function textOf({ body }: Reply): string {
  return typeof body === 'string' ? body : JSON.stringify(body)
}

function reset(socket: Socket | null): void {
  socket?.resetAndDestroy()
}
