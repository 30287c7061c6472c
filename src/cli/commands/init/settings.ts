import { existsSync, readFileSync } from 'node:fs'
import { parseEnvFile, readEnvFile } from '../../../env-file.ts'
import { CampError } from '../../../errors.ts'
import { replacePrivate, writeFailed } from '../../../files.ts'
import { t } from '../../../language/text.ts'

export interface Settings {
  file: string
  /** All of them: the file's, and those to be added to it. */
  all: Record<string, string>
  /** To be added to the file. */
  added: Record<string, string>
}

/**
 * The settings of an installation: those of its file, completed by what is given and, for other names, not at all.
 * @param given undefined: not given
 * @throws CampError OPTIONS_CONFLICT if the file has another value than the one given; ENV_FILE_INVALID
 */
export function completeSettings(file: string, given: Readonly<Record<string, string | undefined>>): Settings {
  const there = existsSync(file) ? readEnvFile(file) : {}
  const added: Record<string, string> = {}
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue
    if (there[name] === undefined) added[name] = value
    else if (there[name] !== value) {
      throw new CampError('OPTIONS_CONFLICT', t`${file} has another ${name} than the one given: nothing was changed`, {
        hint: t`Change the file, or omit the option.`,
      })
    }
  }
  return { file, all: { ...there, ...added }, added }
}

/** Adds the new settings at the end of the file, and keeps what is in it. @throws CampError */
export async function writeSettings({ file, added }: Settings): Promise<void> {
  const before = existsSync(file)
    ? readFileSync(file, 'utf8')
    : '# Settings of camp: for systemd, cron and camp --env-file\n'
  const lines = Object.entries(added).map(([name, value]) => `${name}="${value.replace(/["\\`$]/g, '\\$&')}"\n`)
  const text = `${before}${before.endsWith('\n') ? '' : '\n'}${lines.join('')}`
  // What cannot be read again must not be written.
  parseEnvFile(text, file)
  await replacePrivate(file, text).catch(error => {
    throw writeFailed(t`${file} cannot be written`, error, {
      hint: t`Run it with sudo, or name another file with --settings.`,
    })
  })
}
