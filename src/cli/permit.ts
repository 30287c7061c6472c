import { t } from '../language/text.ts'
import { type Act, adminsOf, may, people } from '../security/permissions.ts'
import type { Context } from './context.ts'

/**
 * A next step for the acting user: `line` if they may take it, otherwise which ADMINs may.
 * @param does "adds one", in the third person
 */
export async function orAdmin(context: Context, act: Act, line: string, does: string): Promise<string> {
  if (may(act, await context.actor())) return line
  return t`An ADMIN ${does}: ${people(await adminsOf(await context.pool()))}.`
}
