import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { adapterOf } from '../../../src/broker/registry.ts'
import { readConfig } from '../../../src/config.ts'
import type { Language } from '../../../src/language/language.ts'
import { speaking } from '../../../src/language/text.ts'
import { wrongValue } from '../../../src/language/wrong-value.ts'
import { flawOf } from '../../../src/security/credentials.ts'

const flaws = (language: Language, schema: z.ZodType, value: unknown) =>
  speaking(language, async () => schema.safeParse(value, { error: wrongValue }).error!.issues.map(one => one.message))

describe('a wrong value', () => {
  it.each([
    [z.coerce.number().int(), 'x', 'must be a number', 'deve ser um número'],
    [z.coerce.number().int(), '1.5', 'must be a whole number', 'deve ser um número inteiro'],
    [z.number().min(1), 0, 'must be at least 1', 'deve ser no mínimo 1'],
    [z.number().positive(), 0, 'must be more than 0', 'deve ser maior que 0'],
    [z.number().max(9), 10, 'must be at most 9', 'deve ser no máximo 9'],
    [z.number().lt(9), 9, 'must be less than 9', 'deve ser menor que 9'],
    [z.string().min(1), '', 'must not be empty', 'não pode estar vazio'],
    [z.string().min(16), 'short', 'must have at least 16 characters', 'deve ter pelo menos 16 caracteres'],
    [z.string().max(3), 'long', 'must have at most 3 characters', 'deve ter no máximo 3 caracteres'],
    [z.enum(['json', 'text']), 'x', 'must be one of json, text', 'deve ser um destes: json, text'],
    [z.literal('a'), 'x', 'must be a', 'deve ser a'],
    [z.url(), 'x', 'must be a URL such as https://example.com', 'deve ser uma URL, como https://example.com'],
    [z.iso.date(), 'x', 'has the wrong form', 'tem a forma errada'],
    [z.string(), 1, 'must be text', 'deve ser um texto'],
    [z.boolean(), 1, 'must be true or false', 'deve ser true ou false'],
    [z.string().min(5, { error: 'its own words' }), '', 'its own words', 'its own words'],
  ])('is named in the language of the run (%#)', async (schema, value, english, portuguese) => {
    expect(await flaws('en', schema, value)).toEqual([english])
    expect(await flaws('pt-BR', schema, value)).toEqual([portuguese])
  })

  it('of a credential is named in Portuguese, with its key', async () => {
    const { credential } = await adapterOf('TWILIO')
    const config = {
      account_sid: `AC${'0'.repeat(32)}`,
      auth_token: 'x',
      from: '+5511987654321',
      validity: 'x',
      channel: 'fax',
    }
    const said = await speaking('pt-BR', async () =>
      flawOf(config, credential.safeParse(config, { error: wrongValue }).error!),
    )
    expect(said).toContain('"validity": deve ser um número')
    expect(said).toContain('"channel": deve ser um destes: sms, whatsapp')
  })

  it('of a setting is named in Portuguese, with its variable', async () => {
    const read = speaking('pt-BR', async () =>
      readConfig({ CAMP_SECRET: 'short', CAMP_SWEEP_MS: 'x', LOG_LEVEL: 'loud', DATABASE_URL: 'mysql://h/d' }),
    )
    await expect(read).rejects.toMatchObject({
      message: expect.stringMatching(
        /DATABASE_URL: deve ser uma URL que começa .*; CAMP_SECRET: deve ter pelo menos 16 .*; CAMP_SWEEP_MS: deve ser um número; LOG_LEVEL: deve ser um destes: /,
      ),
    })
  })
})
