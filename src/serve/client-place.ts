import { isIPv6 } from 'node:net'

/**
 * The place of a client, for the pace of logins (src/security/login-pace.ts): its IPv4 address, or the /64 of its IPv6 address, because
 * a client may use any address of its /64.
 */
export function placeOf(address: string): string {
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address)
  if (mapped) return mapped[1]!
  if (!isIPv6(address)) return address
  const [front = [], back] = address
    .split('%')[0]!
    .split('::')
    .map(part => part.split(':').filter(group => group !== ''))
  const zeros = back === undefined ? [] : Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0')
  const network = [...front, ...zeros, ...(back ?? [])].slice(0, 4)
  return `${network.map(group => Number.parseInt(group, 16).toString(16)).join(':')}::/64`
}
