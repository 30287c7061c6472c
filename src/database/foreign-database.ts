import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'

/** @param why the evidence */
export function foreignDatabase(why: string, cause?: unknown): CampError {
  return new CampError('DATABASE_FOREIGN', t`the database contains tables of another program (${why})`, {
    hint: t`camp needs a separate database: CREATE DATABASE camp, and set it in DATABASE_URL.`,
    cause,
  })
}
