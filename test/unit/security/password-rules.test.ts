import { describe, expect, it } from 'vitest'
import { assertGoodPassword } from '../../../src/security/password-rules.ts'
import { cpuMs } from '../../support/machine.ts'

const EMAIL = 'ana.souza@example.com'

describe('a new password', () => {
  it.each([
    'correct horse',
    'coração de leão',
    'kX9#mq2LwP',
    'desserts were',
    'weresteward',
    'a-b-c-d-e-f-g-h',
    'senha que ninguem usa aqui',
    '🐴 battery 🐴 staple',
    'anasouzanaofoi ontem',
  ])('may be "%s"', password => {
    expect(() => assertGoodPassword(password, EMAIL)).not.toThrow()
  })

  it.each([
    ['kX9#mq2Lw', 'too short'],
    ['x'.repeat(1025), 'too long'],
    ['aaaaaaaaaaaaaaaa', 'fewer than four'],
    ['abababababab', 'fewer than four'],
    ['1234567890', 'a number'],
    ['11987654321', 'a number'],
    ['529.982.247-25', 'a number'],
    ['24/12/1980 24/12/1980', 'a number'],
    ['abcdefghijkl', 'a run'],
    ['zyxwvutsrq', 'a run'],
    ['1q2w3e4r5t', 'neighbouring keys'],
    ['1qaz2wsx3e', 'neighbouring keys'],
    ['Q1W2E3R4T5', 'neighbouring keys'],
    ['qwerasdfzxcv', 'neighbouring keys'],
    ['zaq12wsxcde3', 'neighbouring keys'],
    ['password123', 'the most common'],
    ['Password123!', 'the most common'],
    ['P@ssw0rd2026', 'the most common'],
    ['senhasenha', 'the most common'],
    ['Senha@2026!!', 'the most common'],
    ['SENHAFORTE1', 'the most common'],
    ['qwertyuiop', 'the most common'],
    ['123senha123', 'the most common'],
    ['Cobrança2026', 'the most common'],
    ['campcampcamp', 'the most common'],
    ['camp2026camp', 'the most common'],
    [EMAIL, 'is the e-mail'],
    ['ANA.SOUZA@example.com', 'is the e-mail'],
    ['ana.souza2026', 'is the e-mail'],
    ['!ana.souza!', 'is the e-mail'],
  ])('is not "%s": %s', (password, why) => {
    expect(() => assertGoodPassword(password, EMAIL)).toThrow(why)
  })

  it('is looked at in a time that does not grow with its repetitions', () => {
    const took = cpuMs(() => {
      for (const part of ['ab', 'a ', 'abcabd', 'á']) {
        try {
          assertGoodPassword(part.repeat(1024 / part.length).slice(0, 1024), EMAIL)
        } catch {
          // Whether it is taken does not matter here.
        }
      }
    })
    expect(took).toBeLessThan(500)
  })
})
