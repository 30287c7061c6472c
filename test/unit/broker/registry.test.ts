import { expect, test } from 'vitest'
import { ADAPTER_NAMES, adapterOf } from '../../../src/broker/registry.ts'

test('every adapter is found under its own name', async () => {
  expect(ADAPTER_NAMES).toContain('SANDBOX')
  for (const name of ADAPTER_NAMES) expect((await adapterOf(name)).name).toBe(name)
})

test.each(['NOBODY', 'sandbox', 'toString'])('there is no adapter "%s"', async name => {
  await expect(adapterOf(name)).rejects.toMatchObject({
    code: 'ADAPTER_UNKNOWN',
    hint: expect.stringContaining('SANDBOX'),
  })
})
