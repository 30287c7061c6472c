import { extname } from 'node:path'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import { isName } from '../visible.ts'

/**
 * A campaign's name: the given one, or the file's name without its extension.
 * @throws CampError DATA: the file's name is used and is no valid name
 */
export function campaignName({ name }: { name: string | null }, { file }: { file: string }): string {
  if (name !== null) return name
  const unpacked = file.replace(/\.gz$/i, '')
  const bare = unpacked.slice(0, unpacked.length - extname(unpacked).length).trim()
  if (isName(bare)) return bare
  throw new CampError('INVALID_VALUE', t`the name of the file is not valid for a campaign: ${file}`, {
    hint: t`Set a name of 1 to 200 characters on one line, without control or invisible characters: --name NAME`,
  })
}
