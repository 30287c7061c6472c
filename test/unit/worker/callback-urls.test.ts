import { expect, it } from 'vitest'
import { keptOrigin, keysOf } from '../../../src/security/keys.ts'
import { callbackUrls } from '../../../src/worker/callback-urls.ts'
import { testLog } from '../../support/log.ts'

const keys = keysOf('a secret for these tests only', keptOrigin('/nowhere'))
const BROKER = { id: '0190a000-0000-7000-8000-000000000001', webhook_version: 1 }
const [LOCAL, PUBLIC] = ['http://127.0.0.1:8080', 'https://camp.example']
const [SANDBOX, FAR] = ['http://127.0.0.1:9000', 'https://broker.example/send']

it.each<
  [string, { publicUrl?: string; databaseUrl?: string; listening?: string; broker?: string }, string | undefined]
>([
  ['the listener, embedded and on this machine', { listening: LOCAL, broker: SANDBOX }, LOCAL],
  ['nothing, for a broker elsewhere', { listening: LOCAL, broker: FAR }, undefined],
  ['nothing, for a broker without an address', { listening: LOCAL }, undefined],
  ['nothing, without a listener', { broker: SANDBOX }, undefined],
  ['nothing, on a listener for other machines', { listening: 'http://10.0.0.1:8080', broker: SANDBOX }, undefined],
  ['nothing, with DATABASE_URL', { databaseUrl: 'postgres://db/camp', listening: LOCAL, broker: SANDBOX }, undefined],
  ['CAMP_PUBLIC_URL, where it is set', { publicUrl: PUBLIC, listening: LOCAL, broker: SANDBOX }, PUBLIC],
  ['CAMP_PUBLIC_URL, for a broker elsewhere', { publicUrl: PUBLIC, broker: FAR }, PUBLIC],
])('a broker calls back %s', (_, { publicUrl, databaseUrl, listening, broker }, expected) => {
  const urls = callbackUrls({ publicUrl, databaseUrl }, { keys, log: testLog(), listening })
  const url = urls.of(BROKER, broker, undefined)
  if (expected === undefined) expect(url).toBeUndefined()
  else expect(url?.startsWith(`${expected}/webhooks/${BROKER.id}/`)).toBe(true)
})
