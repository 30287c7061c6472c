import { expect, test } from 'vitest'
import type { SendRequest } from '../../src/broker/port.ts'
import { adapterOf } from '../../src/broker/registry.ts'
import { exchange } from '../support/exchange.ts'
import { useSandbox } from '../support/sandbox.ts'
import { adapterContract, requestOf } from './adapter.ts'

const gupshup = await adapterOf('GUPSHUP')

const API_KEY = 'gupshup+key/that=must&stay-secret'
const credential = (url: string) => ({
  api_key: API_KEY,
  source: '+55 00 90000-0099',
  app_name: 'AppFicticio',
  url: `${url}/wa/api/v1/template/msg`,
})
const template = { code: '00000000-0000-0000-0000-000000000001', variables: ['1'] }

adapterContract('GUPSHUP', {
  adapter: gupshup,
  credential,
  secrets: [API_KEY],
  keyOf: message => message.phone,
  request: { template },
})

test('on the wire it is as docs/wire/gupshup.md#request shows it, its values in the template’s order', async () => {
  const base = requestOf(1)
  const request: SendRequest = {
    ...base,
    template: { ...template, variables: ['nome', 'valor', '1'] },
    messages: [
      // As jsonb gives them back: shorter names first.
      {
        ...base.messages[0]!,
        phone: '5500900000001',
        variables: { 1: 'três', nome: 'CLIENTE TESTE UM', valor: 'R$ 0,00 & "mais"' },
      },
    ],
  }
  const { received, result } = await exchange(gupshup, credential, request, {
    status: 202,
    body: { status: 'submitted', messageId: 'gs-1' },
  })
  expect(received).toMatchObject({
    method: 'POST',
    path: '/wa/api/v1/template/msg',
    headers: { apikey: API_KEY, 'content-type': 'application/x-www-form-urlencoded' },
  })
  expect(received.headers.authorization).toBeUndefined()
  expect(received.body).toBe(
    'channel=whatsapp&source=5500900000099&src.name=AppFicticio&destination=5500900000001&template=' +
      '%7B%22id%22%3A%2200000000-0000-0000-0000-000000000001%22%2C%22params%22%3A%5B%22CLIENTE+TESTE+UM%22%2C' +
      '%22R%24+0%2C00+%26+%5C%22mais%5C%22%22%2C%22tr%C3%AAs%22%5D%7D',
  )
  expect(result).toEqual({ kind: 'ANSWERED', outcomes: [{ kind: 'ACCEPTED', providerId: 'gs-1' }] })
})

const it = useSandbox()

test('what breaks the contract is refused and counted', async () => {
  const call = (fields: Record<string, string>, headers: Record<string, string> = { apikey: API_KEY }) =>
    fetch(`${it.broker.url}/wa/api/v1/template/msg`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams(fields).toString(),
    })
  const good = {
    channel: 'whatsapp',
    source: '5500900000099',
    'src.name': 'AppFicticio',
    destination: '5511987654321',
    template: '{"id":"t","params":["um"]}',
  }
  const wrong: Record<string, string>[] = [
    { ...good, destination: '+5511987654321' },
    { ...good, destination: '11987654321' },
    { ...good, source: '+5500900000099' },
    { ...good, template: '{"id":"t"}' },
    { ...good, template: '{"id":"t","params":[""]}' },
    { ...good, template: 'no JSON' },
    { ...good, channel: 'sms' },
    { ...good, campaign: 'x' },
  ]
  for (const fields of wrong) expect((await call(fields)).status).toBe(400)
  expect((await call(good, {})).status).toBe(401)
  expect((await call(good, { apikey: API_KEY, 'content-type': 'text/plain' })).status).toBe(400)
  expect((await call(good)).status).toBe(202)
  expect(it.broker.stats('GUPSHUP')).toMatchObject({ invalid: wrong.length + 2, accepted: 1 })
  expect(it.broker.messages('5511987654321')).toMatchObject([{ content: { template: 't', params: ['um'] } }])
})

test('its credential has these keys and no others', () => {
  const good = { api_key: 'k', source: '5500900000099', app_name: 'App' }
  expect(gupshup.credential.parse(good)).toEqual({ ...good, url: 'https://api.gupshup.io/wa/api/v1/template/msg' })
  for (const wrong of [
    {},
    { ...good, source: 'App' },
    { ...good, api_key: '' },
    { ...good, api_key: 'não' },
    { ...good, token: 'x' },
  ])
    expect(gupshup.credential.safeParse(wrong).success).toBe(false)
})
