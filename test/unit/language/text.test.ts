import { describe, expect, it } from 'vitest'
import { languageOf } from '../../../src/language/language.ts'
import { currentLanguage, INSERTED, speaking, t } from '../../../src/language/text.ts'

const host = 'h'

describe('the language', () => {
  it.each([
    [{}, 'en'],
    [{ LANG: 'pt_BR.UTF-8' }, 'pt-BR'],
    [{ LANG: 'pt_PT@euro' }, 'pt-BR'],
    [{ LANG: 'pt' }, 'pt-BR'],
    [{ LANG: 'ptx' }, 'en'],
    [{ LANG: 'de_DE.UTF-8' }, 'en'],
    [{ LC_ALL: 'C', LANG: 'pt_BR.UTF-8' }, 'en'],
    [{ LC_ALL: '', LC_MESSAGES: 'pt_BR', LANG: 'en_US' }, 'pt-BR'],
    [{ CAMP_LANG: 'en', LC_ALL: 'pt_BR' }, 'en'],
    [{ CAMP_LANG: ' pt-BR ', LC_ALL: 'C' }, 'pt-BR'],
    [{ CAMP_LANG: '', LANG: 'pt_BR' }, 'pt-BR'],
  ])('of %j is %s', (env, language) => {
    expect(languageOf(env)).toBe(language)
  })

  it('cannot be another one', () => {
    expect(() => languageOf({ CAMP_LANG: 'klingon' })).toThrow('CAMP_LANG is "klingon": it must be en or pt-BR')
  })
})

describe('a text', () => {
  const unreachable = () => t`Check REDIS_URL: no host has this name. ${host}`
  const folded =
    () => t`Where the message says "no encryption": add ?sslmode=verify-full to DATABASE_URL. Else the server’s pg_hba.conf
      needs a line for {user}.`

  it('is English outside a run, and in an English one', async () => {
    expect(unreachable()).toBe('Check REDIS_URL: no host has this name. h')
    expect(await speaking('en', async () => [unreachable(), currentLanguage()])).toEqual([unreachable(), 'en'])
  })

  it('is Portuguese in a Portuguese run, also later in it, and in no other', async () => {
    let later = ''
    const run = speaking('pt-BR', async () => {
      await new Promise(resolve => setImmediate(resolve))
      later = unreachable()
    })
    expect(unreachable()).toMatch(/^Check/)
    await run
    expect(later).toBe('Confira REDIS_URL: nenhum host tem este nome. h')
  })

  it('has no line break of the code in it', async () => {
    expect(folded()).toContain('pg_hba.conf needs a line')
    expect(await speaking('pt-BR', async () => folded())).toMatch(/^Onde a mensagem diz .* \{user\}\.$/)
  })

  it('inserts values, also within the braces of a column, and leaves columns alone', () => {
    const places = (text: string) => [...text.matchAll(INSERTED)].map(([, place]) => place)
    expect(places('{0} and {{1}} and {{{2}}} and {{nome}}{3}')).toEqual(['0', '2', '3'])
  })
})
