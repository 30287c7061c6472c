import { CampError } from '../errors.ts'

export const LANGUAGES = ['en', 'pt-BR'] as const
export type Language = (typeof LANGUAGES)[number]

/**
 * The language for people: CAMP_LANG, or else the locale's, which is the first of LC_ALL, LC_MESSAGES and LANG that is set (POSIX,
 * 8.2). Portuguese of any country is pt-BR; every other locale, C and POSIX among them, is English.
 * @throws CampError SETTINGS_INVALID for a CAMP_LANG that is neither
 */
export function languageOf(env: NodeJS.ProcessEnv): Language {
  const asked = env.CAMP_LANG?.trim()
  if (asked) {
    if (isPortuguese(asked)) return 'pt-BR'
    if (/^en(?:[-_.@]|$)/i.test(asked)) return 'en'
    throw new CampError('SETTINGS_INVALID', `CAMP_LANG is "${asked}": it must be ${LANGUAGES.join(' or ')}`)
  }
  const locale = [env.LC_ALL, env.LC_MESSAGES, env.LANG].find(value => value !== undefined && value !== '')
  return locale !== undefined && isPortuguese(locale) ? 'pt-BR' : 'en'
}

function isPortuguese(name: string): boolean {
  return /^pt(?:[-_.@]|$)/i.test(name)
}
