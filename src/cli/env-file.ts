import { readEnvFile } from '../env-file.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import type { Host } from './context.ts'

const OPTION = '--env-file'

/**
 * Sets the environment from the file that `--env-file PATH` names, anywhere on the command line, or else CAMP_ENV_FILE. The file
 * overrides the environment, as under systemd: a variable set by a cron job or a shell must not lead to another database.
 * @returns the command line without the option
 * @throws CampError USAGE: no PATH, or a file that is unreadable or has an invalid line
 */
export function applyEnvFile(argv: readonly string[], { env }: Pick<Host, 'env'>): string[] {
  const { rest, paths } = split(argv)
  const fallback = env.CAMP_ENV_FILE
  if (paths.length === 0 && fallback) paths.push(fallback)
  for (const path of paths) Object.assign(env, readEnvFile(path))
  return rest
}

function split(argv: readonly string[]): { rest: string[]; paths: string[] } {
  const [rest, paths]: [string[], string[]] = [[], []]
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!
    if (word === '--') return { rest: [...rest, ...argv.slice(i)], paths }
    if (word === OPTION) paths.push(pathAfter(argv[++i]))
    else if (word.startsWith(`${OPTION}=`)) paths.push(pathAfter(word.slice(OPTION.length + 1)))
    else rest.push(word)
  }
  return { rest, paths }
}

function pathAfter(word: string | undefined): string {
  if (word !== undefined && word !== '' && !word.startsWith('--')) return word
  throw new CampError('ARGUMENT_MISSING', t`${OPTION} requires the path of a file`, {
    hint: t`For example: ${OPTION} /etc/camp.env`,
  })
}
