import { readFileSync } from 'node:fs'
import { CampError, messageOf } from './errors.ts'
import { t } from './language/text.ts'

/**
 * Reads a file of settings as systemd reads EnvironmentFile= (its src/basic/env-file.c): one KEY=value per line; comments with
 * # or ; at the beginning of a line; values bare, in 'single' or in "double" quotes, adjacent parts joined; a backslash takes
 * the next character literally, within double quotes only " \ ` and $; before a line break it continues on the next line. No
 * `export` and no expansion: $ & # within a value are literal. If a key is repeated, the last one counts.
 * @throws CampError USAGE naming file and line: what systemd ignores silently is an error here
 */
export function readEnvFile(path: string): Record<string, string> {
  return parseEnvFile(textOf(path), path)
}

function textOf(path: string): string {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    throw new CampError('ENV_FILE_INVALID', t`the settings in ${path} cannot be read: ${messageOf(error)}`, {
      hint: t`Check the path in --env-file or CAMP_ENV_FILE, and the permissions of the file.`,
      cause: error,
    })
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
  } catch (cause) {
    throw new CampError('ENV_FILE_INVALID', t`the settings in ${path} cannot be read: the file is not UTF-8`, {
      hint: t`Save it as UTF-8 without a byte order mark.`,
      cause,
    })
  }
}

type State =
  | 'BEFORE_KEY'
  | 'KEY'
  | 'BEFORE_VALUE'
  | 'VALUE'
  | 'VALUE_ESCAPE'
  | 'SINGLE'
  | 'DOUBLE'
  | 'DOUBLE_ESCAPE'
  | 'COMMENT'
  | 'COMMENT_ESCAPE'

const isBreak = (c: string) => c === '\n' || c === '\r'
const isSpace = (c: string) => c === ' ' || c === '\t' || isBreak(c)
const NEEDS_ESCAPE = '"\\`$'
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

/** @param file for errors */
export function parseEnvFile(text: string, file: string): Record<string, string> {
  const settings: Record<string, string> = {}
  let [state, key, value, trimmed]: [State, string, string, number] = ['BEFORE_KEY', '', '', 0]
  let [line, startedAt] = [1, 1]
  const wrong = (what: string, at: number): never => {
    throw new CampError('ENV_FILE_INVALID', t`${file}, line ${at}: ${what}`, {
      hint: t`A line is KEY=value or a comment, as in systemd’s EnvironmentFile=.`,
    })
  }
  const push = () => {
    // White space after a bare value is not part of it; `trimmed` is where its last other character, or a quoted part, ended.
    const name = key.trimEnd()
    if (/^export\s/.test(name)) wrong('"export" is not allowed', startedAt)
    if (!NAME.test(name)) wrong(`"${name}" is not a valid name`, startedAt)
    settings[name] = value.slice(0, trimmed)
    ;[state, key, value, trimmed] = ['BEFORE_KEY', '', '', 0]
  }
  const add = (text: string) => {
    value += text
    trimmed = value.length
  }
  for (const c of text) {
    if (c === '\0') wrong('it contains a NUL character', line)
    switch (state) {
      case 'BEFORE_KEY':
        if (c === '#' || c === ';') state = 'COMMENT'
        else if (!isSpace(c)) [state, key, startedAt] = ['KEY', c, line]
        break
      case 'KEY':
        if (isBreak(c)) wrong(`"${key.trim()}" has no "="`, startedAt)
        else if (c === '=') state = 'BEFORE_VALUE'
        else key += c
        break
      case 'BEFORE_VALUE':
        if (isBreak(c)) push()
        else if (c === "'") state = 'SINGLE'
        else if (c === '"') state = 'DOUBLE'
        else if (c === '\\') state = 'VALUE_ESCAPE'
        else if (!isSpace(c)) {
          state = 'VALUE'
          add(c)
        }
        break
      case 'VALUE':
        if (isBreak(c)) push()
        else if (c === '\\') [state, trimmed] = ['VALUE_ESCAPE', value.length]
        else if (isSpace(c)) value += c
        else add(c)
        break
      case 'VALUE_ESCAPE':
        state = 'VALUE'
        if (!isBreak(c)) add(c)
        break
      case 'SINGLE':
        if (c === "'") state = 'BEFORE_VALUE'
        else add(c)
        break
      case 'DOUBLE':
        if (c === '"') state = 'BEFORE_VALUE'
        else if (c === '\\') state = 'DOUBLE_ESCAPE'
        else add(c)
        break
      case 'DOUBLE_ESCAPE':
        state = 'DOUBLE'
        if (NEEDS_ESCAPE.includes(c)) add(c)
        else if (c !== '\n') add(`\\${c}`)
        break
      case 'COMMENT':
        if (c === '\\') state = 'COMMENT_ESCAPE'
        else if (isBreak(c)) state = 'BEFORE_KEY'
        break
      case 'COMMENT_ESCAPE': // as from systemd 254 on: a comment does not continue on the next line
        state = isBreak(c) ? 'BEFORE_KEY' : 'COMMENT'
        break
    }
    if (c === '\n') line++
  }
  if (state === 'SINGLE' || state === 'DOUBLE' || state === 'DOUBLE_ESCAPE')
    wrong(`the quote of ${key.trim()} is not closed`, startedAt)
  if (state === 'KEY') wrong(`"${key.trim()}" has no "="`, startedAt)
  if (key !== '') push()
  return settings
}
