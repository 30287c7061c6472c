import { describe, expect, it } from 'vitest'
import type { ImportRequest } from '../../../src/intake/request.ts'
import { settingsOf, storedSettings } from '../../../src/recurrence/settings.ts'
import { importRequest } from '../../support/import-request.ts'

/** What a recurrence's row holds of `request`. */
const STORED = {
  name: 'daily',
  message: 'Olá {{nome}}',
  vars: { '1': 'nome' },
  map: { phone: ['TEL1', 'TEL2'] },
  allPhones: true,
  repairNinthDigit: true,
  throttle: 'linear:10/90s',
  hours: { from: 540, to: 1080 },
  days: 31,
  allowHolidays: true,
  stateLaws: ['AL', 'RJ'],
  noCap: true,
  purpose: 'collection',
  startBefore: 30,
  batchSize: 500,
  staleDays: 0,
  encoding: 'windows-1252',
  delimiter: ';',
  sheet: 'Plan1',
  headerRow: 4,
  fish: false,
}

const request: ImportRequest = {
  ...importRequest({ userId: 'u', walletId: 'w', brokerId: 'b', credentialId: 'c' }),
  ...STORED,
  map: { phone: ['TEL1', 'TEL2'] },
  throttle: { type: 'linear', config: { messages: 10, minutes: 1.5 } },
  encoding: 'windows-1252',
  delimiter: ';',
  file: '/inbox/*.csv',
  adapter: {
    name: 'SANDBOX',
    content: 'EITHER',
    messagesPerRequest: 1,
    oneTextPerRequest: false,
    documentRequired: false,
  },
  scheduledAt: new Date('2026-12-01T12:00:00Z'),
}

describe('the settings of a recurring import', () => {
  it('are stored without what each occurrence decides', () => {
    expect(JSON.parse(JSON.stringify(storedSettings(request)))).toEqual(STORED)
  })

  it('are read as they were told, also those that are stored today', () => {
    expect(settingsOf(STORED)).toMatchObject({ ...STORED, throttle: request.throttle })
  })

  it('are read without a header row where they were stored before there was one', () => {
    const { headerRow: _, ...earlier } = STORED
    expect(settingsOf(earlier)).toMatchObject({ headerRow: null })
  })

  it.each([
    ['one that is not known', { ...STORED, colour: 'red' }],
    ['one that is missing', { ...STORED, noCap: undefined }],
    ['a schedule', { ...STORED, scheduledAt: '2026-12-01T12:00:00.000Z' }],
    ['no whole number of minutes', { ...STORED, startBefore: 0 }],
  ])('are refused with %s', (_, json) => {
    expect(() => settingsOf(json)).toThrow(expect.objectContaining({ name: 'ZodError' }))
  })
})
