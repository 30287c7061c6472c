import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { openSealed, sealJson } from '../../../src/security/seal.ts'

const keys = { sealing: randomBytes(32) }
const secret = { url: 'https://broker.example', token: 'the-token-itself' }

describe('a sealed value', () => {
  it('opens to what was sealed, and shows nothing of it', () => {
    const sealed = sealJson(keys, secret, 'row-1')
    expect(JSON.stringify(sealed)).not.toContain('the-token')
    expect(Buffer.from(sealed.data, 'base64').toString('latin1')).not.toContain('the-token')
    expect(openSealed(keys, JSON.parse(JSON.stringify(sealed)), 'row-1')).toEqual(secret)
  })

  it('is never the same twice', () => {
    const [one, two] = [sealJson(keys, secret, 'row-1'), sealJson(keys, secret, 'row-1')]
    expect(one.iv).not.toBe(two.iv)
    expect(one.data).not.toBe(two.data)
  })

  it('does not open in another row, or with another secret, and names CAMP_SECRET', () => {
    const sealed = sealJson(keys, secret, 'row-1')
    const refused = expect.objectContaining({ code: 'CREDENTIAL_UNREADABLE' })
    expect(() => openSealed(keys, sealed, 'row-2')).toThrow(refused)
    expect(() => openSealed({ sealing: randomBytes(32) }, sealed, 'row-1')).toThrow(refused)
  })

  it('does not open when a bit of it was changed', () => {
    const sealed = sealJson(keys, secret, 'row-1')
    for (const part of ['iv', 'tag', 'data'] as const) {
      const bytes = Buffer.from(sealed[part], 'base64')
      bytes[0] = bytes[0]! ^ 1
      expect(() => openSealed(keys, { ...sealed, [part]: bytes.toString('base64') }, 'row-1')).toThrow(
        'cannot be opened',
      )
    }
  })

  it('does not open with a tag cut short', () => {
    const sealed = sealJson(keys, secret, 'row-1')
    const tag = Buffer.from(sealed.tag, 'base64').subarray(0, 4).toString('base64')
    expect(() => openSealed(keys, { ...sealed, tag }, 'row-1')).toThrow(
      expect.objectContaining({ code: 'CREDENTIAL_UNREADABLE' }),
    )
  })

  it.each([null, {}, { v: 2 }, { v: 1, iv: '!', tag: '', data: '' }])('is told from something else: %j', value => {
    expect(() => openSealed(keys, value, 'row-1')).toThrow(expect.objectContaining({ code: 'CREDENTIAL_UNREADABLE' }))
  })
})
