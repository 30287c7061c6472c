import { describe, expect, it } from 'vitest'
import { openLog } from '../../src/log.ts'
import { masked } from '../../src/mask.ts'
import { leaksIn } from '../support/leaks.ts'

const PHONES = [
  '5511987654321',
  '+5511987654321',
  '+55 11 98765-4321',
  '+55 (11) 98765-4321',
  '(11) 98765-4321',
  '11987654321',
  '011987654321',
  '55 11 3456-7890',
  '551134567890',
  '(11) 3456-7890',
  '5599991234567',
]
const DOCUMENTS = [
  '52998224725',
  '529.982.247-25',
  '111.222.333-44',
  '11222333000181',
  '11.222.333/0001-81',
  '12ABC34501DE35',
]

describe('in a log line', () => {
  it.each([...PHONES, ...DOCUMENTS])('%s is masked: in texts, fields, keys, messages, stacks and causes', secret => {
    const lines: string[] = []
    const log = openLog('info', { destination: { write: line => lines.push(line) } })
    const err = new Error(`the broker says "no: ${secret}"`, { cause: new Error(`Key (phone)=(${secret})`) })
    log.warn(
      {
        event: 'queue.error',
        err,
        to: secret,
        deep: [{ [secret]: `a\n${secret}\tb;${secret},${secret}` }],
        body: `{"to":"${secret}"}`,
      },
      `to ${secret}@s.whatsapp.net`,
    )
    expect(lines.join()).not.toContain(secret)
    expect(leaksIn(lines.join())).toEqual([])
    expect(lines.join()).toContain('*')
  })

  it('a phone keeps its region and its last four digits, a document its last two', () => {
    expect(PHONES.slice(0, 5).map(masked)).toEqual([
      '5511*****4321',
      '+5511*****4321',
      '+55 11 *****-4321',
      '+55 (11) *****-4321',
      '(11) *****-4321',
    ])
    expect(masked('529.982.247-25')).toBe('***.***.***-25')
    expect(masked('52998224725')).toBe('*********25')
  })

  it('a phone that is a number, or stands within a word, is masked', () => {
    expect(masked({ phone: 5511987654321 })).toEqual({ phone: '5511*****4321' })
    expect(masked('%2B5511987654321 lead_5511987654321')).toBe('%2B5511*****4321 lead_5511*****4321')
  })

  it.each([
    '0198f2c4-5511-7987-8654-321987654321',
    '12345678-1234-4234-8234-551198765432',
    '2026-11-29T04:44:41.123Z',
    '2026-11-29 04:44:41',
    '11987654-4321-4234-8234-551198765432',
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'a55119876543215511987654321abcde',
    '127.0.0.1:54321',
    'R$ 1.234.567,89',
    '20261129044441',
    'C2611-0001',
  ])('%s stays', text => {
    expect(masked(text)).toBe(text)
  })

  it.each([1764391481, 1764391481000, 3_000_000, 11_222, 0.0525])('the number %d stays', number => {
    expect(masked(number)).toBe(number)
  })
})

it('an error is logged with its type, code, stack and cause', () => {
  const lines: string[] = []
  openLog('info', { destination: { write: line => lines.push(line) } }).warn(
    {
      event: 'queue.error',
      err: new TypeError('no id', { cause: Object.assign(new Error('away'), { code: 'ECONNREFUSED' }) }),
    },
    'queue error',
  )
  expect(JSON.parse(lines[0]!)).toMatchObject({
    level: 40,
    event: 'queue.error',
    msg: 'queue error',
    err: {
      type: 'TypeError',
      message: 'no id',
      stack: expect.stringContaining('mask.test.ts'),
      cause: { message: 'away', code: 'ECONNREFUSED' },
    },
  })
})
