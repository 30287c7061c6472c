import { PERMISSIONS, type Power } from '../../src/security/permissions.ts'

/** What docs/people.md says of a power: for an ADMIN, a USER and an AUDITOR. */
const CELLS: Readonly<Record<Power, string>> = {
  NONE: 'no login | no login | no login',
  READ: 'yes | yes | yes',
  REVIEW: 'yes | no | yes',
  SELF: 'yes | own | own',
  WORK: 'yes | yes | no',
  OWN: 'yes | own | no',
  ADMIN: 'yes | no | no',
}

/** The rows of the table in docs/people.md, as src/security/permissions.ts has them. */
export function permissionRows(): string[] {
  return Object.entries(PERMISSIONS).map(([act, power]) => `| \`${act}\` | ${CELLS[power]} |`)
}
