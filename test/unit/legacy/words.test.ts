import { expect, it } from 'vitest'
import { adapterNameOf, mapCredential, providerName } from '../../../src/legacy/providers.ts'
import { outcomeOf } from '../../../src/legacy/statuses.ts'
import { ARCHIVED_STATUSES } from '../../../src/lifecycle/archived-leads.ts'

it('a status that may have sent the message is in doubt; one that is not known has no meaning', () => {
  expect(outcomeOf(' Enviado ')).toEqual({ status: 'SENT', code: null, detail: null })
  expect(outcomeOf('processando')).toMatchObject({ status: 'IN_DOUBT' })
  expect(outcomeOf('erro-envio')).toMatchObject({ status: 'IN_DOUBT' })
  expect(outcomeOf('pendente')).toMatchObject({ status: 'ERROR', code: 'LEGACY_OPEN' })
  expect(outcomeOf('negado')).toMatchObject({ status: 'ERROR', code: 'LEGACY_STOPPED' })
  expect(outcomeOf('toString')).toBeUndefined()
  expect(outcomeOf('talvez')).toBeUndefined()
  expect(ARCHIVED_STATUSES).not.toContain('PENDING')
})

it('a provider of several meanings has no adapter', () => {
  expect(['GOSAC', 'whatsapp-otima', 'RCS Otima'].map(name => adapterNameOf(providerName(name)))).toEqual([
    ...['GOSAC', 'OTIMA_WPP', 'OTIMA_RCS'],
  ])
  expect(['rcs', 'gosac_oficial', 'constructor'].map(adapterNameOf)).toEqual([undefined, undefined, undefined])
})

it('a credential has the keys of its adapter: its own before the shared ones, and those without a place by name', () => {
  const shared = { cda_api_url: 'https://shared', cda_api_key: 'k', sf_client_id: 'x' }
  expect(mapCredential('CDA', { url: 'https://own', token: '', channel_ids: 'secret' }, shared)).toEqual({
    config: { url: 'https://own', api_key: 'k' },
    unknown: ['channel_ids'],
  })
  expect(mapCredential('TWILIO', { a: 1 }, shared)).toEqual({ config: {}, unknown: ['a'] })
})
